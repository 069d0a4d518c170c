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

export function tracesView({ flow, link, refresh, query }) {
  const shown = {
    filter: FILTERS.some(([name]) => name === query.get("state")) ? query.get("state") : "",
    search: query.get("search") ?? "",
    // Where the pages before this one begin; empty on the first one.
    pages: [],
    before: null,
  };
  const rows = new Map();
  const strip = h("dl", { class: "strip", "aria-label": "Figures of the flow" });
  const body = h("tbody");
  const empty = h("p", { class: "empty", hidden: true });
  const place = h("span", { class: "place" });
  const newer = h("button", { onclick: () => turn(false) }, "← Newer");
  const older = h("button", { onclick: () => turn(true) }, "Older →");
  const filter = chips("State", FILTERS, shown.filter, choose);
  let next = null;

  function choose(name) {
    shown.filter = name;
    begin();
  }

  function begin() {
    Object.assign(shown, { pages: [], before: null });
    const query = new URLSearchParams();
    if (shown.filter) query.set("state", shown.filter);
    if (shown.search) query.set("search", shown.search);
    history.replaceState(null, "", link("traces", null, query));
    filter.draw(shown.filter, shown.counts);
    update().catch(() => refresh());
  }

  function turn(isOlder) {
    if (isOlder) {
      shown.pages.push(shown.before);
      shown.before = next;
    } else shown.before = shown.pages.pop() ?? null;
    update().catch(() => refresh());
    window.scrollTo(0, 0);
  }

  async function update() {
    const asked = JSON.stringify([shown.filter, shown.search, shown.before]);
    const [, , states] = FILTERS.find(([name]) => name === shown.filter);
    const page = await flow.traces({ states, search: shown.search, before: shown.before, limit: ROWS });
    if (asked !== JSON.stringify([shown.filter, shown.search, shown.before])) return;
    next = page.next ?? null;
    draw(page.traces);
  }

  function draw(traces) {
    const time = now();
    const kept = new Set(traces.map((trace) => trace.id));
    for (const [id, row] of rows) if (!kept.has(id)) (row.element.remove(), rows.delete(id));
    traces.forEach((trace, index) => {
      const row = rows.get(trace.id) ?? newRow(link, trace.id);
      rows.set(trace.id, row);
      row.draw(trace, time);
      if (body.children[index] !== row.element) body.insertBefore(row.element, body.children[index] ?? null);
    });
    empty.hidden = traces.length > 0;
    write(empty, shown.filter || shown.search ? "No trace fits this." : "No trace has begun yet.");
    newer.disabled = shown.pages.length === 0;
    older.disabled = next === null;
    write(place, traces.length ? `page ${shown.pages.length + 1}` : "");
  }

  function figures(figures) {
    fill(strip, stripOf(figures));
    shown.counts = countsOf(figures.states);
    filter.draw(shown.filter, shown.counts);
  }

  const search = searchField(shown.search, (text) => {
    shown.search = text;
    begin();
  });
  const element = h("div", { class: "traces" },
    h("h1", { class: "hidden" }, `Traces of ${flow.name}`),
    strip,
    h("div", { class: "filters" }, filter.group, search),
    table(body), empty,
    h("p", { class: "pages" }, newer, place, older));
  return { title: "Traces", element, update, figures };
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
  const all = FILTERS.map(([name, , of]) => [name, of.reduce((sum, state) => sum + (states[state] ?? 0), 0)]);
  return Object.fromEntries(all.filter(([name]) => name).map(([name, number]) => [name, count(number)]));
}
