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
    const kept = new Set(steps.map((step) => step.step));
    for (const [step, form] of forms) if (!kept.has(step)) (form.element.remove(), forms.delete(step));
    for (const step of steps) {
      if (forms.has(step.step)) forms.get(step.step).tick(step);
      else add(step);
    }
    empty.hidden = steps.length > 0;
  }

  function add(step) {
    const form = waitForm(flow, step, refresh, link);
    forms.set(step.step, form);
    list.append(form.element);
  }

  const element = h("div", {}, h("h1", { class: "hidden" }, `What waits in ${flow.name}`), list, empty);
  return { title: "Waiting", element, update };
}

/** A step that waits, with its form. With `link`, it names its trace. */
export function waitForm(flow, wait, refresh, link) {
  const times = h("span", { class: "muted" });
  const form = resumeForm(flow, wait, refresh);
  const tick = ({ since, until }) => {
    write(times, `since ${ago(since, now())}${until ? `, expires ${ahead(until, now())}` : ""}`);
    times.title = moment(since);
  };
  const name = link && h("a", { href: link("traces", wait.trace_id), title: wait.trace_id }, short(wait.trace_id));
  const element = h("article", { class: "wait" },
    h("header", {}, h("h2", {}, wait.node), name, wait.tenant && h("span", { class: "tag" }, wait.tenant), times),
    wait.payload !== undefined && wait.payload !== null && payload(wait.payload),
    form, link && cancelButton(flow, wait, refresh));
  tick(wait);
  return { element, tick };
}

function payload(data) {
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
