/* Start: unpack the data, check the page against the engine's numbers, wire the controls. The address after # keeps
   what was chosen, so that a scenario can be returned to. */
(() => {
  const state = { profile: 0, asked: {}, set: "", unit: 0, group: -1, order: -1, search: "", byLoss: false };

  function copied(asked) {
    return JSON.parse(JSON.stringify(asked));
  }

  async function unpack() {
    const packed = Uint8Array.from(atob(at("data").textContent.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  /* Whether the page finds what the engine found, for every unit under every profile. */
  function agrees(profile) {
    const found = Rules.assess(DATA, profile, Rules.leafScores(DATA, profile), profile.weights);
    return found !== null && found.rows.every((row, place) => row.published === profile.engine.score[place]
      && row.rank === profile.engine.rank[place] && row.overall === profile.engine.overall_rank[place]
      && DATA.system.levels[row.grade].code === profile.engine.grade[place]);
  }

  function chooseProfile(place) {
    const profile = DATA.profiles[place];
    state.profile = place;
    state.leaf = Rules.leafScores(DATA, profile);
    state.rest = Rules.assess(DATA, profile, state.leaf, profile.weights);
    state.result = state.rest;
    state.whole = profile.weights;
    state.set = "";
    resetWeights();
  }

  function resetWeights() {
    const { weights } = DATA.profiles[state.profile];
    state.asked = Object.fromEntries(Object.entries(weights).map(([key, whole]) => [key, Weights.published(DATA, whole)]));
    state.kept = copied(state.asked);
  }

  function compute() {
    const profile = DATA.profiles[state.profile];
    const whole = Object.fromEntries(
      Object.entries(profile.weights).map(([key, base]) => [key, Weights.whole(DATA, state.asked[key], base)]),
    );
    state.moved = Object.entries(whole).some(([key, ticks]) => ticks.some((tick, leaf) => tick !== profile.weights[key][leaf]));
    const found = state.moved ? Rules.assess(DATA, profile, state.leaf, whole) : state.rest;
    at("refused").hidden = found !== null;
    at("refused").textContent = found === null ? say("refused") : "";
    if (found === null) {
      state.asked = copied(state.kept);
      state.moved = state.result !== state.rest;
      return;
    }
    state.whole = whole;
    state.result = found;
    state.kept = copied(state.asked);
  }

  function show() {
    compute();
    const profile = DATA.profiles[state.profile];
    const notice = { profile: profile.label, own: DATA.profiles[0].label };
    at("trial").hidden = !state.moved && state.profile === 0;
    at("trial").textContent = at("trial").hidden ? "" : say(state.moved ? "trial" : "other_profile", notice);
    document.body.classList.toggle("moved", state.moved);
    at("about").textContent = say("about", { system: DATA.system.label, profile: profile.label, count: DATA.units.length });
    showSliders();
    showRest();
    const address = written();
    history.replaceState(null, "", address ? `#${address}` : "#");
  }

  function showRest() {
    at("unit").value = state.unit;
    Ranking.show(state, choose);
    Profile.show(state);
    Comparison.show(state);
  }

  function choose(place) {
    state.unit = place;
    show();
    at("profile").scrollIntoView();
    at("unit").focus({ preventScroll: true });
  }

  /* ---- weights */
  function control(label, change) {
    const slide = make("input", { type: "range", min: 0, max: Weights.MOST, step: 1, "aria-label": label,
      oninput: (event) => change(Number(event.target.value)) });
    const number = make("input", { type: "number", min: 0, max: Weights.MOST, step: 1, "aria-label": `${label} %`,
      onchange: (event) => change(Number(event.target.value)) });
    return { slide, number, total: make("output", {}, "%") };
  }

  function buildSliders() {
    const above = Weights.topOf(DATA);
    const asked = () => state.asked[state.set];
    const moved = (done) => {
      if (done) asked().moved = true;
      show();
    };
    state.controls = { dimensions: [], leaves: [] };
    at("sliders").replaceChildren(...DATA.top.map((top, k) => {
      const { label } = DATA.inner[top];
      const own = control(label, (percent) => moved(Weights.move(asked().dimensions, k, percent)));
      state.controls.dimensions.push(own);
      const leaves = DATA.leaves.map((_, leaf) => leaf).filter((leaf) => above[leaf] === k);
      const rows = leaves.map((leaf) => {
        const inner = control(DATA.leaves[leaf].label, (percent) => moved(Weights.moveLeaf(DATA, asked(), leaf, percent)));
        state.controls.leaves[leaf] = inner;
        return make("div", { class: "slider" }, make("span", {}, DATA.leaves[leaf].label), inner.slide, inner.number, inner.total);
      });
      return make("div", { class: "dimension" },
        make("div", { class: "slider" }, make("strong", {}, label), own.slide, own.number, own.total),
        make("details", {}, make("summary", {}, say("indicators", { count: leaves.length })),
          make("p", { class: "hint" }, say("indicators_hint")), ...rows));
    }));
  }

  function put({ slide, number }, share, text) {
    slide.value = share;
    number.value = Number(share.toFixed(2));
    slide.setAttribute("aria-valuetext", text);
  }

  function showSliders() {
    const whole = state.whole[state.set], { places } = DATA.profiles[state.profile], above = Weights.topOf(DATA);
    const sums = DATA.top.map((_, k) => whole.reduce((sum, tick, leaf) => sum + (above[leaf] === k ? tick : 0), 0));
    state.controls.dimensions.forEach((own, k) => put(own, 100 * sums[k] / 10 ** places, Weights.percent(sums[k], places)));
    state.controls.leaves.forEach((own, leaf) => {
      const inside = sums[above[leaf]];
      put(own, inside ? 100 * whole[leaf] / inside : 0, Weights.percent(whole[leaf], places));
      own.total.textContent = say("of_total", { percent: Weights.percent(whole[leaf], places) });
    });
    at("lines").hidden = !state.moved;
    at("toml").textContent = ["[dimensions]",
      ...DATA.top.map((top, k) => `${DATA.inner[top].code} = ${(sums[k] / 10 ** places).toFixed(places)}`), "", "[weights]",
      ...DATA.leaves.map(({ code }, leaf) => `${code} = ${(whole[leaf] / 10 ** places).toFixed(places)}`)].join("\n");
    at("reset").setAttribute("aria-disabled", !state.moved); // not disabled: that would lose the focus of a keyboard
  }

  function showSets() {
    const sets = Object.keys(state.asked);
    at("set-line").hidden = sets.length < 2;
    at("set").replaceChildren(...sets.map((key) => make("option", { value: key }, key || say("other_groups"))));
    at("set").value = state.set;
  }

  /* ---- the address: profile, unit and the weights asked for, by set */
  function written() {
    const said = new URLSearchParams();
    if (state.profile) said.set("profile", DATA.profiles[state.profile].name);
    if (state.unit !== state.rest.order[0]) said.set("unit", DATA.units[state.unit].id);
    if (state.moved) {
      Object.entries(state.asked).filter(([, own]) => own.moved).forEach(([key, own]) => {
        const base = DATA.profiles[state.profile].weights[key];
        DATA.top.forEach((top, k) => said.set(`${key}:${DATA.inner[top].code}`, own.dimensions[k]));
        DATA.leaves.forEach(({ code }, leaf) => {
          if (own.leaves[leaf] !== base[leaf]) said.set(`${key}:${code}`, own.leaves[leaf]);
        });
      });
    }
    return said.toString();
  }

  function read(address) {
    const said = new URLSearchParams(address);
    const profile = DATA.profiles.findIndex(({ name }) => name === said.get("profile"));
    chooseProfile(Math.max(0, profile));
    const unit = DATA.units.findIndex(({ id }) => id === said.get("unit"));
    state.unit = unit < 0 ? state.rest.order[0] : unit;
    for (const [name, text] of said) {
      const cut = name.lastIndexOf(":"), own = state.asked[name.slice(0, Math.max(0, cut))], asked = Number(text);
      if (cut < 0 || !own || !(asked >= 0) || !Number.isFinite(asked)) continue;
      const code = name.slice(cut + 1);
      const top = DATA.top.findIndex((place) => DATA.inner[place].code === code);
      const leaf = DATA.leaves.findIndex((item) => item.code === code);
      if (top >= 0) own.dimensions[top] = asked;
      else if (leaf >= 0) own.leaves[leaf] = asked;
      if (top >= 0 || leaf >= 0) own.moved = true;
    }
    for (const own of Object.values(state.asked)) own.moved = own.moved && own.dimensions.some((part) => part > 0);
  }

  /* ---- the rest of the controls */
  function options(id, labels, change) {
    at(id).replaceChildren(...labels.map(([value, label]) => make("option", { value }, label)));
    at(id).addEventListener("change", (event) => {
      change(event.target.value);
      show();
    });
  }

  function step(by) {
    const { order } = state.result, place = order.indexOf(state.unit) + by;
    if (place >= 0 && place < order.length) state.unit = order[place];
    show();
  }

  function wire() {
    options("base", DATA.profiles.map(({ label }, k) => [k, label]), (value) => {
      chooseProfile(Number(value));
      showSets();
    });
    options("set", [], (value) => { state.set = value; });
    options("group", [[-1, say("all_groups")], ...DATA.groups.map((_, k) => [k, groupName(k)])],
      (value) => { state.group = Number(value); });
    options("order", [[-1, say("columns.rank")], ...DATA.top.map((top, k) => [k, DATA.inner[top].label])],
      (value) => { state.order = Number(value); });
    options("unit", DATA.units.map(({ id, name }, k) => [k, `${id} ${name}`]), (value) => { state.unit = Number(value); });
    at("group-line").hidden = DATA.groups.length < 2;
    at("ranking-table").addEventListener("keydown", Ranking.walk);
    at("search").addEventListener("input", (event) => {
      state.search = event.target.value;
      Ranking.show(state, choose);
    });
    at("reset").addEventListener("click", () => {
      resetWeights();
      show();
    });
    at("by-loss").addEventListener("change", (event) => {
      state.byLoss = event.target.checked;
      Profile.show(state);
    });
    at("previous").addEventListener("click", () => step(-1));
    at("next").addEventListener("click", () => step(1));
    at("print").addEventListener("click", () => print());
    addEventListener("hashchange", () => {
      if (!location.hash.includes("=")) return; // a link to a part of the page
      read(location.hash.slice(1));
      at("base").value = state.profile;
      showSets();
      show();
    });
  }

  function showMethod() {
    const rules = ["total", "rounding", "order", "quota", "trial", "peers"];
    at("rules").replaceChildren(...rules.map((key) => make("li", {}, say(`rules.${key}`, {
      decimals: DATA.system.decimals, inner: DATA.system.innerDecimals,
      ties: DATA.system.tieBreaks.map((leaf) => DATA.leaves[leaf].label).join(say("between_items")) || "—",
      minimum: DATA.system.quotaMinimumGroup,
    }))));
    at("status").textContent = DATA.system.status;
    at("check").textContent = say("checked", { count: DATA.profiles.length, units: DATA.units.length, run: DATA.runId });
  }

  /* Show why there is nothing to show; the sentences are in the page, as the data may not be readable. */
  function refuse(reason) {
    at("refusal").textContent = at("refusal").dataset[reason];
    at("refusal").hidden = false;
    at("main").hidden = true;
    at("about").textContent = "";
  }

  async function start() {
    if (typeof DecompressionStream === "undefined" || !document.body.replaceChildren) {
      refuse("old");
      return;
    }
    DATA = await unpack();
    if (!DATA.profiles.every(agrees)) {
      refuse("disagrees");
      return;
    }
    wire();
    read(location.hash.includes("=") ? location.hash.slice(1) : "");
    at("base").value = state.profile;
    showSets();
    buildSliders();
    showMethod();
    at("main").hidden = false;
    show();
  }

  start().catch(() => refuse("disagrees"));
})();
