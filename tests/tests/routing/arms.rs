//! Arms: what they pass on, and where to.

use penguiflow::prelude::*;

use super::{
    Topic, any, chat, length, output, outputs, plus_one, same, shout, sql, times_ten, triage,
};

#[node]
async fn pair(pair: (String, u32)) -> String {
    format!("{}*{}", pair.0, pair.1)
}

/// A node in a module, by its path.
mod elsewhere {
    use penguiflow::prelude::*;

    #[node]
    pub(super) async fn letter(letter: Option<char>) -> String {
        letter.map(String::from).unwrap_or_default()
    }
}

fn half(pages: u32) -> u32 {
    pages / 2
}

/// Any Rust expression may be passed on, with the arm's bindings in it.
#[tokio::test]
async fn an_arm_passes_an_expression_on() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        triage -> match {
            Topic::Sql(query) if query.ends_with('*') => length(query.len() as u32),
            Topic::Sql(query) => elsewhere::letter(query.chars().last()),
            Topic::Doc { title, pages: 0 } => pair((title, 1)),
            Topic::Doc { title, pages } => pair({
                let pages = half(pages);
                (title.replace('a', "o"), pages)
            }),
            Topic::Chat(text) => any(Topic::Sql(text)),
        }
    };
    assert_eq!(output(&flow, "select *").await?, "length<8>");
    assert_eq!(output(&flow, "select x").await?, "x");
    assert_eq!(output(&flow, "read Tao 0").await?, "Tao*1");
    assert_eq!(output(&flow, "read Tao 90").await?, "Too*45");
    assert_eq!(output(&flow, "hi").await?, r#"any<Sql("hi")>"#);
    Ok(())
}

/// What follows the `match` follows every arm.
#[tokio::test]
async fn arms_may_be_chains_and_meet_again() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        triage -> match {
            Topic::Sql(query) => sql(query) -> quote -> chat,
            Topic::Doc { .. } => any -> chat,
            Topic::Chat(text) => chat(text),
        } -> shout
    };
    assert_eq!(output(&flow, "select 1").await?, "CHAT<'SQL<SELECT 1>'>");
    assert_eq!(output(&flow, "hi").await?, "CHAT<HI>");
    let exits: Vec<_> = flow
        .graph()
        .exits
        .iter()
        .map(|exit| flow.graph().nodes[*exit].name)
        .collect();
    assert_eq!(exits, ["shout"]);
    Ok(())
}

#[node]
async fn quote(text: String) -> String {
    format!("'{text}'")
}

/// A group in an arm is a broadcast of the whole value.
#[tokio::test]
async fn an_arm_may_be_a_group() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> match {
            0 => [plus_one, times_ten -> plus_two],
            _ => plus_two,
        } -> describe
    };
    assert_eq!(outputs(&flow, 0u32).await?, ["1", "2"]);
    assert_eq!(outputs(&flow, 3u32).await?, ["5"]);
    Ok(())
}

#[node]
async fn plus_two(number: u32) -> u32 {
    number + 2
}

#[node]
async fn describe(number: u32) -> String {
    number.to_string()
}

/// Within a chain, and at once in an arm.
#[tokio::test]
async fn a_match_may_stand_in_a_match() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> match {
            0..10 => plus_one -> match {
                1 => describe(1000),
                10 => times_ten,
                other => plus_two(other),
            },
            large @ 10.. if large % 2 == 0 => match {
                10 => plus_two,
                _ => describe,
            },
            odd => describe(odd * 100),
        };
        times_ten -> describe;
        plus_two -> describe;
    };
    for (input, expected) in [
        (0, "1000"),
        (9, "100"),
        (4, "7"),
        (10, "12"),
        (12, "12"),
        (11, "1100"),
    ] {
        assert_eq!(output(&flow, input as u32).await?, expected, "{input}");
    }
    assert_eq!(flow.run(10).await?, "12");
    Ok(())
}

/// One node, with the input that each arm makes for it.
#[tokio::test]
async fn several_arms_may_lead_to_one_node() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        triage -> match {
            Topic::Sql(query) => chat(query),
            Topic::Doc { title, pages: 1..=9 } => chat(title),
            Topic::Doc { title, pages } => chat(format!("{title}, {pages} pages")),
            Topic::Chat(text) => chat(text),
        }
    };
    assert_eq!(flow.graph().nodes.len(), 2);
    assert_eq!(flow.graph().edges.len(), 4);
    assert_eq!(output(&flow, "read Tao 9").await?, "chat<Tao>");
    assert_eq!(output(&flow, "read Tao 10").await?, "chat<Tao, 10 pages>");
    assert_eq!(output(&flow, "select 1").await?, "chat<select 1>");
    Ok(())
}

struct Greeter {
    word: &'static str,
}

#[node]
impl Greeter {
    async fn call(&self, name: String) -> String {
        format!("{} {name}", self.word)
    }
}

/// Nodes with fields stand in arms as others do.
#[tokio::test]
async fn an_arm_may_lead_to_a_node_with_fields() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        let hello: Greeter = Greeter { word: "hello" };
        let bye: Greeter = Greeter { word: "bye" };
        triage -> match {
            Topic::Chat(name) => hello(name),
            Topic::Sql(name) | Topic::Doc { title: name, .. } => bye(name),
        }
    };
    assert_eq!(output(&flow, "Ada").await?, "hello Ada");
    assert_eq!(output(&flow, "read Bo 1").await?, "bye Bo");
    Ok(())
}

#[node]
async fn drop_it(_: Topic) -> Option<String> {
    None
}

#[node]
async fn refuse(text: String) -> ControlFlow<String, String> {
    ControlFlow::Break(format!("refused {text}"))
}

#[node]
async fn fail(pages: u32) -> Result<String, String> {
    Err(format!("{pages} pages are too many"))
}

/// A node at the end of an arm may do what any node may.
#[tokio::test]
async fn arms_may_drop_break_and_fail() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        triage -> match {
            Topic::Sql(query) => refuse(query),
            Topic::Doc { pages, .. } => fail(pages),
            Topic::Chat(_) => drop_it,
        } -> shout
    };
    assert_eq!(output(&flow, "select 1").await?, "refused select 1");
    let error = flow
        .run("read Tao 9".to_owned())
        .await
        .expect_err("it is too long");
    assert_eq!(
        (error.node(), error.kind()),
        (Some("fail"), ErrorKind::Failed)
    );
    let error = flow.run("hi".to_owned()).await.expect_err("it is dropped");
    assert_eq!(error.kind(), ErrorKind::Filtered);
    Ok(())
}

/// As with a Rust `match`, one arm may be all.
#[tokio::test]
async fn one_arm_takes_a_value_apart() -> Result<(), FlowError> {
    let flow =
        flow! { #[flow(durable)] split -> match { (left, right) => plus_one(left * right) } };
    assert_eq!(output(&flow, 8u32).await?, 17);
    Ok(())
}

#[node]
async fn split(number: u32) -> (u32, u32) {
    (number / 2, number - number / 2)
}
