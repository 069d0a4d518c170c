// What waits for a value: a list of steps, each with the payload that waits and a form to resume it.

import { fill, h, write } from "./dom.js";
import { schemaForm } from "./form.js";
import { ago, ahead, json, moment, now, short } from "./format.js";
import { act, ask, note, value } from "./parts.js";

export function parkedView({ flow, link, refresh }) {
  const list = h("div", { class: "waits" });
  const empty = h("p", { class: "empty", hidden: true }, "Nothing waits for a value.");
  const forms = new Map();

  async function update() {
    const parked = await flow.parked();
    const steps = Array.isArray(parked) ? parked : parked.parked;
    const kept = new Set(steps.map(keyOf));
    for (const [key, form] of forms) if (!kept.has(key)) (form.element.remove(), forms.delete(key));
    for (const step of steps) {
      if (forms.has(keyOf(step))) forms.get(keyOf(step)).tick(step);
      else add(step);
    }
    empty.hidden = steps.length > 0;
  }

  function add(step) {
    const entry = waitEntry(flow, step, refresh, link);
    forms.set(keyOf(step), entry);
    list.append(entry.element);
  }

  const element = h("div", {}, h("h1", { class: "hidden" }, `What waits in ${flow.name}`), list, empty);
  return { title: "Waiting", element, update };
}

/** The steps of two traces may have one id. */
function keyOf({ trace_id, step }) {
  return `${trace_id} ${step}`;
}

/** A step in a list. Its form is made when it is opened, since many may wait. */
function waitEntry(flow, wait, refresh, link) {
  const { times, tick } = timesOf(wait);
  const summary = h("summary", {},
    h("span", { class: "name" }, wait.node), h("code", {}, short(wait.trace_id)),
    wait.tenant && h("span", { class: "tag" }, wait.tenant), times);
  const element = h("details", { class: "wait" }, summary);
  const open = () => element.append(
    h("p", { class: "of" }, "Trace ", h("a", { href: link("traces", wait.trace_id) }, wait.trace_id)),
    payload(wait.payload), resumeForm(flow, wait, refresh), cancelButton(flow, wait, refresh));
  element.addEventListener("toggle", open, { once: true });
  return { element, tick };
}

/** A step of a trace that is shown, with its form. */
export function waitForm(flow, wait, refresh) {
  const { times, tick } = timesOf(wait);
  const element = h("article", { class: "wait" },
    h("header", {}, h("h2", {}, wait.node), times),
    payload(wait.payload), resumeForm(flow, wait, refresh));
  return { element, tick };
}

function timesOf(wait) {
  const times = h("span", { class: "muted" });
  const tick = ({ since, until }) => {
    write(times, `${ago(since, now())}${until ? `, expires ${ahead(until, now())}` : ""}`);
    times.title = moment(since);
  };
  tick(wait);
  return { times, tick };
}

function payload(data) {
  if (data === undefined || data === null) return "";
  return h("details", { open: json(data).length < 600 }, h("summary", {}, "What waits"), value(data, "The payload that waits"));
}

function cancelButton(flow, wait, refresh) {
  const id = wait.trace_id;
  const cancel = async (event) => {
    const text = "The trace ends without a value. This cannot be undone.";
    const isSure = await ask({ title: `Cancel ${short(id)}?`, text, yes: "Cancel the trace", isGrave: true });
    if (isSure && await act(event.target, "Cancelled.", () => flow.cancel(id))) refresh();
  };
  return h("p", { class: "actions" }, h("button", { class: "grave", onclick: cancel }, "Cancel the trace…"));
}

/** A form made of the schema of what is awaited, or a field for JSON. */
function resumeForm(flow, wait, refresh) {
  const fields = h("div", { class: "fields" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const mode = h("button", { type: "button", class: "quiet", onclick: () => turn() });
  const go = h("button", { class: "main" }, "Resume");
  let editor = schemaForm(wait.schema);
  let isRaw = !wait.schema;
  draw();

  function draw() {
    fill(fields, editor.element);
    write(mode, isRaw ? "Edit as a form" : "Edit as JSON");
    mode.hidden = !wait.schema;
  }

  /** What was typed goes along, as far as the form has a field for it. */
  function turn() {
    let current;
    try {
      current = editor.value();
    } catch {
      current = undefined;
    }
    isRaw = !isRaw;
    editor = schemaForm(isRaw ? true : wait.schema, current);
    show(null);
    draw();
  }

  function show(text) {
    problem.hidden = !text;
    write(problem, text ?? "");
  }

  async function send(event) {
    event.preventDefault();
    editor.clear();
    show(null);
    let document;
    try {
      document = JSON.stringify(editor.value());
    } catch (error) {
      return show(error.message);
    }
    go.disabled = true;
    try {
      await flow.resume(wait.trace_id, wait.step, document);
      note("It goes on.");
      refresh();
    } catch (error) {
      refused(error);
    }
    go.disabled = false;
  }

  function refused(error) {
    const isShown = error.place && editor.refuse(error.place, error.message);
    show(isShown ? null : error.message);
  }

  return h("form", { class: "resume", novalidate: true, onsubmit: send, "aria-label": `Resume ${wait.node}` },
    h("p", { class: "muted" }, "Takes ", h("code", {}, wait.awaited)),
    fields, problem, h("p", { class: "actions" }, go, mode));
}
