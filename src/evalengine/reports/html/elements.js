"use strict";
/* Elements and sentences. Text reaches the page as text only, never as markup. */
const SVG = "http://www.w3.org/2000/svg";
let DATA = null;

function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function owns(object, key) {
  return Object.prototype.hasOwnProperty.call(object, key);
}

function at(id) {
  return document.getElementById(id);
}

function say(key, facts = {}) {
  const sentence = DATA.words[key];
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (owns(facts, name) ? String(facts[name]) : whole));
}

/* A score as it is published: half up, never by the binary value of a float. */
function fixed(value, decimals = DATA.system.decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  return Rules.halfUp(value, decimals, DATA.system.innerDecimals).toFixed(decimals);
}

function signed(value, decimals = DATA.system.decimals) {
  if (value === null || Number.isNaN(value)) return "—";
  const shown = fixed(Math.abs(value), decimals);
  if (Number(shown) === 0) return "0";
  return (value > 0 ? "+" : "−") + shown;
}

/* A figure in its own unit: at most two decimals, thousands apart. */
function figure(cell) {
  if (cell === null || cell === undefined) return "—";
  if (typeof cell !== "number") return say(`status.${{ m: "missing", u: "unverified", n: "not_applicable" }[cell]}`);
  const [whole, part] = Math.abs(cell).toFixed(2).replace(/\.?0+$/, "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (cell < 0 && (whole !== "0" || part) ? "−" : "") + grouped + (part ? `.${part}` : "");
}

function groupName(group) {
  return DATA.groups[group] || say("no_group");
}

function gradeName(place) {
  return DATA.system.levels[place].label;
}

/* Text cut to a width in half-width letters, for pictures, which do not wrap. */
function clipped(text, most) {
  const letters = [...text];
  let width = 0;
  const end = letters.findIndex((letter) => (width += letter.codePointAt(0) > 0x2e7f ? 2 : 1) > most);
  return end < 0 ? text : `${letters.slice(0, Math.max(0, end - 1)).join("")}…`;
}

function cell(content, kind = "", name = "td") {
  return make(name, kind ? { class: kind } : {}, content);
}

/* A bar from 0 to 100 beside its number, which says the same. */
function bar(value) {
  const width = Number.isFinite(value) ? Math.max(0, Math.min(100, value)) : 0;
  return draw("svg", { viewBox: "0 0 100 8", class: "bar", "aria-hidden": "true", preserveAspectRatio: "none" },
    draw("rect", { x: 0, y: 0, width: 100, height: 8, class: "track" }),
    draw("rect", { x: 0, y: 0, width, height: 8, class: "fill" }));
}
