//! Nodes with fields: `#[node] impl Search { async fn call(&self, …) }`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use penguiflow::prelude::*;

struct Search {
    prefix: &'static str,
}

impl Search {
    fn new(prefix: &'static str) -> Self {
        Self { prefix }
    }
}

#[node]
impl Search {
    /// Other items of the `impl` stay as they are.
    const SEPARATOR: &'static str = ": ";

    async fn call(&self, query: &str) -> String {
        self.render(query)
    }

    fn render(&self, query: &str) -> String {
        format!("{}{}{query}", self.prefix, Self::SEPARATOR)
    }
}

#[tokio::test]
async fn two_values_of_a_struct_are_two_nodes() -> Result<(), FlowError> {
    let flow = flow! {
        let web: Search = Search::new("web");
        let docs: Search = Search { prefix: "docs" };
        web -> docs
    };
    assert_eq!(flow.run("krill".to_owned()).await?, "docs: web: krill");
    let names: Vec<_> = flow.graph().nodes.iter().map(|node| node.name).collect();
    assert_eq!(names, ["web", "docs"]);
    Ok(())
}

#[tokio::test]
async fn a_nodes_value_may_use_what_is_around() -> Result<(), FlowError> {
    let prefix = "outside";
    let flow = flow! {
        let search: Search = Search { prefix };
        search
    };
    assert_eq!(flow.run("krill".to_owned()).await?, "outside: krill");
    Ok(())
}

/// A node's fields are shared by all its visits, also those of the flow's clones.
struct Counter(AtomicU32);

#[node]
impl Counter {
    async fn call(&self, _: ()) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_struct_keeps_its_fields_between_visits() -> Result<(), FlowError> {
    let flow = flow! {
        let counter: Counter = Counter(AtomicU32::new(5));
        counter
    };
    assert_eq!(flow.run(()).await?, 5);
    assert_eq!(flow.clone().run(()).await?, 6);
    Ok(())
}

/// Generic, with extractors, options, and `Self` in its signature.
#[derive(Clone)]
struct Adder<T> {
    add: T,
    calls: Arc<AtomicU32>,
}

#[node(retries = 2, backoff = "1ms", timeout = "1s")]
impl Adder<u32> {
    async fn call(&self, n: u32, ctx: &Ctx, State(limit): State<u32>) -> Result<Self, String> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match ctx.attempt() {
            0 => Err("not yet".to_owned()),
            _ => Ok(Self {
                add: (self.add + n).min(limit),
                calls: Arc::clone(&self.calls),
            }),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_struct_takes_options_and_extractors() -> Result<(), FlowError> {
    let calls = Arc::<AtomicU32>::default();
    let flow = flow! {
        let add: Adder<u32> = Adder { add: 7, calls: Arc::clone(&calls) };
        add
    };
    let sum = flow.with_state(9).run(5).await?;
    assert_eq!((sum.add, calls.load(Ordering::Relaxed)), (9, 2));
    Ok(())
}

#[tokio::test]
async fn the_method_stays_callable() {
    assert_eq!(
        Search::new("unit test").call("krill").await,
        "unit test: krill"
    );
}

#[derive(Clone)]
struct Blocking(u32);

#[node(blocking)]
impl Blocking {
    fn call(&self, n: u32) -> u32 {
        self.0 * n
    }
}

#[derive(Clone)]
struct Spawned(u32);

#[node(spawn)]
impl Spawned {
    async fn call(&self, n: &u32) -> u32 {
        self.0 * n
    }
}

#[tokio::test]
async fn a_struct_may_run_elsewhere() -> Result<(), FlowError> {
    let flow = flow! {
        let first: Blocking = Blocking(2);
        let second: Spawned = Spawned(3);
        first -> second
    };
    assert_eq!(flow.run(7).await?, 42);
    Ok(())
}

flow! {
    /// A flow with a node that has fields, by name.
    struct Lookup(String) -> String;

    let web: Search = Search::new("web");
    web;
}

flow! {
    /// Another one with a node of the same name and type.
    struct Elsewhere(String) -> String;

    let web: Search = Search::new("elsewhere");
    web;
}

#[tokio::test]
async fn a_named_flow_makes_its_own_nodes() -> Result<(), FlowError> {
    let query = || "krill".to_owned();
    assert_eq!(Lookup::flow().run(query()).await?, "web: krill");
    assert_eq!(Elsewhere::flow().run(query()).await?, "elsewhere: krill");
    Ok(())
}

#[tokio::test]
async fn a_value_may_use_the_one_before() -> Result<(), FlowError> {
    let flow = flow! {
        let first: Search = Search::new("first");
        let second: Search = Search { prefix: first.prefix };
        first -> second
    };
    assert_eq!(flow.run("krill".to_owned()).await?, "first: first: krill");
    Ok(())
}
