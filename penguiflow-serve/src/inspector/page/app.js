// The frame around the views: which flow and which view the address names, and when they are read
// again. A view is a function of a flow and the rest of the address; it returns its element and
// `update`.

import { flows } from "./api.js";
import { fill, h, write } from "./dom.js";
import { graphView } from "./graph.js";
import { parkedView } from "./parked.js";
import { traceView } from "./trace.js";
import { tracesView } from "./traces.js";

/** Changes are shown no more often than that, in milliseconds. */
const PACE = 1000;
/** Without any change, times that count up are read again so often. */
const TICK = 5000;

const VIEWS = [
  ["traces", "Traces"],
  ["graph", "Graph"],
  ["parked", "Waiting"],
];

const page = {
  main: document.getElementById("main"),
  flows: document.getElementById("flows"),
  views: document.getElementById("views"),
  live: document.getElementById("live"),
};

const known = { flows: [], flow: null, view: null, stop: null, badge: null };

/** What the address names: `#support/traces/4bf…?state=failed`. */
export function address() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  const [flow, view, id] = path.split("/").map(decodeURIComponent);
  return { flow, view: view || "traces", id, query: new URLSearchParams(query) };
}

/** The address of a view. */
export function link(flow, view, id, query) {
  const path = [flow.name, view, id].filter(Boolean).map(encodeURIComponent).join("/");
  const text = query?.toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

function show() {
  const asked = address();
  const flow = known.flows.find((flow) => flow.name === asked.flow) ?? known.flows[0];
  if (!flow) return fill(page.main, h("p", { class: "empty" }, "No flow is mounted here."));
  if (flow !== known.flow) choose(flow);
  known.view?.close?.();
  known.view = makeView(flow, asked);
  drawBar(asked);
  document.title = `${known.view.title} · ${flow.name}`;
  fill(page.main, known.view.element);
  refresh();
}

function makeView(flow, { view, id, query }) {
  const context = { flow, link: (...rest) => link(flow, ...rest), refresh, query };
  if (view === "graph") return graphView(context);
  if (view === "parked") return parkedView(context);
  return id ? traceView(context, id) : tracesView(context);
}

function choose(flow) {
  known.flow = flow;
  leave();
  listen();
}

/**
 * Listens while the page is seen. A browser has few connections for a server, which pages in the
 * background would hold.
 */
function listen() {
  if (document.hidden) leave();
  else if (known.flow && !known.stop) {
    setLive(null);
    known.stop = known.flow.watch(refresh, setLive);
  }
}

function leave() {
  known.stop?.();
  known.stop = null;
}

function setLive(isLive) {
  page.live.className = `live ${isLive === null ? "" : isLive ? "on" : "off"}`;
  write(page.live, isLive === null ? "connecting" : isLive ? "live" : "reconnecting");
}

function drawBar({ view }) {
  const links = VIEWS.map(([name, title]) => {
    const isHere = name === view ? "page" : null;
    const badge = name === "parked" ? h("span", { class: "badge", id: "badge", hidden: true }) : null;
    return h("a", { href: link(known.flow, name), "aria-current": isHere }, title, badge);
  });
  fill(page.views, links);
  drawBadge(known.badge);
  if (known.flows.length > 1) fill(page.flows, flowChoice());
  else fill(page.flows, h("span", { class: "flow" }, known.flow.name));
}

function flowChoice() {
  const options = known.flows.map((flow) =>
    h("option", { value: flow.name, selected: flow === known.flow }, flow.name));
  const choose = (event) => {
    const flow = known.flows.find((flow) => flow.name === event.target.value);
    location.hash = link(flow, address().view);
  };
  return h("select", { "aria-label": "Flow", onchange: choose }, options);
}

/** How many steps wait, beside the link to them. */
function drawBadge(number) {
  known.badge = number;
  const badge = document.getElementById("badge");
  if (!badge) return;
  badge.hidden = !number;
  write(badge, number ? String(number) : "");
  badge.setAttribute("aria-label", `${number} wait`);
}

const due = { timer: null, isBusy: false, isAsked: false, last: 0 };

/** Reads the view again, soon: what comes meanwhile is one more time. */
function refresh() {
  if (document.hidden) return;
  if (due.isBusy || due.timer) {
    due.isAsked = true;
    return;
  }
  const wait = Math.max(0, due.last + PACE - performance.now());
  due.timer = setTimeout(read, known.view?.isFresh ? wait : 0);
}

async function read() {
  due.timer = null;
  due.isBusy = true;
  due.last = performance.now();
  const view = known.view;
  try {
    const [figures] = await Promise.all([known.flow.figures(), view.update()]);
    view.figures?.(figures);
    drawBadge(figures.states?.parked ?? null);
    view.isFresh = true;
    page.main.removeAttribute("data-stale");
  } catch (error) {
    page.main.setAttribute("data-stale", "");
    if (!view.isFresh && view === known.view) fill(page.main, failure(error));
  }
  due.isBusy = false;
  if (due.isAsked || view !== known.view) {
    due.isAsked = false;
    refresh();
  }
}

function failure(error) {
  const again = h("button", { onclick: show }, "Try again");
  return h("div", { class: "empty", role: "alert" }, h("p", {}, error.message), again);
}

async function begin() {
  try {
    known.flows = await flows();
  } catch (error) {
    return fill(page.main, failure(error));
  }
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    page.main.focus();
  });
  window.addEventListener("hashchange", () => {
    show();
    window.scrollTo(0, 0);
    page.main.focus({ preventScroll: true });
  });
  document.addEventListener("visibilitychange", () => {
    listen();
    refresh();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", listen);
  setInterval(refresh, TICK);
  show();
}

begin();
