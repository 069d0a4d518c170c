// One trace: what it is at, what went wrong, what it waits for, when each visit ran, and where it
// stands in the graph. What has not changed is left alone, so that a form keeps what was typed.

import { Refusal } from "./api.js";
import { fill, h, section, write } from "./dom.js";
import { ago, ahead, hasEnded, json, milliseconds, moment, nodeName, now, seconds, short } from "./format.js";
import { picture } from "./graph.js";
import { act, ask, copyable, fault, pill, value } from "./parts.js";
import { waitForm } from "./parked.js";
import { timeLine, visits } from "./timeline.js";

/** More payloads than these are folded. */
const MANY = 12;

export function traceView(context, id) {
  return new TraceView(context, id);
}

class TraceView {
  constructor({ flow, link, refresh }, id) {
    Object.assign(this, { flow, link, refresh, id, trace: null, chosen: null, forms: new Map() });
    this.title = `Trace ${short(id)}`;
    this.head = h("header", { class: "head" });
    this.chart = h("div");
    this.parts = {
      error: h("section", { class: "part", "aria-label": "Error", hidden: true }),
      waits: h("section", { class: "part", "aria-label": "Waits for", hidden: true }),
      time: h("section", { class: "part", "aria-label": "Time line" }, h("h2", {}, "Time line"), this.chart),
      data: h("section", { class: "part", "aria-label": "Payloads", hidden: true }),
      facts: h("section", { class: "part", "aria-label": "Facts" }),
    };
    this.graph = picture(flow, { onChoose: (name) => this.choose(name) });
    this.draws = this.makeDraws();
    this.columns = this.makeColumns();
    this.element = h("div", { class: "trace" }, this.head, this.columns);
  }

  makeDraws() {
    const of = { flow: this.flow, link: this.link, refresh: this.refresh, trace: () => this.trace };
    return {
      head: section(this.head, headOf(of)),
      error: section(this.parts.error, (error) => error && [h("h2", {}, "Error"), fault(error)]),
      facts: section(this.parts.facts, factsOf),
      data: section(this.parts.data, (payloads) => payloadsOf(payloads, this.chosen)),
    };
  }

  makeColumns() {
    const { waits, error, time, data, facts } = this.parts;
    const graph = h("section", { class: "part graph", "aria-label": "In the graph" },
      h("h2", {}, "In the graph"), this.graph.element);
    return h("div", { class: "columns" }, h("div", {}, waits, error, time, data), h("div", {}, graph, facts));
  }

  /** Shows the payloads of this node alone, or again all. */
  choose(name) {
    this.chosen = this.chosen === name ? null : name;
    this.graph.choose(this.chosen);
    this.draw();
  }

  async update() {
    try {
      this.trace = await this.flow.trace(this.id);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      return fill(this.element, gone(this.link, error));
    }
    if (!this.columns.isConnected) fill(this.element, this.head, this.columns);
    this.draw();
  }

  draw() {
    const { trace, parts, draws } = this;
    const [time, payloads] = [now(), payloadsFrom(trace, this.chosen)];
    draws.head({ state: trace.state, created: trace.created });
    write(this.head.querySelector(".took"), tookOf(trace, time));
    parts.error.hidden = !trace.error;
    draws.error(trace.error);
    this.drawWaits();
    const rows = visits(trace, time);
    this.drawChart(rows);
    draws.facts(factsFrom(trace));
    parts.data.hidden = payloads.length === 0;
    draws.data(payloads);
    this.graph.mark(marksOf(trace, rows));
  }

  drawChart(rows) {
    const focused = this.chart.querySelector("button:focus")?.textContent;
    fill(this.chart, timeLine(rows, (name) => this.choose(name)));
    this.chart.querySelectorAll("button.name").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.textContent === this.chosen));
      if (button.textContent === focused) button.focus();
    });
  }

  /** A form stays as long as its step waits, whatever else changes. */
  drawWaits() {
    const waits = this.trace.forms ?? [];
    this.parts.waits.hidden = waits.length === 0;
    const steps = new Set(waits.map((wait) => wait.step));
    for (const [step, form] of this.forms) {
      if (!steps.has(step)) (form.element.remove(), this.forms.delete(step));
    }
    for (const wait of waits) {
      if (this.forms.has(wait.step)) this.forms.get(wait.step).tick(wait);
      else this.addForm(wait);
    }
  }

  addForm(wait) {
    const form = waitForm(this.flow, wait, this.refresh);
    this.forms.set(wait.step, form);
    this.parts.waits.append(form.element);
  }
}

function gone(link, error) {
  return h("div", { class: "empty", role: "alert" },
    h("p", {}, error.message), h("a", { href: link("traces") }, "All traces"));
}

function tookOf(trace, time) {
  if (!hasEnded(trace.state)) return `for ${seconds(Math.floor(Math.max(0, time - trace.created)))}`;
  return `took ${milliseconds(Math.max(0, trace.updated - trace.created) * 1e3)}`;
}

function headOf({ flow, link, refresh, trace }) {
  return ({ state, created }) => [
    h("p", { class: "crumbs" }, h("a", { href: link("traces") }, "← All traces")),
    h("div", { class: "line" },
      h("h1", {}, copyable(trace().id, "the trace id")),
      pill(state), h("span", { class: "took" }),
      h("span", { class: "muted", title: moment(created) }, `began ${moment(created)}`),
      h("span", { class: "actions" }, actionsOf(flow, refresh, trace))),
  ];
}

