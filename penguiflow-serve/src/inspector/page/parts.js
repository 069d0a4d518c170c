// Small parts that several views show.

import { fill, h, newId } from "./dom.js";
import { STATES, milliseconds } from "./format.js";

/** A state, by colour and by word. */
export function pill(state) {
  return h("span", { class: `pill ${state}` }, STATES[state] ?? state);
}

/** A short note that leaves by itself. */
export function note(text, isBad = false) {
  const notes = document.getElementById("notes");
  const line = h("p", { class: isBad ? "bad" : null }, text);
  notes.append(line);
  setTimeout(() => line.remove(), isBad ? 8000 : 4000);
}

/** Does something that the server may refuse, while its button waits. */
export async function act(button, done, deed) {
  button.disabled = true;
  try {
    await deed();
    note(done);
    return true;
  } catch (error) {
    note(error.message, true);
    return false;
  } finally {
    button.disabled = false;
  }
}

/** Asks before something is done that cannot be undone. Resolves to what `read` returns, or null. */
export function ask({ title, text, body, yes, read = () => true, isGrave = false }) {
  const heading = newId("title");
  const go = h("button", { class: isGrave ? "grave" : "main", value: "yes" }, yes);
  const back = h("button", { value: "", type: "button", onclick: () => dialog.close("") }, "Back");
  const form = h("form", { method: "dialog" },
    h("h2", { id: heading }, title), text && h("p", {}, text), body, h("p", { class: "actions" }, go, back));
  const dialog = h("dialog", { "aria-labelledby": heading }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? read() : null);
    });
  });
}

/** A value as indented JSON; a long one can be scrolled. */
export function value(data, label) {
  const text = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  return h("pre", { class: "value", tabindex: "0", "aria-label": label }, text);
}

/** An error: the sentence, where it happened, and each cause below the one that it caused. */
export function fault(error) {
  const where = error.path ?? error.node;
  const facts = [
    error.kind?.replaceAll("_", " "),
    where && `at ${where}`,
    error.attempts > 1 && `${error.attempts} attempts`,
  ].filter(Boolean);
  // The sentence often ends with the node's own error.
  const told = (error.causes ?? []).filter((cause) => !error.message.includes(cause));
  const causes = told.map((cause) => h("li", {}, cause));
  return h("div", { class: "fault" },
    h("p", { class: "kind" }, facts.join(" · ")),
    h("p", { class: "sentence" }, error.message),
    causes.length > 0 && h("ol", { class: "causes", "aria-label": "Causes, each of what stands above it" }, causes));
}

/** A number with its name, for the strip of figures. */
export function figure(name, text, className) {
  return h("div", { class: `figure ${className ?? ""}` }, h("dt", {}, name), h("dd", {}, text));
}

/** A text that can be copied by a button. */
export function copyable(text, name) {
  const button = h("button", { class: "quiet", onclick: () => copy(text) }, "Copy");
  button.setAttribute("aria-label", `Copy ${name}`);
  return h("span", { class: "copyable" }, h("code", {}, text), button);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    note("Copied.");
  } catch {
    note("The browser does not allow copying here.", true);
  }
}

/** A switch between a few choices. */
export function chips(label, choices, chosen, choose) {
  const group = h("div", { class: "chips", role: "group", "aria-label": label });
  const draw = (current, counts) => {
    const focused = group.querySelector(":focus")?.dataset.value;
    const buttons = choices.map(([value, name]) => h("button",
      { "data-value": value, "aria-pressed": String(value === current), onclick: () => choose(value) },
      name, counts?.[value] !== undefined && h("span", { class: "number" }, counts[value])));
    fill(group, buttons);
    if (focused !== undefined) buttons.find((button) => button.dataset.value === focused)?.focus();
  };
  draw(chosen);
  return { group, draw };
}

export function latency({ p50, p95 }) {
  return p50 === null || p50 === undefined ? "–" : `${milliseconds(p50)} / ${milliseconds(p95)}`;
}
