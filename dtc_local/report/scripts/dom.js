// Elements, numbers and other people's text: everything reaches the page as text nodes, never as markup.

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value != null) made.setAttribute(attribute, value);
  }
  made.append(...children.flat().filter((child) => child != null));
  return made;
}

// Control characters, marks that turn the direction of text, and halves of characters.
const ODD =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\p{Cs}]/gu;

// The nodes of a text, with a visible sign for each character that would hide or turn what stands beside it.
function written(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(ODD)) {
    const code = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    if (match.index > at) nodes.push(text.slice(at, match.index));
    nodes.push(element("span", { class: "odd", title: "a character that does not show" }, "U+" + code));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

const shown = (text) => text.replace(ODD, "\ufffd");
const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + "\u2026" : text);

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const count = (number) => whole.format(number);
const mean = (number) => (Math.abs(number) < 100 ? fine : whole).format(number);
const several = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

function percent(part, all = 1) {
  const share = all ? (100 * part) / all : 0;
  return share > 0 && share < 1 ? "<1%" : share > 99 && share < 100 ? ">99%" : `${Math.round(share)}%`;
}

function duration(seconds) {
  if (seconds < 60) return `${fine.format(seconds)} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours ? `${count(hours)} h ${minutes} min` : `${minutes} min ${Math.round(seconds % 60)} s`;
}

const day = (moment) => moment.slice(0, 16).replace("T", " ") + " UTC";
const words = (name) => name.replaceAll("_", " ");
