// The time line of a trace: a row for each visit, with its attempts and waits as bars.

import { h, s } from "./dom.js";
import { milliseconds, nodeName } from "./format.js";

const ROW = 24;
const TICKS = 4;

const WORDS = {
  ok: "succeeded",
  failed: "failed",
  retried: "failed, and was tried again",
  cancelled: "was dropped",
  parked: "waited",
  running: "runs",
  waiting: "waits",
  retrying: "waits for its next attempt",
};

/**
 * The visits of a trace in the order in which they began: `{ name, step, bars, took, outcome, error }`.
 * Times are in seconds since the trace began.
 */
export function visits(trace, time) {
  const rows = new Map();
  const row = (entry) => {
    const key = `${nodeName(entry)} ${entry.step ?? ""}`;
    if (!rows.has(key)) rows.set(key, { name: nodeName(entry), step: entry.step, bars: [] });
    return rows.get(key);
  };
  for (const past of trace.attempts ?? []) row(past).bars.push(pastBar(trace, past));
  for (const wait of trace.waits ?? []) {
    row(wait).bars.push(openBar(trace, wait.since, time, "waiting"));
  }
  for (const step of trace.steps ?? []) {
    const visit = row(step);
    const last = visit.bars.at(-1);
    const since = step.since ?? (last ? last.at + last.took + trace.created : trace.updated);
    visit.bars.push(openBar(trace, since, time, step.since ? "running" : "retrying"));
  }
  const all = [...rows.values()];
  all.forEach(sum);
  return all.sort((a, b) => a.at - b.at);
}

function pastBar(trace, { began, took_ms, outcome, error, attempt }) {
  return { at: began - trace.created, took: took_ms / 1e3, ...ending(outcome), error, attempt };
}

/** Each kind of an error is a failure. A store has words of its own for two endings. */
function ending(word) {
  const outcome = { dropped: "cancelled", resumed: "parked" }[word] ?? word;
  return { outcome: ["ok", "parked", "cancelled"].includes(outcome) ? outcome : "failed" };
}

function openBar(trace, since, time, outcome) {
  return { at: since - trace.created, took: Math.max(0, time - since), outcome };
}

function sum(visit) {
  visit.bars.sort((a, b) => a.at - b.at);
  const last = visit.bars.at(-1);
  for (const bar of visit.bars) {
    if (bar !== last && bar.outcome === "failed") bar.outcome = "retried";
  }
  visit.at = visit.bars[0]?.at ?? 0;
  visit.end = Math.max(...visit.bars.map((bar) => bar.at + bar.took));
  visit.took = visit.end - visit.at;
  visit.outcome = last?.outcome;
  visit.error = last?.outcome === "ok" ? null : visit.bars.findLast((bar) => bar.error)?.error;
}

/** The chart, as a list whose rows say in words what the bars show. */
export function timeLine(rows, onChoose) {
  if (rows.length === 0) return h("p", { class: "empty" }, "No visit of this trace is known.");
  const length = Math.max(1e-6, ...rows.map((row) => row.end));
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) =>
    h("span", {}, tick === 0 ? "0" : milliseconds((length * tick * 1e3) / TICKS)));
  return h("div", { class: "time" },
    h("div", { class: "axis", "aria-hidden": "true" }, ticks),
    h("ol", { class: "rows" }, rows.map((row) => line(row, length, onChoose))));
}

function line(row, length, onChoose) {
  const took = milliseconds(row.took * 1e3);
  const attempts = row.bars.filter((bar) => bar.attempt !== undefined).length;
  const words = [WORDS[row.outcome] ?? row.outcome, attempts > 1 && `${attempts} attempts`];
  const name = h("button", { class: "name", onclick: () => onChoose(row.name) }, row.name);
  const told = `${words.filter(Boolean).join(", ")}, ${took}`;
  return h("li", { class: row.outcome },
    name,
    h("span", { class: "took", title: told }, took, h("span", { class: "hidden" }, `, ${told}`)),
    chart(row, length),
    row.error && h("p", { class: "why" }, row.error));
}

function chart(row, length) {
  const bars = row.bars.map((bar) => {
    const [x, width] = [(bar.at / length) * 1000, (bar.took / length) * 1000];
    const rect = { class: bar.outcome, x: Math.min(x, 997), y: 7, width: Math.max(3, width), height: 10, rx: 1.5 };
    return s("rect", rect, s("title", {}, `${WORDS[bar.outcome] ?? bar.outcome}: ${milliseconds(bar.took * 1e3)}`));
  });
  const lines = Array.from({ length: TICKS + 1 }, (_, tick) =>
    s("path", { class: "tick", d: `M${(tick * 1000) / TICKS} 0V${ROW}` }));
  return s("svg", { viewBox: `0 0 1000 ${ROW}`, preserveAspectRatio: "none", "aria-hidden": "true" }, lines, bars);
}
