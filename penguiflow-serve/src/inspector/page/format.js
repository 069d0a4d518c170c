// Numbers, times and names as people read them.

export const STATES = {
  active: "Running",
  retrying: "Retrying",
  parked: "Waiting",
  failed: "Failed",
  dead: "Dead",
  completed: "Completed",
  cancelled: "Cancelled",
  filtered: "Filtered",
};

const ENDED = new Set(["failed", "dead", "completed", "cancelled", "filtered"]);

export function hasEnded(state) {
  return ENDED.has(state);
}

/** A number with three digits: `1.24k`. */
export function count(number) {
  if (number === null || number === undefined) return "–";
  if (number < 10_000) return String(number);
  const [value, unit] = number < 1e6 ? [number / 1e3, "k"] : [number / 1e6, "M"];
  return digits(value) + unit;
}

/** How many in a second. */
export function rate(number) {
  if (!number) return "0/s";
  return `${number < 10 ? number.toFixed(1) : count(Math.round(number))}/s`;
}

/** A time of so many milliseconds, with three digits. */
export function milliseconds(time) {
  if (time === null || time === undefined) return "–";
  if (time < 1) return `${digits(time * 1e3)} µs`;
  if (time < 1e3) return `${digits(time)} ms`;
  return seconds(time / 1e3);
}

/** A time of so many seconds. */
export function seconds(time) {
  if (time < 60) return `${digits(time)} s`;
  const parts = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];
  const first = parts.findIndex(([, unit]) => time >= unit);
  const [[word, unit], next] = [parts[first], parts[first + 1]];
  const whole = Math.floor(time / unit);
  const rest = next ? Math.floor((time - whole * unit) / next[1]) : 0;
  return rest ? `${whole} ${word} ${rest} ${next[0]}` : `${whole} ${word}`;
}

function digits(value) {
  if (value === 0) return "0";
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** How long ago, of a time in Unix seconds. */
export function ago(ts, now) {
  const past = now - ts;
  if (past < 1) return "now";
  if (past < 60) return `${Math.floor(past)} s ago`;
  return `${seconds(past)} ago`;
}

/** How long until then, of a time in Unix seconds. */
export function ahead(ts, now) {
  return ts <= now ? "now" : `in ${ts - now < 60 ? `${Math.ceil(ts - now)} s` : seconds(ts - now)}`;
}

/** The date and the time of day, in the reader's own zone. */
export function moment(ts) {
  const date = new Date(ts * 1e3);
  return Number.isNaN(date.getTime()) ? "–" : date.toLocaleString();
}

export function now() {
  return Date.now() / 1e3;
}

/** The first digits of an id. */
export function short(id) {
  return id.slice(0, 8);
}

/** A node's name after the playbooks that it runs in. */
export function nodeName({ node, playbook }) {
  return playbook ? `${playbook}/${node}` : node;
}

/** JSON as a text for a person: a text as it is, all else indented. */
export function json(value) {
  return typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value, null, 2);
}
