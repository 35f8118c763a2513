// DOM helpers. Content of result files is inserted as text, never as markup.
const DATA = JSON.parse(document.getElementById("data").textContent);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const shape = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function picture(width, height, label, ...children) {
  return shape("svg", { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": label, "font-family": "system-ui, sans-serif" }, ...children);
}

const words = (x, y, text, attributes = {}) =>
  shape("text", { x, y, "font-size": 10, fill: "var(--ink)", ...attributes }, text);

// Colours of groups, in order of first appearance.
function groupColours(groups) {
  const names = [...new Set(groups)];
  return groups.map((group) => `var(--g${names.indexOf(group) % 8})`);
}

function legend(box, entries) {
  box.replaceChildren(...entries.map(([mark, text]) =>
    element("span", {}, shape("svg", { width: mark.width ?? 14, height: 12, viewBox: `0 0 ${mark.width ?? 14} 12` }, ...mark.shapes), text)));
}

// A name shortened in its middle to fit, as its end tells runs of one family apart; the data have it in full.
const short = (text, most) => (text.length > most
  ? `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(text.length - Math.floor(most / 2))}` : text);
