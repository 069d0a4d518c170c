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
  return new ResumeForm(flow, wait, refresh).element;
}

class ResumeForm {
  constructor(flow, wait, refresh) {
    Object.assign(this, { flow, wait, refresh, isRaw: !wait.schema, editor: schemaForm(wait.schema) });
    this.fields = h("div", { class: "fields" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.mode = h("button", { type: "button", class: "quiet", onclick: () => this.turn() });
    this.go = h("button", { class: "main" }, "Resume");
    const onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
    this.element = h("form", { class: "resume", novalidate: true, onsubmit, "aria-label": `Resume ${wait.node}` },
      h("p", { class: "muted" }, "Takes ", h("code", {}, wait.awaited)),
      this.fields, this.problem, h("p", { class: "actions" }, this.go, this.mode));
    this.draw();
  }

  draw() {
    fill(this.fields, this.editor.element);
    write(this.mode, this.isRaw ? "Edit as a form" : "Edit as JSON");
    this.mode.hidden = !this.wait.schema;
  }

  /** What was typed goes along, as far as the form has a field for it. */
  turn() {
    let current;
    try {
      current = this.editor.value();
    } catch {
      current = undefined;
    }
    this.isRaw = !this.isRaw;
    this.editor = schemaForm(this.isRaw ? true : this.wait.schema, current);
    this.show(null);
    this.draw();
  }

  show(text) {
    this.problem.hidden = !text;
    write(this.problem, text ?? "");
  }

  /** What was typed as JSON; null, with what is missing shown, if it cannot be sent. */
  read() {
    this.editor.clear();
    this.show(null);
    try {
      return JSON.stringify(this.editor.value());
    } catch (error) {
      this.show(error.message);
      return null;
    }
  }

  async send() {
    const document = this.read();
    if (document === null) return;
    this.go.disabled = true;
    try {
      await this.flow.resume(this.wait.trace_id, this.wait.step, document);
      note("It goes on.");
      this.refresh();
    } catch (error) {
      const isShown = error.place && this.editor.refuse(error.place, error.message);
      this.show(isShown ? null : error.message);
    }
    this.go.disabled = false;
  }
}
