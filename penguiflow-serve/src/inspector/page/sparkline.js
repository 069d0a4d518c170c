// A small chart: how many traces ended in each second of the last minute, and how many of them failed.

import { s } from "./dom.js";

const [WIDTH, HEIGHT] = [180, 26];

/** Of `[ended, failed]` for each second, the oldest first. */
export function sparkline(history) {
  const most = Math.max(1, ...history.map(([ended]) => ended));
  const step = WIDTH / Math.max(1, history.length);
  const bars = history.flatMap(([ended, failed], place) => [
    bar(place * step, step, ended / most, "ended"),
    failed > 0 && bar(place * step, step, failed / most, "failed"),
  ]);
  const total = history.reduce((sum, [ended]) => sum + ended, 0);
  const label = `${total} ended in the last minute, at most ${most} in a second`;
  const attributes = { class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label };
  return s("svg", { ...attributes, preserveAspectRatio: "none" },
    s("path", { class: "floor", d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }), bars);
}

function bar(x, step, part, className) {
  const height = part === 0 ? 0 : Math.max(1.5, part * (HEIGHT - 2));
  return part > 0 && s("rect", {
    class: className, x: x + 0.3, y: HEIGHT - height, width: Math.max(0.8, step - 0.8), height,
  });
}
