//! `State<T>`: the application's state, or a part of it by `FromRef`.

use std::sync::Arc;

use penguiflow::prelude::*;

#[derive(Clone)]
struct Greeting(&'static str);

#[derive(Clone)]
struct Index(Arc<Vec<&'static str>>);

#[derive(Clone, FromRef)]
struct App {
    greeting: Greeting,
    index: Index,
    #[from_ref(skip)]
    _spare: Index,
}

fn app() -> App {
    App {
        greeting: Greeting("hello"),
        index: Index(Arc::new(vec!["fish", "krill"])),
        _spare: Index(Arc::new(vec![])),
    }
}

#[node]
async fn greet(name: String, State(greeting): State<Greeting>) -> String {
    format!("{} {name}", greeting.0)
}

#[node]
async fn count(text: String, index: &State<Index>) -> String {
    format!("{text}, {} entries", index.0.0.len())
}

#[node]
async fn whole(text: String, State(app): State<App>) -> String {
    format!("{text}, {} first", app.index.0[0])
}

#[tokio::test]
async fn nodes_take_parts_of_the_state_or_all_of_it() -> Result<(), FlowError> {
    let flow = flow! { greet -> count -> whole }.with_state(app());
    let output = flow.run("Ada".to_owned()).await?;
    assert_eq!(output, "hello Ada, 2 entries, fish first");
    Ok(())
}

#[tokio::test]
async fn the_state_may_be_the_part_itself() -> Result<(), FlowError> {
    let flow = flow! { greet }.with_state(Greeting("hei"));
    assert_eq!(flow.run("Bo".to_owned()).await?, "hei Bo");
    Ok(())
}

#[derive(Clone, FromRef)]
struct Pair(Greeting, u32);

#[derive(Clone, FromRef)]
struct Generic<T: Clone + Send> {
    greeting: Greeting,
    #[from_ref(skip)]
    _other: T,
}

#[tokio::test]
async fn from_ref_derives_for_tuple_and_generic_structs() -> Result<(), FlowError> {
    let pair = flow! { greet }.with_state(Pair(Greeting("god dag"), 0));
    assert_eq!(pair.run("Bo".to_owned()).await?, "god dag Bo");
    let state = Generic {
        greeting: Greeting("hallo"),
        _other: 'x',
    };
    let generic = flow! { greet }.with_state(state);
    assert_eq!(generic.run("Bo".to_owned()).await?, "hallo Bo");
    Ok(())
}

#[derive(Clone, FromRef)]
struct Tree<T: Clone + Default>
where
    Self: Send,
{
    greeting: Greeting,
    parent: Option<Arc<Self>>,
    _others: Arc<Vec<(Self, T)>>,
}

#[node]
async fn ancestors(name: String, tree: &State<Option<Arc<Tree<u8>>>>) -> String {
    let next = |tree: &Arc<Tree<u8>>| tree.parent.clone();
    let ancestors = std::iter::successors(tree.0.clone(), next);
    format!("{name}, {} above", ancestors.count())
}

#[tokio::test]
async fn from_ref_derives_where_a_field_holds_the_state_itself() -> Result<(), FlowError> {
    let child = |parent| Tree {
        greeting: Greeting("hei"),
        parent,
        _others: Arc::default(),
    };
    let tree = child(Some(Arc::new(child(None))));
    let flow = flow! { greet -> ancestors }.with_state(tree);
    assert_eq!(flow.run("Bo".to_owned()).await?, "hei Bo, 1 above");
    Ok(())
}

/// By hand, where a part is made and not kept.
struct Length(usize);

impl FromRef<App> for Length {
    fn from_ref(app: &App) -> Self {
        Self(app.index.0.len())
    }
}

#[node]
async fn length(_: (), State(length): State<Length>) -> usize {
    length.0
}

#[tokio::test]
async fn from_ref_can_be_written_by_hand() -> Result<(), FlowError> {
    assert_eq!(flow! { length }.with_state(app()).run(()).await?, 2);
    Ok(())
}

#[node]
async fn shared(_: (), State(state): State<Arc<String>>) -> Arc<String> {
    state
}

/// A part is a clone, so an `Arc` is the same one everywhere.
#[tokio::test]
async fn clones_of_a_flow_share_its_state() -> Result<(), FlowError> {
    let state = Arc::new("index".to_owned());
    let flow = flow! { shared }.with_state(Arc::clone(&state));
    let twin = flow.clone();
    assert!(Arc::ptr_eq(&flow.run(()).await?, &state));
    assert!(Arc::ptr_eq(&twin.run(()).await?, &state));
    Ok(())
}
