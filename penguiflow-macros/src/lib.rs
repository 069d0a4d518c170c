//! The macros of penguiflow. Each reads its tokens, checks them, and expands them, in modules of
//! their own. Expansions are thin glue: the behaviour is in the runtime crate.

mod crate_path;
#[cfg(test)]
mod docs_page;
mod duration;
mod editors;
mod flow;
mod from_ref;
mod node;
mod options;
mod per;
#[cfg(test)]
mod pretty;
mod rate;
mod retryable;
mod self_type;
mod spans;
mod suggest;
mod token_text;

use proc_macro::TokenStream;

/// Makes a node of an async function, or of a struct with an async method `call`.
///
/// The function stays as it is. Beside it comes a type of the same name, which [`flow!`]
/// takes; one `use` brings both.
///
/// ```
/// # use penguiflow::prelude::*;
/// # #[derive(Clone)] struct Question(String);
/// # struct Docs(Vec<String>);
/// # type SearchError = std::io::Error;
/// /// Looks the question up.
/// #[node(timeout = "5s", retries = 2, backoff = "100ms..2s", concurrency = 16)]
/// async fn retrieve(question: &Question) -> Result<Docs, SearchError> {
///     Ok(Docs(vec![question.0.clone()]))
/// }
/// ```
///
/// # The message
///
/// The first parameter is a payload `T` or a `Message<T>`, by value or by reference. A
/// node with `retries` that takes it by value needs `T: Clone`.
///
/// # Further parameters
///
/// Everything that is `Extract`: `Ctx`, `State<T>`, `Headers`, or a type of your own; by
/// value or by reference. A parameter under `#[cfg(…)]` may be compiled out.
///
/// # What it returns
///
/// | type | meaning |
/// |---|---|
/// | `T` | goes on along the edges |
/// | `Option<T>` | `None`: the message ends here |
/// | `ControlFlow<B, C>` | `Continue` goes on along the edges, `Break` leaves the flow |
/// | `Message<T>` in any of their places | with changed headers, or an earlier deadline |
/// | `Result<_, E>` around any of them | may fail; `E: Into<BoxError>` |
///
/// The types decide, and not their names: an alias of `Result` is a `Result`.
///
/// # Options
///
/// | option | meaning | unless given |
/// |---|---|---|
/// | `timeout = "2s"` | the longest that one attempt may take | unbounded |
/// | `idle = "10s"` | the longest that a node which streams may send no chunk | unbounded |
/// | `retries = 3` | how often a failed attempt is tried again; the node returns a `Result`, or has a `timeout` | 0 |
/// | `backoff = "500ms..30s"` | the wait before the first retry, doubled up to the longest | this |
/// | `jitter = false` | makes the waits exact, which are otherwise drawn between zero and the backoff's own | `true` |
/// | `after_max = "60s"` | the longest wait that an error's own `#[after]` may ask for | this |
/// | `retry_if = path` | a `fn(&E) -> bool`: whether an error is retried | `Retryable` if the error has it, else always |
/// | `fallback_if = path` | a `fn(&E) -> bool`: whether an `else` may take over for an error | for all |
/// | `concurrency = 16` | the most attempts that run at once, over all traces | unbounded |
/// | `rate = "60/min"` | the most attempts that begin in a second, minute or hour (`s`, `min`, `h`), over all traces; needs the feature `rate` | unbounded |
/// | `per = "tenant"` | keep its `concurrency` and `rate` for each tenant, `"topic"` or value of `"meta.<key>"` apart | over all |
/// | `validate = "both"` | check what it takes (`"in"`), what it outputs (`"out"`) or `"both"` by `garde`; needs the feature `validate` | `"none"` |
/// | `name = "…"` | its name in graphs, events and errors; a `let` in the flow takes precedence over it | the function's |
/// | `alias = "…"` | a name that it had before, or several in brackets: steps that a host has stored under it are this node's | |
/// | `blocking` | for a plain `fn`: run it on the pool of blocking threads | |
/// | `spawn` | run each attempt in a tokio task of its own | |
/// | `crate = path` | where penguiflow is, if it was renamed | `::penguiflow` |
///
/// # Structs
///
/// ```
/// # use penguiflow::prelude::*;
/// struct Search { prefix: &'static str }
///
/// #[node]
/// impl Search {
///     async fn call(&self, query: String) -> String {
///         format!("{}{query}", self.prefix)
///     }
/// }
///
/// let flow = flow! {
///     let web: Search = Search { prefix: "web: " };
///     web
/// };
/// ```
#[proc_macro_attribute]
pub fn node(options: TokenStream, item: TokenStream) -> TokenStream {
    node::node(options.into(), item.into()).into()
}

