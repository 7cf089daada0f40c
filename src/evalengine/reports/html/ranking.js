/* The ranking: as the engine published it, or as it would be with other weights. */
const Ranking = (() => {
  function counts(unit) {
    const found = { m: 0, u: 0, n: 0 };
    for (const column of DATA.values) if (typeof column[unit] === "string") found[column[unit]] += 1;
    return { missing: found.m, unverified: found.u, not_applicable: found.n };
  }

  function quotaNote(row) {
    const missed = DATA.system.levels.find((level) => (
      (level.minimum === null || row.published >= level.minimum) && level.quota !== null
    ));
    const places = Rules.places(missed, row.size);
    return say("notes.quota", { grade: missed.label, own: gradeName(row.grade), size: row.size, places });
  }

  function notes(place, row, rows) {
    const unit = DATA.units[place], { levels, twoYear } = DATA.system, said = [];
    const items = unit.vetoes.map((code) => DATA.items[code]).join(say("between_items"));
    if (row.reason === "veto") said.push(say("notes.veto", { items }));
    else if (unit.vetoes.length) {
      const cap = levels[Math.max(...unit.caps)].label;
      said.push(say("notes.cap", { items, cap, grade: gradeName(row.grade) }));
    }
    if (row.reason === "quota") said.push(quotaNote(row));
    if (row.rank !== null && row.size < DATA.system.quotaMinimumGroup && levels.some((level) => level.quota !== null)) {
      said.push(say("notes.needs_decision", { minimum: DATA.system.quotaMinimumGroup }));
    }
    if (row.repeated) {
      const grade = levels.find((level) => level.code === twoYear.result).label;
      said.push(say("notes.two_year", { low: twoYear.low, high: twoYear.high, grade }));
    }
    if (row.tie) said.push(say("notes.tie"));
    else if (row.rank !== null && rows.some((other, k) => (
      k !== place && other.rank !== null && DATA.units[k].group === unit.group && other.published === row.published
    ))) said.push(say("notes.same_score"));
    for (const [kind, count] of Object.entries(counts(place))) if (count) said.push(say(`notes.${kind}`, { count }));
    return said.join(say("between_sentences"));
  }

  function headings(state) {
    const shares = state.whole[""], above = Weights.topOf(DATA), one = Object.keys(state.whole).length === 1;
    const places = DATA.profiles[state.profile].places;
    const dimension = (top, k) => {
      const ticks = shares.reduce((sum, tick, leaf) => sum + (above[leaf] === k ? tick : 0), 0);
      return make("th", { scope: "col", class: "number dimension", "aria-sort": state.order === k ? "descending" : null },
        DATA.inner[top].label,
        one ? make("small", {}, Weights.percent(ticks, places)) : null);
    };
    const heading = (key, kind) => make("th", { scope: "col", class: kind }, say(`columns.${key}`));
    return make("thead", {}, make("tr", {},
      heading("rank", "number"),
      ...(state.moved ? [heading("rank_published", "number"), heading("rank_change", "number")] : []),
      DATA.groups.length > 1 ? heading("overall", "number") : null,
      heading("unit", "code"), heading("name", "name"), heading("score", "number"),
      ...(state.moved ? [heading("score_change", "number")] : []),
      heading("grade", "code"), ...DATA.top.map(dimension),
      heading("weighted", "number"), heading("bonus", "number"), heading("penalty", "number"),
      heading("last", "number"), heading("notes", "wide")));
  }

  /* How a rank moved: an arrow and a number, so that no colour is needed. */
  function shift(before, after) {
    if (before === null || after === null) return "—";
    if (before === after) return "=";
    return (after < before ? "↑" : "↓") + Math.abs(after - before);
  }

  /* The name of a unit; of all names one is a stop of the tab key, the others are reached by arrows. */
  function named(state, place, choose) {
    return make("button", { type: "button", class: "link", tabindex: -1, "data-place": place, onclick: () => choose(place) },
      DATA.units[place].name);
  }

  /* Arrows, Home and End move between the names, however many there are. */
  function walk(event) {
    const names = [...at("ranking-table").querySelectorAll("button")], from = names.indexOf(event.target);
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: names.length - 1 }[event.key];
    if (from < 0 || to === undefined) return;
    event.preventDefault();
    names[Math.max(0, Math.min(names.length - 1, to))].focus();
  }

  function line(state, place, choose) {
    const unit = DATA.units[place], row = state.result.rows[place], rest = state.rest.rows[place];
    const leaves = DATA.leaves.length;
    const chosen = state.unit === place;
    return make("tr", { "data-unit": unit.id, class: chosen ? "chosen" : "", "aria-current": chosen ? "true" : null },
      cell(row.rank === null ? "—" : String(row.rank), "number strong"),
      ...(state.moved ? [cell(rest.rank === null ? "—" : String(rest.rank), "number"),
        cell(shift(rest.rank, row.rank), "number")] : []),
      DATA.groups.length > 1 ? cell(row.overall === null ? "—" : String(row.overall), "number") : null,
      cell(unit.id, "code"), make("th", { scope: "row", class: "name" }, named(state, place, choose)),
      make("td", { class: "number strong" }, fixed(row.published), bar(row.published)),
      ...(state.moved ? [cell(signed(row.published - rest.published), "number")] : []),
      cell(gradeName(row.grade), "code strong"),
      ...DATA.top.map((top) => cell(fixed(row.scores[leaves + top], 2), "number")),
      cell(fixed(row.weighted, 2), "number"), cell(fixed(unit.bonus, 2), "number"), cell(fixed(unit.penalty, 2), "number"),
      cell(unit.last === null ? "—" : fixed(unit.last), "number"),
      cell(notes(place, row, state.result.rows), "wide"));
  }

  function wanted(state, place) {
    const unit = DATA.units[place], sought = state.search.trim().toLowerCase();
    return (state.group < 0 || unit.group === state.group)
      && (!sought || unit.name.toLowerCase().includes(sought) || unit.id.toLowerCase().includes(sought));
  }

  /* Units in the order asked for: by rank, or by the score of a dimension, highest first, what has none last. */
  function ordered(state) {
    if (state.order < 0) return state.result.order;
    const { rows, order } = state.result, node = DATA.leaves.length + DATA.top[state.order];
    const score = (place) => (Number.isNaN(rows[place].scores[node]) ? -Infinity : rows[place].scores[node]);
    const rank = new Map(order.map((place, k) => [place, k]));
    return [...order].sort((a, b) => (score(b) > score(a)) - (score(b) < score(a)) || rank.get(a) - rank.get(b));
  }

  function show(state, choose) {
    const shown = ordered(state).filter((place) => wanted(state, place));
    const head = headings(state), columns = head.firstChild.children.length;
    const bodies = DATA.groups.map((_, group) => {
      const members = shown.filter((place) => DATA.units[place].group === group);
      if (!members.length) return null;
      const size = state.rest.rows[members[0]].size;
      return make("tbody", {},
        DATA.groups.length > 1 || DATA.groups[0]
          ? make("tr", { class: "band" }, make("th", { colspan: columns, scope: "rowgroup" },
            say("group", { group: groupName(group), count: size }))) : null,
        ...members.map((place) => line(state, place, choose)));
    });
    const none = make("tbody", {}, make("tr", {}, make("td", { colspan: columns }, say("none"))));
    at("ranking-table").replaceChildren(head, ...(shown.length ? bodies.filter(Boolean) : [none]));
    const names = [...at("ranking-table").querySelectorAll("button")];
    const stop = names.find((name) => Number(name.dataset.place) === state.unit) || names[0];
    if (stop) stop.tabIndex = 0;
  }

  return { show, shift, walk };
})();
