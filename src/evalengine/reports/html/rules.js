/* The engine's rules: from indicator values and weights to scores, published totals, ranks and grades.
   Each function mirrors the engine's function of the same purpose, step by step and in the same order of additions. */
const Rules = (() => {
  const MISSING_SCORE = 0;

  /* The segments overlay one another: the last one whose start is reached decides. */
  function curveScore(curve, value) {
    const u = curve.sign * value;
    let score = NaN;
    for (const [start, height, slope, origin] of curve.segments) {
      if (start === null || u >= start) score = height + slope * (u - origin);
    }
    if (curve.rate !== 0) score = curve.segments[0][1] * Math.exp(curve.rate * (u - curve.segments[0][3]));
    if (curve.floor !== null && score < curve.floor) score = curve.floor;
    if (curve.ceiling !== null && score > curve.ceiling) score = curve.ceiling;
    return score;
  }

  function ofGroup(sets, data, unit) {
    const name = data.groups[data.units[unit].group];
    return owns(sets, name) ? sets[name] : sets[""];
  }

  /* Scores of the indicators, which no weight changes: leaf by leaf, unit by unit; NaN where the weight is shared. */
  function leafScores(data, profile) {
    return data.leaves.map((leaf, row) => data.units.map((_, unit) => {
      const cell = data.values[row][unit];
      if (cell === "n") return leaf.notApplicable === null ? NaN : leaf.notApplicable;
      if (typeof cell !== "number") return MISSING_SCORE;
      const own = ofGroup(profile.scoring, data, unit);
      if (own.curves[row] < 0) return own.given[row][unit];
      const factor = owns(own.coefficients, row) ? own.coefficients[row] : 1;
      return curveScore(data.curves[own.curves[row]], cell * factor);
    }));
  }

  /* The weight of every node: a node weighs what the leaves below it weigh, added as whole numbers. */
  function nodeWeights(data, whole, places) {
    const ticks = [...whole, ...data.inner.map(() => 0)];
    data.parents.forEach((above, node) => {
      if (above >= 0) ticks[data.leaves.length + above] += ticks[node];
    });
    return ticks.map((tick) => tick / 10 ** places);
  }

  function mean(how, power, total, weight) {
    if (weight === 0) return NaN;
    if (how === "arithmetic") return total / weight;
    if (how === "geometric") return Math.exp(total / weight);
    if (how === "harmonic") return weight / total;
    if (how === "power") return (total / weight) ** (1 / power);
    return total;
  }

  function added(how, power, total, weight, own, score) {
    if (how === "arithmetic") return total + own * score;
    if (how === "minimum") return weight === 0 || score < total ? score : total;
    if (score < 0) return NaN;
    if (how === "geometric") return total + own * Math.log(score);
    if (how === "harmonic") return total + own / score;
    return total + own * score ** power;
  }

  /* Scores of one unit at every node; a node none of whose children counts is NaN. */
  function unitScores(data, leaf, weights) {
    const leaves = data.leaves.length;
    const totals = data.inner.map(() => 0), sums = data.inner.map(() => 0);
    return data.parents.map((above, node) => {
      const place = node - leaves, kind = data.inner[place];
      const score = place < 0 ? leaf[node] : mean(kind.aggregation, kind.power, totals[place], sums[place]);
      const own = weights[node];
      if (above >= 0 && own !== 0 && !Number.isNaN(score)) {
        const { aggregation, power } = data.inner[above];
        totals[above] = added(aggregation, power, totals[above], sums[above], own, score);
        sums[above] += own;
      }
      return score;
    });
  }

  /* Each node's share of the total: its parent's share times its weight among the siblings that count. */
  function effectiveWeights(data, scores, weights) {
    const leaves = data.leaves.length, root = data.parents.length - 1;
    const counted = scores.map((score, node) => (Number.isNaN(score) ? 0 : weights[node]));
    const sums = data.inner.map(() => 0), shares = scores.map(() => 0);
    data.parents.forEach((above, node) => { if (above >= 0) sums[above] += counted[node]; });
    shares[root] = Number.isNaN(scores[root]) ? 0 : 1;
    for (let node = root - 1; node >= 0; node -= 1) {
      const above = data.parents[node];
      shares[node] = shares[leaves + above] * (counted[node] / (sums[above] === 0 ? 1 : sums[above]));
    }
    return shares;
  }

  /* Whether a node's points add up to the total: every node above it is an arithmetic mean. */
  function additive(data) {
    const leaves = data.leaves.length, found = data.parents.map(() => true);
    for (let node = data.parents.length - 2; node >= 0; node -= 1) {
      const above = data.parents[node];
      found[node] = found[leaves + above] && data.inner[above].aggregation === "arithmetic";
    }
    return found;
  }

  /* Half away from zero, first at the inner decimals, which removes the noise of floating point. */
  function halfUp(value, decimals, inner) {
    const whole = Math.floor(Math.abs(value) * 10 ** inner + 0.5);
    const step = 10 ** (inner - decimals);
    const half = whole + Math.floor(step / 2);
    return Math.sign(value) * ((half - half % step) / step) / 10 ** decimals + 0;
  }

  /* Half to even, as numerical libraries round. */
  function even(value, decimals) {
    const scaled = value * 10 ** decimals, down = Math.floor(scaled), rest = scaled - down;
    const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
    return (up ? down + 1 : down) / 10 ** decimals;
  }

  function compare(first, second) {
    for (let k = 0; k < first.length; k += 1) if (first[k] !== second[k]) return first[k] > second[k] ? -1 : 1;
    return 0;
  }

  /* Competition 1-2-2-4, modified 1-3-3-4, dense 1-2-2-3 or fractional 1-2.5-2.5-4; larger keys are better. */
  function ranks(keys, members, rule) {
    const order = [...members].sort((a, b) => compare(keys[a], keys[b]) || a - b);
    const found = new Map();
    let run = 0;
    for (let start = 0, end; start < order.length; start = end) {
      for (end = start + 1; end < order.length && compare(keys[order[start]], keys[order[end]]) === 0;) end += 1;
      run += 1;
      const rank = { competition: start + 1, modified: end, dense: run, fractional: (start + 1 + end) / 2 }[rule];
      for (const unit of order.slice(start, end)) found.set(unit, { rank, tie: end - start > 1 });
    }
    return found;
  }

  /* The percentage as it is written, rounded down: 4.6 % of 1500 are 69, though the product is a little less. */
  function places(level, size) {
    return Math.floor(level.quota * size / 100 + 1e-9);
  }

  function withinQuota(level, position, size, system) {
    if (level.quota === null || size < system.quotaMinimumGroup) return true;
    return position <= places(level, size);
  }

  function gradeOf(unit, published, position, size, system) {
    const levels = system.levels;
    if (unit.fails) return { grade: levels.length - 1, reason: "veto" };
    let reached = levels.findIndex((level) => level.minimum === null || published >= level.minimum);
    let reason = "threshold";
    while (!withinQuota(levels[reached], position, size, system)) {
      reached += 1;
      reason = "quota";
    }
    if (levels[reached].quota !== null && size < system.quotaMinimumGroup) reason = "small_group";
    for (const cap of unit.caps) {
      if (cap > reached) {
        reached = cap;
        reason = "cap";
      }
    }
    return { grade: reached, reason };
  }

  function twoYears(published, last, rule) {
    return Boolean(rule) && last !== null && rule.low <= Math.min(published, last)
      && Math.max(published, last) <= rule.high;
  }

  /* Ranks inside each group and overall, the positions that quotas look at, and the sizes of the groups. */
  function standings(data, keys) {
    const { method, quotaTie } = data.system;
    const all = data.units.map((_, unit) => unit).filter((unit) => !data.units[unit].fails);
    const rank = new Map(), position = new Map();
    const sizes = data.groups.map((_, group) => data.units.filter((unit) => unit.group === group).length);
    data.groups.forEach((_, group) => {
      const members = all.filter((unit) => data.units[unit].group === group);
      ranks(keys, members, method).forEach((found, unit) => rank.set(unit, found));
      ranks(keys, members, quotaTie === "out" ? "modified" : "competition")
        .forEach((found, unit) => position.set(unit, found.rank));
    });
    return { rank, position, sizes, overall: ranks(keys, all, method) };
  }

  /* What the engine would find with these weights: one row per unit, and the listing order. Null if the engine
     would refuse: a unit to which nothing applies, or a mean of negative scores.
     `leaf` is what leafScores returned; `weights` are whole numbers of 10^-places, by group, "" for the others. */
  function assess(data, profile, leaf, weights) {
    const byGroup = Object.fromEntries(
      Object.entries(weights).map(([key, whole]) => [key, nodeWeights(data, whole, profile.places)]),
    );
    const { decimals, innerDecimals, tieBreaks, twoYear } = data.system;
    const rows = data.units.map((unit, place) => {
      const own = ofGroup(byGroup, data, place);
      const scores = unitScores(data, leaf.map((column) => column[place]), own);
      const weighted = scores[scores.length - 1];
      const total = weighted + unit.bonus - unit.penalty;
      return {
        scores, weighted, total, shares: effectiveWeights(data, scores, own),
        published: halfUp(total, decimals, innerDecimals),
      };
    });
    if (rows.some((row) => !Number.isFinite(row.weighted))) return null;
    const keys = rows.map((row, unit) => [row.published, ...tieBreaks.map((indicator) => (
      data.values[indicator][unit] === "n" ? -Infinity : even(leaf[indicator][unit], innerDecimals)
    ))]);
    const { rank, position, sizes, overall } = standings(data, keys);
    rows.forEach((row, place) => {
      const unit = data.units[place], ranked = rank.get(place);
      Object.assign(row, {
        rank: ranked ? ranked.rank : null,
        tie: Boolean(ranked && ranked.tie),
        overall: ranked ? overall.get(place).rank : null,
        size: sizes[unit.group],
        repeated: twoYears(row.published, unit.last, twoYear),
        ...gradeOf(unit, row.published, position.get(place), sizes[unit.group], data.system),
      });
    });
    const order = data.units.map((_, place) => place).sort((a, b) => (
      data.units[a].group - data.units[b].group
      || Number(data.units[a].fails) - Number(data.units[b].fails)
      || (rows[a].rank || 0) - (rows[b].rank || 0)
      || a - b
    ));
    return { rows, order };
  }

  return { leafScores, assess, additive, halfUp, places };
})();