/// Makes a flow of nodes: an expression, or an item with a name and a signature.
///
/// ```
/// # use penguiflow::prelude::*;
/// # #[node] async fn triage(question: String) -> String { question }
/// # #[node] async fn retrieve(question: String) -> Vec<String> { vec![question] }
/// # #[node] async fn pack(docs: Vec<String>) -> String { docs.concat() }
/// let flow = flow! { triage -> retrieve -> pack };
///
/// flow! {
///     /// Answers a question from the handbook.
///     pub struct Support(String) -> String;
///
///     triage -> retrieve -> pack;
/// }
/// let flow = Support::flow();
/// ```
///
/// | in `flow!` | meaning |
/// |---|---|
/// | `pub struct Support(In) -> Out;` | the header of a flow with a name: what it takes and what it yields |
/// | `a -> b -> c;` | the output of `a` is the input of `b` |
/// | `a -> b; a -> c;`, `a -> [b, c];` | broadcast: both run at once, each on a copy |
/// | `a -> [b -> e, c];` | a branch may be a chain; what follows the group follows each branch |
/// | `[b, c] -> join -> d;` | `d` takes the tuple `(B, C)` when both have arrived |
/// | `[b, c] -> race -> d;` | `d` takes the first success; the others are dropped |
/// | `[b, c, e] -> quorum(2) -> d;` | `d` takes a `Vec` of the first two successes |
/// | `[b, c] -> settle -> d;` | `d` takes a tuple of `Result<_, NodeError>` |
/// | `a -> [web, wiki, _] -> join -> c;` | `_` is a branch that hands the output of `a` on as it is: `c` takes `(Web, Wiki, A)` |
/// | `a -> [b -> e; 8] -> join -> c;` | a map: the chain on each item of what `a` outputs, 8 at a time; `c` takes their `Vec` |
/// | `a -> [b; 8] -> settle -> c;` | the same with the other joins: `settle` makes a `Vec` of results, `quorum(k)` a `Vec` of the first k successes, `race` the first success |
/// | `a -> [b; 8] -> c;` | a map without a join: each result goes on by itself |
/// | `a -> [b; 8, max = 100] -> join -> c;` | a map of at most 100 items |
/// | `a -> match { Topic::Sql(q) if short(q) => sql(q), other => chat } -> c;` | routing: one of the arms, then what follows; `=> sql(q)` passes an expression on, `=> chat` the whole value |
/// | `gpt else claude else local` | fallbacks: each is given the input when the one before it has failed for good |
/// | `a -> (think -> act -> think) -> c;` | a part in parentheses is a flow of its own, in the same trace: `Break` in it leaves the part, and what it yields goes on to `c` |
/// | `a -> Support -> b;` | a flow with a name is a node: a playbook, in the caller's trace |
/// | `a -> await T -> b;` | the trace waits until `flow.resume(trace_id, t)`; `b` takes `(A, T)` |
/// | `a -> await T within "24h" else c -> b;` | after that time `c` takes over, with `A` or `Failed<A>`, and gives `(A, T)` |
/// | `a -> c; b -> c;` | `c` runs once per message that arrives |
/// | `a -> a;`, `a -> b -> a;` | a loop: some node of it returns `ControlFlow` or `Option`, or an arm leads out |
/// | `let web: Search = …;` | a node with fields, called `web` |
/// | `#[cfg(…)] a -> b;` | a statement, branch or arm that may be compiled out |
///
/// `#[flow(…)]` before the header takes the options of [`node`] that make a policy, `name`,
/// `hops = 8`, `headers = "first"`, `durable` and `crate = path`; before a flow in an expression,
/// `headers`, `durable` and `crate = path`. A `durable` flow has steps that a host keeps in a store; it
/// needs the feature `durable`. By `durable = "awaits"` the host stores the input, and then only where the
/// trace waits or ends, and not each step.
///
/// `headers` is the rule by which joins merge their inputs' headers, in the order of the inputs: by
/// `"all"`, the default, later inputs add what earlier ones lack; by `"first"` the message after a join
/// has those of the first input alone.
///
/// OpenSea leads to every node without a predecessor, a loop's own edge not counted; all of
/// them take the same type. Every node without a successor leads to Rookery; what they
/// output, and what nodes break with, is one type or converts into the declared one.
///
/// On the header of a flow with a name, `#[flow(worst_case = "20s")]` has the compiler check that
/// no trace takes longer; `Support::WORST_CASE` and `Support::WORST_ATTEMPTS` are the figures.
/// The other options there are about the flow as a node of others: `timeout`, `retries`,
/// `backoff`, `jitter`, `after_max`, `concurrency`, `rate` and `name`; and `hops`, its rounds.
#[proc_macro]
pub fn flow(input: TokenStream) -> TokenStream {
    flow::flow(input.into()).into()
}

/// Provides the fields of a state: `State<T>` works for the type of each field.
///
/// Fields are cloned. `#[from_ref(skip)]` leaves a field out, which is needed where two
/// fields have the same type. `#[from_ref(crate = path)]` on the struct is the path of
/// penguiflow, if it was renamed.
///
/// ```
/// # use penguiflow::prelude::*;
/// #[derive(Clone)]
/// struct Index;
///
/// #[derive(Clone, FromRef)]
/// struct App {
///     index: Index,
///     #[from_ref(skip)]
///     spare: Index,
/// }
/// ```
#[proc_macro_derive(FromRef, attributes(from_ref))]
pub fn from_ref(input: TokenStream) -> TokenStream {
    from_ref::from_ref(input.into()).into()
}

/// Declares for each variant of an error whether a retry can help.
///
/// Each carries one mark: `#[retry]` (after the node's backoff), `#[fatal]` (never), or
/// `#[after(field)]` (after the time in this field, as the other side asked). The field is
/// given by its name, or by its index where it has none, and is a `Duration` or an
/// `Option<Duration>`, whose `None` is the node's backoff. A struct carries its mark on
/// itself. `#[retryable(crate = path)]` is the path of penguiflow, if it was renamed.
///
/// ```
/// # use penguiflow::prelude::*;
/// # use std::time::Duration;
/// #[derive(Retryable)]
/// enum FetchError {
///     #[fatal]
///     NotFound,
///     #[after(wait)]
///     Throttled { wait: Duration },
///     #[after(0)]
///     Busy(Option<Duration>),
///     #[retry]
///     Reset,
/// }
///
/// #[derive(Retryable)]
/// #[fatal]
/// struct Misspelled(String);
/// ```
#[proc_macro_derive(Retryable, attributes(retry, fatal, after, retryable))]
pub fn retryable(input: TokenStream) -> TokenStream {
    retryable::retryable(input.into()).into()
}
