/* One consortium: figures, scores, points lost, and where its group stands. */
const Profile = (() => {
  function median(sorted) {
    const half = sorted.length >> 1;
    if (!sorted.length) return null;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  function peersOf(place) {
    const { group } = DATA.units[place];
    return DATA.units.map((_, k) => k).filter((k) => DATA.units[k].group === group && !DATA.units[k].fails);
  }

  /* Median and best verified figure of the group; units that are vetoed do not count. */
  function peers(state, leaf, place) {
    const members = peersOf(place).filter((k) => typeof DATA.values[leaf][k] === "number");
    const cells = members.map((k) => DATA.values[leaf][k]).sort((a, b) => a - b);
    const sign = DATA.leaves[leaf].direction === "cost" ? -1 : 1;
    const best = members.reduce((found, k) => {
      if (found === null) return k;
      const gain = state.leaf[leaf][k] - state.leaf[leaf][found];
      return gain > 0 || (gain === 0 && sign * (DATA.values[leaf][k] - DATA.values[leaf][found]) > 0) ? k : found;
    }, null);
    return { median: median(cells), best: best === null ? null : DATA.values[leaf][best] };
  }

  function card(state) {
    const unit = DATA.units[state.unit], row = state.result.rows[state.unit];
    const items = unit.items.filter(([, count]) => count > 0)
      .map(([code, count, points]) => say("item", { item: DATA.items[code], count, points }));
    const vetoes = unit.vetoes.map((code) => DATA.items[code]);
    const facts = [
      ["unit", unit.id], ["group", groupName(unit.group)],
      ["rank", row.rank === null ? "—" : say("of", { rank: row.rank, size: row.size })],
      ["score", fixed(row.published)], ["grade", gradeName(row.grade)],
      ["bonus", fixed(unit.bonus, 2)], ["penalty", fixed(unit.penalty, 2)],
      ["last", unit.last === null ? "—" : fixed(unit.last)],
    ];
    return make("div", { class: "card" },
      make("div", {},
        make("h3", {}, unit.name),
        make("dl", {}, ...facts.map(([key, shown]) => make("div", {},
          make("dt", {}, say(`columns.${key}`)), make("dd", {}, shown)))),
        items.length ? make("p", {}, say("items", { items: items.join(say("between_items")) })) : null,
        vetoes.length ? make("p", { class: "refusal" }, say("vetoes", { items: vetoes.join(say("between_items")) })) : null,
        shortfalls(state)),
      chart(state));
  }

  /* Points of the total that each indicator loses; none under a mean that does not add up. */
  function losses(state) {
    const row = state.result.rows[state.unit], adds = Rules.additive(DATA);
    return DATA.leaves.map((_, leaf) => (
      adds[leaf] && !Number.isNaN(row.scores[leaf]) ? row.shares[leaf] * (100 - row.scores[leaf]) : NaN
    ));
  }

  function shortfalls(state) {
    const lost = losses(state);
    const worst = lost.map((_, leaf) => leaf).filter((leaf) => lost[leaf] >= 0.005)
      .sort((a, b) => lost[b] - lost[a] || a - b).slice(0, 3)
      .map((leaf) => say("shortfall", { label: DATA.leaves[leaf].label, points: fixed(lost[leaf], 2) }));
    return worst.length ? make("p", {}, say("shortfalls", { items: worst.join(say("between_items")) })) : null;
  }

  /* Dimension scores as bars; a line for the median of the group, a diamond for its best. */
  function chart(state) {
    const leaves = DATA.leaves.length, height = 46, left = 8, width = 470;
    const x = (score) => left + width * Math.max(0, Math.min(100, score)) / 100;
    const members = peersOf(state.unit);
    const told = [];
    const bars = DATA.top.map((top, k) => {
      const scores = (k2) => state.result.rows[k2].scores[leaves + top];
      const own = scores(state.unit), y = 26 + k * height;
      const others = members.map(scores).filter((score) => !Number.isNaN(score)).sort((a, b) => a - b);
      const middle = median(others), best = others.length ? others[others.length - 1] : null;
      const label = DATA.inner[top].label;
      told.push(say("chart_item", { label, score: fixed(own, 2), median: fixed(middle, 2), best: fixed(best, 2) }));
      return draw("g", {},
        draw("title", {}, `${label} ${fixed(own, 2)}`),
        draw("text", { x: left, y: y - 6 }, clipped(label, 60)),
        draw("rect", { x: left, y, width, height: 18, class: "track" }),
        draw("rect", { x: left, y, width: Number.isNaN(own) ? 0 : x(own) - left, height: 18, class: "fill" }),
        middle === null ? null : draw("line", { x1: x(middle), x2: x(middle), y1: y - 4, y2: y + 22, class: "median" }),
        best === null ? null : draw("path", { d: `M${x(best)} ${y + 2}l6 7l-6 7l-6 -7z`, class: "best" }),
        draw("text", { x: left + width + 12, y: y + 14, class: "digits" }, fixed(own, 2)));
    });
    const bottom = 26 + DATA.top.length * height;
    return draw("svg", { viewBox: `0 0 560 ${bottom + 24}`, class: "chart", role: "img", "aria-label": say("chart", { items: told.join(say("between_items")) }) },
      ...bars,
      draw("line", { x1: left + 6, x2: left + 6, y1: bottom, y2: bottom + 16, class: "median" }),
      draw("text", { x: left + 16, y: bottom + 13 }, say("median")),
      draw("path", { d: `M${left + 158} ${bottom + 1}l6 7l-6 7l-6 -7z`, class: "best" }),
      draw("text", { x: left + 172, y: bottom + 13 }, say("best")));
  }

  function line(state, leaf, lost) {
    const row = state.result.rows[state.unit], own = DATA.leaves[leaf], value = DATA.values[leaf][state.unit];
    const { median: middle, best } = peers(state, leaf, state.unit), score = row.scores[leaf];
    return make("tr", { "data-leaf": own.code },
      make("th", { scope: "row", class: "name" }, own.label), cell(own.unit, "code"),
      cell(figure(value), "number"), cell(figure(middle), "number"), cell(figure(best), "number"),
      make("td", { class: "number strong" }, fixed(score, 2), bar(score)),
      cell(row.shares[leaf] > 0 ? `${fixed(100 * row.shares[leaf], 2)}%` : "—", "number"),
      cell(fixed(lost[leaf], 2), "number strong"));
  }

  function head() {
    const heading = (key, kind) => make("th", { scope: "col", class: kind }, say(`columns.${key}`));
    return make("thead", {}, make("tr", {}, heading("indicator", "name"), heading("measure", "code"),
      heading("value", "number"), heading("median", "number"), heading("best", "number"), heading("score_100", "number"),
      heading("weight", "number"), heading("lost", "number")));
  }

  function show(state) {
    const lost = losses(state), above = Weights.topOf(DATA), row = state.result.rows[state.unit];
    const places = DATA.leaves.map((_, leaf) => leaf);
    const points = (leaf) => (Number.isNaN(lost[leaf]) ? -1 : lost[leaf]);
    at("card").replaceChildren(card(state));
    const bodies = state.byLoss
      ? [make("tbody", {}, ...places.sort((a, b) => points(b) - points(a) || a - b).map((leaf) => line(state, leaf, lost)))]
      : DATA.top.map((top, k) => {
        const inside = places.filter((leaf) => above[leaf] === k), node = DATA.leaves.length + top;
        const sum = inside.reduce((total, leaf) => total + (lost[leaf] || 0), 0);
        return make("tbody", {},
          make("tr", { class: "band" },
            make("th", { scope: "rowgroup", colspan: 5 }, DATA.inner[top].label),
            cell(fixed(row.scores[node], 2), "number"), cell(`${fixed(100 * row.shares[node], 2)}%`, "number"),
            cell(inside.every((leaf) => Number.isNaN(lost[leaf])) ? "—" : fixed(sum, 2), "number")),
          ...inside.map((leaf) => line(state, leaf, lost)));
      });
    at("profile-table").replaceChildren(head(), ...bodies);
  }

  return { show };
})();
