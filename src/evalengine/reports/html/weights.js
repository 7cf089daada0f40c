/* Weights that are moved: shares of the top dimensions and of the indicators inside them, always adding up to 100 %.
   What is computed with are whole numbers of 10^-places that add up exactly, as a weight profile has to. */
const Weights = (() => {
  const MOST = 99; // per cent: the others keep their proportions in what is left

  /* For each leaf the place of its top dimension. */
  function topOf(data) {
    return data.leaves.map((_, leaf) => {
      let node = leaf;
      while (data.parents[node] !== data.inner.length - 1) node = data.leaves.length + data.parents[node];
      return data.top.indexOf(node - data.leaves.length);
    });
  }

  /* Whole numbers in proportion to the parts that add up to the total: the largest remainders are rounded up. */
  function apportion(parts, total) {
    const sum = parts.reduce((before, part) => before + part, 0);
    const targets = parts.map((part) => (part / sum) * total);
    const whole = targets.map((target) => Math.floor(target + 1e-7));
    let left = total - whole.reduce((before, part) => before + part, 0);
    const order = parts.map((_, place) => place)
      .sort((a, b) => (targets[b] - whole[b]) - (targets[a] - whole[a]) || a - b);
    for (let k = 0; left > 0; k += 1, left -= 1) whole[order[k]] += 1;
    return whole;
  }

  /* The published weights as a starting point: what each leaf and each top dimension asks for. */
  function published(data, whole) {
    const above = topOf(data);
    return {
      dimensions: data.top.map((_, top) => whole.reduce((sum, tick, leaf) => sum + (above[leaf] === top ? tick : 0), 0)),
      leaves: [...whole],
      moved: false,
    };
  }

  /* The weights asked for, as whole numbers; what is published if nothing was moved. */
  function whole(data, asked, base) {
    if (!asked.moved) return base;
    const above = topOf(data);
    const below = data.top.map((_, top) => asked.leaves.reduce((sum, leaf, k) => sum + (above[k] === top ? leaf : 0), 0));
    const total = base.reduce((sum, tick) => sum + tick, 0);
    return apportion(asked.leaves.map((leaf, k) => (
      below[above[k]] === 0 ? 0 : asked.dimensions[above[k]] * leaf / below[above[k]]
    )), total);
  }

  /* Ask for a share (per cent) of one part; the others keep their proportions. False if there are no others. */
  function move(parts, place, percent) {
    const rest = parts.reduce((sum, part, k) => sum + (k === place ? 0 : part), 0);
    if (!(rest > 0) || !Number.isFinite(percent)) return false;
    const share = Math.min(MOST, Math.max(0, percent));
    parts[place] = Number((share * rest / (100 - share)).toPrecision(9));
    return true;
  }

  /* Move the share of a leaf inside its top dimension. */
  function moveLeaf(data, asked, leaf, percent) {
    const above = topOf(data);
    const inside = data.leaves.map((_, k) => k).filter((k) => above[k] === above[leaf]);
    const parts = inside.map((k) => asked.leaves[k]);
    if (!move(parts, inside.indexOf(leaf), percent)) return false;
    asked.leaves[leaf] = parts[inside.indexOf(leaf)];
    return true;
  }

  function percent(tick, places) {
    return `${(tick / 10 ** (places - 2)).toFixed(2)}%`;
  }

  return { MOST, topOf, published, whole, move, moveLeaf, percent };
})();
