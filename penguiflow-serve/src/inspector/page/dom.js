// Makes elements. All text goes in as text nodes and attributes: nothing is ever parsed as markup,
// so payloads, tenants and errors may be anything.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `h("a", { href, onclick }, "text", child)`. */
export function h(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function s(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Puts these in the place of all that an element contains. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

/** Sets a text, if it is another one: what is selected stays selected. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Rebuilds what an element contains only where its data have changed, so that focus, selections and
 * open parts stay.
 */
export function section(element, make) {
  let shown;
  return (data) => {
    const text = JSON.stringify(data) ?? "";
    if (text === shown) return;
    shown = text;
    fill(element, make(data));
  };
}

let last = 0;

/** An id that no other element has. */
export function newId(word) {
  last += 1;
  return `${word}-${last}`;
}
