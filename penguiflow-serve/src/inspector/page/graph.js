// The picture of a flow, with what its nodes do written into it, and the same figures as a table.

import { fill, h, write } from "./dom.js";
import { count, milliseconds, nodeName, rate } from "./format.js";
import { latency } from "./parts.js";

/** A large picture is made smaller down to this width, and can be scrolled from there on. */
const LEAST = 400;
/** The height of a line of text. */
const LINE = 16;

const KINDS = ["active", "retrying", "parked", "failed", "done", "seen", "hot"];

/** The picture, which can be written into. `onChoose` is given the name of a node. */
export function picture(flow, options) {
  return new Picture(flow, options);
}

class Picture {
  constructor(flow, { onChoose, playbook }) {
    Object.assign(this, { flow, onChoose, playbook, nodes: new Map(), chosen: null });
    this.element = h("div", { class: "picture" });
    this.ready = this.load();
  }

  async load() {
    const text = await this.flow.picture(this.playbook);
    const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    svg.setAttribute("aria-label", `The graph of ${this.playbook || this.flow.name}`);
    svg.style.minWidth = `${Math.min(svg.width.baseVal.value, LEAST)}px`;
    for (const group of svg.querySelectorAll("g[data-node]")) this.prepare(group);
    fill(this.element, svg);
  }

  prepare(group) {
    const { node } = group.dataset;
    const name = this.playbook ? `${this.playbook}/${node}` : node;
    this.nodes.set(name, group);
    this.draw(name, group);
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", name);
    group.addEventListener("click", () => this.onChoose(name));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.onChoose(name);
    });
  }

  draw(name, group, { kind, first = "", second = "" } = {}) {
    group.classList.remove(...KINDS);
    if (kind) group.classList.add(kind);
    group.classList.toggle("chosen", name === this.chosen);
    const [above, below] = group.querySelectorAll(".figure");
    write(above.firstElementChild, first);
    write(below.firstElementChild, second);
    const empty = [first, second].filter((text) => !text).length;
    for (const text of group.querySelectorAll("text")) {
      text.setAttribute("transform", `translate(0 ${(empty * LINE) / 2})`);
    }
  }

  /** Shows what the nodes do: a map from their names to what stands in them. */
  async show(marks) {
    await this.ready;
    for (const [name, group] of this.nodes) this.draw(name, group, marks.get(name));
  }

  /** Shows where a trace stands. */
  mark(marks) {
    const texts = [...marks].map(([name, { kind, visits, took }]) => {
      const time = took ? milliseconds(took * 1e3) : "";
      const first = visits > 1 ? `${visits} × · ${time}` : time;
      const second = { retrying: "retrying", parked: "waits", failed: "failed", active: "runs" }[kind] ?? "";
      return [name, { kind, first, second }];
    });
    return this.show(new Map(texts));
  }

  async choose(name) {
    this.chosen = name;
    await this.ready;
    for (const [other, group] of this.nodes) group.classList.toggle("chosen", other === name);
  }
}

export function graphView({ flow }) {
  const pictures = h("div", { class: "pictures" });
  const body = h("tbody");
  const drawn = [];
  let chosen = null;

  function choose(name) {
    chosen = chosen === name ? null : name;
    drawn.forEach((one) => one.choose(chosen));
    for (const row of body.children) row.classList.toggle("chosen", row.dataset.node === chosen);
    body.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  }

  async function begin() {
    const graph = await flow.graph();
    for (const path of ["", ...playbooksOf(graph)]) {
      const one = picture(flow, { onChoose: choose, playbook: path });
      drawn.push(one);
      pictures.append(h("figure", {}, path && h("figcaption", {}, `The playbook ${path}`), one.element));
    }
  }

  let begun;
  const update = () => (begun ??= begin());

  function figures({ nodes }) {
    const marks = new Map(nodes.map((node) => [nodeName(node), markOf(node)]));
    drawn.forEach((one) => one.show(marks));
    fill(body, nodes.map((node) => row(node, choose, chosen)));
  }

  const element = h("div", { class: "graphs" },
    h("h1", { class: "hidden" }, `The graph of ${flow.name}`),
    pictures, legend(), table(body));
  return { title: "Graph", element, update, figures };
}

/** The paths of all playbooks in a graph: `Search`, `Search/Rank`. */
function playbooksOf(graph, path = "") {
  return (graph.nodes ?? []).flatMap((node) => {
    if (!node.playbook) return [];
    const own = path ? `${path}/${node.playbook.name}` : node.playbook.name;
    return [own, ...playbooksOf(node.playbook, own)];
  });
}

function markOf(node) {
  const kind = node.retrying > 0 ? "retrying" : node.parked > 0 ? "parked" : node.running > 0 ? "active" : null;
  const first = node.p50 === null ? `${count(node.visits)} ×` : `${count(node.visits)} × · ${milliseconds(node.p50)}`;
  const second = [
    node.running > 0 && `${count(node.running)} run`,
    node.parked > 0 && `${count(node.parked)} wait`,
    node.retrying > 0 && `${count(node.retrying)} retry`,
    node.failed > 0 && `${count(node.failed)} failed`,
  ].filter(Boolean).slice(0, 2).join(", ");
  return { kind, first, second };
}

function legend() {
  const kinds = [["active", "runs"], ["retrying", "is tried again"], ["parked", "waits for a value"]];
  return h("p", { class: "legend" }, kinds.map(([kind, text]) => h("span", { class: `key ${kind}` }, text)));
}

function table(body) {
  const heads = ["Node", "Visits", "Rate", "Running", "Retrying", "Waiting", "Failed", "Retries", "Median / 95 %", "Longest"];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Figures of the nodes" },
    h("table", { class: "nodes" },
      h("caption", { class: "hidden" }, "What each node does"),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), body));
}

function row(node, choose, chosen) {
  const name = nodeName(node);
  const number = (value, className) => h("td", { class: value > 0 ? className : "none" }, count(value));
  return h("tr", { "data-node": name, class: name === chosen ? "chosen" : null, onclick: () => choose(name) },
    h("th", { scope: "row" }, name),
    h("td", {}, count(node.visits)),
    h("td", { class: node.rate > 0 ? null : "none" }, rate(node.rate)),
    number(node.running, "active"), number(node.retrying, "retrying"), number(node.parked, "parked"),
    number(node.failed, "failed"), number(node.retried),
    h("td", {}, latency(node)), h("td", {}, milliseconds(node.longest)));
}
