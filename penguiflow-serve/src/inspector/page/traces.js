// The list of traces: figures of the flow, filters, and one page at a time, the newest first. However
// many traces there are, the page has the rows of one page.

import { fill, h, write } from "./dom.js";
import { ago, count, hasEnded, milliseconds, moment, now, rate, seconds, short } from "./format.js";
import { chips, figure, latency, pill } from "./parts.js";
import { sparkline } from "./sparkline.js";

const ROWS = 50;

const FILTERS = [
  ["", "All", []],
  ["running", "Running", ["active"]],
  ["retrying", "Retrying", ["retrying"]],
  ["parked", "Waiting", ["parked"]],
  ["failed", "Failed", ["failed", "dead"]],
  ["completed", "Completed", ["completed"]],
  ["cancelled", "Cancelled", ["cancelled"]],
  ["filtered", "Filtered", ["filtered"]],
];

export function tracesView(context) {
  return new TracesView(context);
}

class TracesView {
  constructor({ flow, link, refresh, query }) {
    Object.assign(this, { flow, link, refresh, title: "Traces", rows: new Map(), next: null, counts: null });
    const asked = query.get("state");
    this.chosen = FILTERS.some(([name]) => name === asked) ? asked : "";
    this.search = query.get("search") ?? "";
    // Where this page of the list begins, and where those before it do.
    Object.assign(this, { before: null, pages: [] });
    this.strip = h("dl", { class: "strip", "aria-label": "Figures of the flow" });
    this.body = h("tbody");
    this.empty = h("p", { class: "empty", hidden: true });
    this.place = h("span", { class: "place" });
    this.newer = h("button", { onclick: () => this.turn(false) }, "← Newer");
    this.older = h("button", { onclick: () => this.turn(true) }, "Older →");
    this.filter = chips("State", FILTERS, this.chosen, (name) => this.begin({ chosen: name }));
    this.element = this.makeElement();
  }

  makeElement() {
    const search = searchField(this.search, (text) => this.begin({ search: text }));
    return h("div", { class: "traces" },
      h("h1", { class: "hidden" }, `Traces of ${this.flow.name}`),
      this.strip,
      h("div", { class: "filters" }, this.filter.group, search),
      table(this.body), this.empty,
      h("p", { class: "pages" }, this.newer, this.place, this.older));
  }

  /** Begins at the newest, with another filter. */
  begin(filter) {
    Object.assign(this, filter, { pages: [], before: null });
    const query = new URLSearchParams();
    if (this.chosen) query.set("state", this.chosen);
    if (this.search) query.set("search", this.search);
    history.replaceState(null, "", this.link("traces", null, query));
    this.filter.draw(this.chosen, this.counts);
    this.update().catch(() => this.refresh());
  }

  turn(isOlder) {
    if (isOlder) {
      this.pages.push(this.before);
      this.before = this.next;
    } else this.before = this.pages.pop() ?? null;
    this.update().catch(() => this.refresh());
    window.scrollTo(0, 0);
  }

  async update() {
    const { chosen, search, before } = this;
    const [, , states] = FILTERS.find(([name]) => name === chosen);
    const page = await this.flow.traces({ states, search, before, limit: ROWS });
    // Something else was asked for meanwhile.
    if (chosen !== this.chosen || search !== this.search || before !== this.before) return;
    this.next = page.next ?? null;
    this.draw(page.traces);
  }

  draw(traces) {
    this.drawRows(traces);
    this.empty.hidden = traces.length > 0;
    write(this.empty, this.chosen || this.search ? "No trace fits this." : "No trace has begun yet.");
    this.newer.disabled = this.pages.length === 0;
    this.older.disabled = this.next === null;
    write(this.place, traces.length ? `page ${this.pages.length + 1}` : "");
  }

  drawRows(traces) {
    const { rows, body } = this;
    const time = now();
    const kept = new Set(traces.map((trace) => trace.id));
    for (const [id, row] of rows) if (!kept.has(id)) (row.element.remove(), rows.delete(id));
    traces.forEach((trace, index) => {
      const row = rows.get(trace.id) ?? newRow(this.link, trace.id);
      rows.set(trace.id, row);
      row.draw(trace, time);
      if (body.children[index] !== row.element) body.insertBefore(row.element, body.children[index] ?? null);
    });
  }

  figures(figures) {
    fill(this.strip, stripOf(figures));
    this.counts = countsOf(figures.states);
    this.filter.draw(this.chosen, this.counts);
  }
}

function searchField(text, search) {
  let timer;
  const field = h("input", {
    type: "search", value: text, placeholder: "Id, tenant, node or error", "aria-label": "Search traces",
    oninput: (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => search(event.target.value.trim()), 250);
    },
  });
  return h("form", { role: "search", onsubmit: (event) => event.preventDefault() }, field);
}

function table(body) {
  const heads = ["State", "Trace", "Tenant", "Where", "Began", "Took"];
  return h("table", { class: "list" },
    h("caption", { class: "hidden" }, "Traces, the newest first"),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), body);
}

/** A row, which is drawn again where it stands, so that focus stays in it. */
function newRow(link, id) {
  const cells = Object.fromEntries(
    ["state", "id", "tenant", "where", "began", "took"].map((name) => [name, h("td", { class: name })]));
  fill(cells.id, h("a", { href: link("traces", id), title: id }, short(id)));
  const element = h("tr", {}, Object.values(cells));
  let state;
  function draw(trace, time) {
    if (trace.state !== state) fill(cells.state, pill(trace.state));
    state = trace.state;
    element.className = state;
    write(cells.tenant, trace.tenant || "–");
    cells.tenant.title = trace.tenant ?? "";
    drawWhere(cells.where, trace);
    write(cells.began, ago(trace.created, time));
    cells.began.title = moment(trace.created);
    const took = Math.max(0, (hasEnded(state) ? trace.updated : time) - trace.created);
    write(cells.took, hasEnded(state) ? milliseconds(took * 1e3) : seconds(Math.floor(took)));
  }
  return { element, draw };
}

function drawWhere(cell, trace) {
  const at = trace.at ?? trace.parked_at ?? [];
  const text = trace.error?.message ?? at.join(", ");
  cell.classList.toggle("bad", Boolean(trace.error));
  cell.classList.toggle("none", !text);
  write(cell, text || "–");
  cell.title = text;
}

function stripOf({ states, rate: perSecond, latency: times, load, history }) {
  const full = load && load.capacity ? `${count(load.in_flight)} of ${count(load.capacity)}` : null;
  const busy = load && load.capacity && load.in_flight >= load.capacity ? "bad" : null;
  return [
    figure("Ends", rate(perSecond)),
    states && figure("Running", count(states.active)),
    states && figure("Retrying", count(states.retrying), states.retrying ? "retrying" : null),
    states && figure("Waiting", count(states.parked), states.parked ? "parked" : null),
    states && figure("Failed", count(states.failed + states.dead), states.failed + states.dead ? "bad" : null),
    figure("Median / 95 %", latency(times ?? {})),
    full && figure("Capacity", full, busy),
    h("div", { class: "figure wide" }, h("dt", {}, "Last minute"), h("dd", {}, sparkline(history ?? []))),
  ];
}

function countsOf(states) {
  if (!states) return undefined;
  // A store does not tell what was filtered from what has failed.
  const known = FILTERS.filter(([name, , of]) => name && of.every((state) => state in states));
  return Object.fromEntries(known.map(([name, , of]) => [name, count(of.reduce((sum, state) => sum + states[state], 0))]));
}
