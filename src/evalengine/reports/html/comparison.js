/* The same data under several profiles: the engine's own scores, ranks and grades. */
const Comparison = (() => {
  const MOST = 40; // lines that can still be told apart

  function table(state) {
    const several = DATA.groups.length > 1;
    const first = DATA.profiles[0].engine;
    const heading = (key, kind, more = {}) => make("th", { scope: "col", class: kind, ...more }, say(`columns.${key}`));
    const columns = ["score", "rank", "rank_change", "grade"];
    const head = make("thead", {},
      make("tr", {}, heading("unit", "code", { rowspan: 2 }), heading("name", "name", { rowspan: 2 }),
        ...DATA.profiles.map((profile, k) => (
          make("th", { colspan: k ? 4 : 3, scope: "colgroup", class: "profile" }, profile.label)))),
      make("tr", {}, ...DATA.profiles.flatMap((_, k) => columns
        .filter((key) => k || key !== "rank_change").map((key) => heading(key, key === "grade" ? "code" : "number")))));
    const line = (place) => make("tr", {
      "data-unit": DATA.units[place].id, class: state.unit === place ? "chosen" : "",
    },
    cell(DATA.units[place].id, "code"), make("th", { scope: "row", class: "name" }, DATA.units[place].name),
    ...DATA.profiles.flatMap(({ engine }, k) => {
      const rank = engine.rank[place], level = DATA.system.levels.find(({ code }) => code === engine.grade[place]);
      return [
        cell(fixed(engine.score[place]), "number first"), cell(rank === null ? "—" : String(rank), "number strong"),
        k ? cell(Ranking.shift(first.rank[place], rank), "number") : null,
        cell(level.label, "code"),
      ].filter(Boolean);
    }));
    const order = DATA.units.map((_, place) => place).sort((a, b) => DATA.units[a].group - DATA.units[b].group
      || (first.rank[a] === null) - (first.rank[b] === null) || first.rank[a] - first.rank[b] || a - b)
      .filter((place) => state.group < 0 || DATA.units[place].group === state.group);
    const bodies = DATA.groups.map((_, group) => {
      const members = order.filter((place) => DATA.units[place].group === group);
      return members.length ? make("tbody", {},
        several ? make("tr", { class: "band" }, make("th", { colspan: 1 + 4 * DATA.profiles.length, scope: "rowgroup" },
          groupName(group))) : null,
        ...members.map(line)) : null;
    });
    at("comparison-table").replaceChildren(head, ...bodies.filter(Boolean));
  }

  /* A line for each unit from profile to profile by overall rank; the chosen unit is drawn bold. */
  function slopes(state) {
    const places = DATA.units.map((_, place) => place)
      .filter((place) => DATA.profiles.every(({ engine }) => engine.overall_rank[place] !== null));
    if (places.length < 2 || places.length > MOST) return null;
    const count = Math.max(...DATA.profiles.flatMap(({ engine }) => places.map((place) => engine.overall_rank[place])));
    const left = 150, right = 770, top = 46, step = 24;
    const x = (k) => left + (right - left) * k / (DATA.profiles.length - 1);
    const y = (rank) => top + step * (rank - 1);
    const label = (place, k, anchor) => draw("text", {
      x: x(k) + (anchor === "end" ? -14 : 14), y: y(DATA.profiles[k].engine.overall_rank[place]) + 5, "text-anchor": anchor,
    }, clipped(DATA.units[place].id, 16));
    const last = DATA.profiles.length - 1;
    return draw("svg", { viewBox: `0 0 920 ${y(count) + 24}`, class: "slopes", role: "img", "aria-label": say("slopes") },
      ...DATA.profiles.map(({ label: name }, k) => draw("text", { x: x(k), y: 20, "text-anchor": "middle", class: "head" },
        clipped(name, Math.floor(108 / DATA.profiles.length)))),
      ...places.map((place) => {
        const ranks = DATA.profiles.map(({ engine }) => engine.overall_rank[place]);
        return draw("g", { class: place === state.unit ? "course chosen" : "course" },
          draw("title", {}, DATA.units[place].name),
          draw("polyline", { points: ranks.map((rank, k) => `${x(k)},${y(rank)}`).join(" ") }),
          ...ranks.map((rank, k) => draw("circle", { cx: x(k), cy: y(rank), r: 10 })),
          ...ranks.map((rank, k) => draw("text", { x: x(k), y: y(rank) + 4, "text-anchor": "middle", class: "rank" }, String(rank))),
          label(place, 0, "end"), label(place, last, "start"));
      }));
  }

  function show(state) {
    if (DATA.profiles.length < 2) return;
    at("comparison").hidden = false;
    at("to-comparison").hidden = false;
    table(state);
    const picture = slopes(state);
    at("slopes").hidden = !picture;
    at("slopes").replaceChildren(...(picture ? [make("h3", {}, say("slopes")), picture] : []));
  }

  return { show };
})();
