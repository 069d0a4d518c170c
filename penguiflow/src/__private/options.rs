//! The options of `#[node(…)]` and `#[flow(…)]`, as an editor offers and explains them. No
//! compiler reads this.
#![allow(non_camel_case_types)]

/// `timeout = "2s"`: the longest that one attempt may take. Unbounded unless given.
pub struct timeout;

/// `idle = "10s"`: the longest that a node which streams may send no chunk. Unbounded unless given.
pub struct idle;

/// `retries = 3`: how often a failed attempt is tried again. 0 unless given.
pub struct retries;

/// `backoff = "500ms..30s"`: the wait before the first retry, doubled up to the longest. This
/// unless given.
pub struct backoff;

/// `jitter = false`: makes the waits of the backoff exact. Unless given, each is drawn at random
/// between zero and the backoff's own.
pub struct jitter;

/// `retry_if = path`: a `fn(&E) -> bool` that decides whether an error is retried. Unless given,
/// its `Retryable` decides, and errors without are always retried.
pub struct retry_if;

/// `fallback_if = path`: a `fn(&E) -> bool` that decides whether an `else` may take over for an
/// error. Unless given, it may for all.
pub struct fallback_if;

/// `after_max = "60s"`: the longest wait that an error's own `#[after]` may ask for. This unless
/// given.
pub struct after_max;

/// `concurrency = 16`: the most attempts that run at once, over all traces. Unbounded unless
/// given.
pub struct concurrency;

/// `rate = "60/min"`: the most attempts that begin in a second, minute or hour (`s`, `min`,
/// `h`), over all traces. Unbounded unless given; needs the feature `rate`.
pub struct rate;

/// `per = "tenant"`: keeps `concurrency` and `rate` apart for each tenant, `"topic"` or value of
/// `"meta.<key>"`. Over all traces unless given.
pub struct per;

/// `validate = "both"`: checks what the node takes (`"in"`), what it outputs (`"out"`), or
/// `"both"`, by `garde`. `"none"` unless given; needs the feature `validate`.
pub struct validate;

/// `name = "…"`: the name in graphs, events and errors. The function's unless given.
pub struct name;

/// `alias = "…"`: a name that the node had before, or several in brackets. A stored step under that name
/// is this node's.
pub struct alias;

/// `blocking`: for a plain `fn`, which then runs on the pool of blocking threads.
pub struct blocking;

/// `spawn`: runs each attempt in a tokio task of its own.
pub struct spawn;

/// `hops = 8`: how often a trace may go round the loops of this flow.
pub struct hops;

/// `headers = "first"`: after a join of this flow, a message has the headers of the first input alone.
/// By `"all"`, the default, later inputs add the headers that earlier ones lack.
pub struct headers;

/// `worst_case = "20s"`: the longest that a trace of this flow may take, checked when it is
/// compiled.
pub struct worst_case;

/// `durable`: a host may keep the traces of this flow between two steps. By `durable = "awaits"` it
/// stores them only where they wait or end. Needs the feature `durable`.
pub struct durable;