function actionsOf(flow, refresh, trace) {
  const { id, state, input } = trace();
  const actions = [];
  if (!hasEnded(state)) {
    actions.push(h("button", { class: "grave", onclick: (event) => cancel(event.target) }, "Cancel…"));
  }
  if (state === "dead" && flow.can?.includes("retry")) {
    actions.push(h("button", { class: "main", onclick: (event) => retry(event.target) }, "Retry…"));
  }
  if (hasEnded(state) && flow.can?.includes("emit") && input !== undefined) {
    actions.push(h("button", { onclick: (event) => again(event.target) }, "Run again…"));
  }
  return actions;

  async function cancel(button) {
    const text = "Its nodes are dropped where they wait. This cannot be undone.";
    const isSure = await ask({ title: `Cancel ${short(id)}?`, text, yes: "Cancel the trace", isGrave: true });
    if (isSure && await act(button, "Cancelled.", () => flow.cancel(id))) refresh();
  }

  async function retry(button) {
    const given = await askInput("Retry the step that failed", "With the input that it had, unless you give another one.", "");
    if (given === null) return;
    if (await act(button, "It runs again.", () => flow.retry(id, given || undefined))) refresh();
  }

  async function again(button) {
    const given = await askInput("Run again", "A new trace begins with this input.", json(input));
    if (given !== null && await act(button, "A new trace has begun.", () => flow.emit(given))) refresh();
  }
}

function askInput(title, text, given) {
  const field = h("textarea", { rows: "8", spellcheck: "false", "aria-label": "Input as JSON" });
  field.value = given;
  return ask({ title, text, body: field, yes: title, read: () => field.value.trim() });
}

/** What stands beside the time line, without what changes by itself. */
function factsFrom({ tenant, headers, steps, waits, due, key, updated, tokens, recoveries, flow }) {
  return { tenant, headers, steps, waits: waits?.map(({ node, until }) => ({ node, until })), due, key, updated, tokens, recoveries, flow };
}

function factsOf({ tenant, headers, steps, waits, due, key, updated, tokens, recoveries }) {
  const at = [...(steps ?? []).map(standing), ...(waits ?? []).map((wait) => `${wait.node} (waits)`)];
  const rows = [
    ["Tenant", tenant],
    ["Runs", at.length ? at.join(", ") : null],
    ["Goes on", due && ahead(due, now())],
    ["Last change", updated && ago(updated, now())],
    ["Tokens", tokens || null],
    ["Idempotency key", key],
    ["Recoveries", recoveries || null],
    ...headerRows(headers),
  ];
  const facts = rows.filter(([, text]) => text !== null && text !== undefined && text !== "");
  return [h("h2", {}, "Facts"),
    h("dl", { class: "facts" }, facts.map(([name, text]) => [h("dt", {}, name), h("dd", {}, String(text))]))];
}

function standing(step) {
  const tried = step.failed_attempts > 0 ? ` (${step.failed_attempts} failed)` : "";
  return nodeName(step) + tried;
}

function headerRows(headers) {
  const flat = [];
  for (const [name, text] of Object.entries(headers ?? {})) {
    // The tenant has a line of its own, and the usual priority says nothing.
    if (name === "tenant" || (name === "priority" && text === 0)) continue;
    if (text && typeof text === "object") flat.push(...headerRows(text));
    else flat.push([name, text]);
  }
  return flat;
}

/** The payloads that are shown, or those of the chosen node alone. */
function payloadsFrom({ input, outputs, attempts, steps }, chosen) {
  const shown = [];
  if (input !== undefined && input !== null) shown.push({ name: "Input", value: input });
  for (const step of steps ?? []) {
    if (step.input !== undefined) shown.push({ node: nodeName(step), name: `${nodeName(step)}, input`, value: step.input });
  }
  for (const { node, attempt, input, output } of attempts ?? []) {
    const again = attempt > 0 ? ` of attempt ${attempt + 1}` : "";
    if (input !== undefined) shown.push({ node, name: `${node}, input${again}`, value: input });
    if (output !== undefined) shown.push({ node, name: `${node}, output`, value: output });
  }
  (outputs ?? []).forEach((value) => shown.push({ name: "Output", value }));
  return shown.filter((payload) => !chosen || !payload.node || payload.node === chosen);
}

function payloadsOf(payloads, chosen) {
  return [
    h("h2", {}, chosen ? `Payloads, of ${chosen} alone` : "Payloads"),
    payloads.length > MANY ? payloads.map(folded) : payloads.map(open),
  ];
}

function open({ name, value: data }) {
  return [h("h3", {}, name), value(data, name)];
}

function folded({ name, value: data }) {
  return h("details", {}, h("summary", {}, name), value(data, name));
}

/** What each node of the picture is to this trace. */
function marksOf(trace, rows) {
  const marks = new Map();
  for (const { name, outcome, bars } of rows) {
    const kind = { ok: "done", parked: "done", failed: "failed" }[outcome] ?? "seen";
    marks.set(name, { kind, visits: (marks.get(name)?.visits ?? 0) + 1, took: sumOf(bars) });
  }
  for (const step of trace.steps ?? []) marks.set(nodeName(step), { ...marks.get(nodeName(step)), kind: step.failed_attempts > 0 ? "retrying" : "active" });
  for (const wait of trace.waits ?? []) marks.set(nodeName(wait), { ...marks.get(nodeName(wait)), kind: "parked" });
  return marks;
}

function sumOf(bars) {
  return bars.reduce((sum, bar) => sum + bar.took, 0);
}
