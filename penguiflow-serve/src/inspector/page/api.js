// What the page asks of the server. `Flow` is one flow by the base of its routes.

/** An answer that is not a success, with what the server says. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `the server answered ${status}`);
    this.status = status;
    this.problem = problem;
  }

  /** The place in a document that does not fit, such as `lines[2].count`, if there is one. */
  get place() {
    return this.problem.place ?? this.message.match(/ at `([^`]+)`/)?.[1] ?? null;
  }
}

async function answer(url, options) {
  const response = await fetch(url, { ...options, credentials: "same-origin" });
  if (!response.ok) throw new Refusal(response.status, await problem(response));
  return response;
}

async function problem(response) {
  const text = await response.text();
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : { detail: String(value) };
  } catch {
    return { detail: text.slice(0, 500) || `the server answered ${response.status}` };
  }
}

/** The flows that this page shows: their names, and where their routes are. */
export async function flows() {
  const list = await (await answer("inspector/flows.json")).json();
  return list.map((flow) => new Flow(flow, new URL(flow.base, document.baseURI)));
}

export class Flow {
  constructor(facts, base) {
    Object.assign(this, facts);
    this.root = base.href.replace(/\/$/, "");
  }

  async #get(path) {
    return (await answer(`${this.root}/${path}`)).json();
  }

  #send(method, path, body) {
    const options = { method };
    if (body !== undefined) {
      options.body = body;
      options.headers = { "content-type": "application/json" };
    }
    return answer(`${this.root}/${path}`, options);
  }

  /** `{ traces, next }`, the newest first; `next` is where the older ones begin. */
  traces({ states, search, before, limit }) {
    const query = new URLSearchParams();
    if (states?.length) query.set("state", states.join(","));
    if (search) query.set("search", search);
    if (before) query.set("before", before);
    query.set("limit", limit);
    return this.#get(`traces?${query}`);
  }

  trace(id) {
    return this.#get(`traces/${encodeURIComponent(id)}`);
  }

  parked() {
    return this.#get("parked");
  }

  figures() {
    return this.#get("figures");
  }

  graph() {
    return this.#get("graph");
  }

  /** The picture of the flow, or of a playbook by its path, for `graph.js` to write into. */
  async picture(playbook) {
    const query = playbook ? `?playbook=${encodeURIComponent(playbook)}` : "";
    return (await answer(`${this.root}/graph.svg${query}`)).text();
  }

  resume(id, step, document) {
    const query = step ? `?step=${encodeURIComponent(step)}` : "";
    return this.#send("POST", `traces/${encodeURIComponent(id)}/resume${query}`, document);
  }

  cancel(id) {
    return this.#send("DELETE", `traces/${encodeURIComponent(id)}`);
  }

  retry(id, input) {
    return this.#send("POST", `traces/${encodeURIComponent(id)}/retry`, input);
  }

  emit(input) {
    return this.#send("POST", "emit", input);
  }

  /** Reports changes, and whether the server is there. Returns what ends it. */
  watch(onChange, onLive) {
    const source = new EventSource(`${this.root}/events`);
    source.addEventListener("changed", () => onChange());
    source.onopen = () => {
      onLive(true);
      onChange();
    };
    source.onerror = () => onLive(false);
    return () => source.close();
  }
}
