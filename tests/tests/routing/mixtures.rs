//! Groups and matches together, and which of them `run` takes.

use penguiflow::prelude::*;

use super::{
    Topic, any, chat, length, output, outputs, plus_one, same, shout, sql, times_ten, triage,
};

#[node]
async fn show(number: u32) -> String {
    number.to_string()
}

#[node]
async fn odd(number: u32) -> String {
    format!("odd {number}")
}

/// Each branch's output is routed by itself.
#[tokio::test]
async fn a_match_may_follow_a_group() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> [plus_one, times_ten] -> match {
            even if even.is_multiple_of(2) => show,
            other => odd(other),
        } -> shout
    };
    assert_eq!(outputs(&flow, 4u32).await?, ["40", "ODD 5"]);
    assert_eq!(outputs(&flow, 5u32).await?, ["50", "6"]);
    Ok(())
}

/// A `match` is a branch like any other: it gets its copy.
#[tokio::test]
async fn a_match_may_stand_in_a_group() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> [
            plus_one -> show,
            match { 0 => show, number => odd(number) -> shout },
            times_ten -> match { 0..50 => show, large => odd(large) },
        ]
    };
    assert_eq!(outputs(&flow, 0u32).await?, ["0", "0", "1"]);
    assert_eq!(outputs(&flow, 7u32).await?, ["8", "ODD 7", "ODD 70"]);
    Ok(())
}

/// Two matches on one output are a broadcast to an arm of each.
#[tokio::test]
async fn two_matches_may_look_at_one_output() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> match { 0 => show, number => odd(number) };
        same -> match { 0..10 => plus_one, _ => times_ten } -> odd;
    };
    assert_eq!(outputs(&flow, 0u32).await?, ["0", "odd 1"]);
    assert_eq!(outputs(&flow, 20u32).await?, ["odd 20", "odd 200"]);
    Ok(())
}

/// The arms' ends may go on to a group, or to another match.
#[tokio::test]
async fn what_follows_a_match_may_be_anything() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> match { 0 => plus_one, other => times_ten(other) } -> [show, odd]
    };
    assert_eq!(outputs(&flow, 0u32).await?, ["1", "odd 1"]);
    let flow = flow! {
        #[flow(durable)]
        same -> match { 0 => plus_one, other => times_ten(other) }
            -> match { 1 => show, other => odd(other) }
            -> shout
    };
    assert_eq!(output(&flow, 0u32).await?, "1");
    assert_eq!(output(&flow, 2u32).await?, "ODD 20");
    Ok(())
}

/// A group in an arm of a match in a group.
#[tokio::test]
async fn groups_and_matches_stand_in_each_other() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> [
            match {
                0 => [show, match { 0 => odd, _ => show }, times_ten -> show],
                number if *number > 5 => match { 6 => show, n => odd(n) },
                _ => show,
            },
            plus_one -> odd,
        ] -> shout
    };
    assert_eq!(outputs(&flow, 0u32).await?, ["0", "0", "ODD 0", "ODD 1"]);
    assert_eq!(outputs(&flow, 3u32).await?, ["3", "ODD 4"]);
    assert_eq!(outputs(&flow, 6u32).await?, ["6", "ODD 7"]);
    assert_eq!(outputs(&flow, 9u32).await?, ["ODD 10", "ODD 9"]);
    Ok(())
}

/// The arms of a match are one output, however many; so are two that follow each other.
#[tokio::test]
async fn run_takes_a_match_whose_arms_have_one_output() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        triage -> match {
            Topic::Sql(query) => sql(query),
            Topic::Doc { pages, .. } if *pages > 9 => any,
            Topic::Doc { pages, .. } => length(pages),
            Topic::Chat(text) => chat(text),
        } -> again -> match { Topic::Chat(text) => shout(text), _ => any }
    };
    assert_eq!(flow.run("hello".to_owned()).await?, "CHAT<HELLO>");
    assert_eq!(flow.run("read Tao 3".to_owned()).await?, "LENGTH<3>");
    Ok(())
}

#[node]
async fn again(text: String) -> Topic {
    Topic::Chat(text)
}

/// A loop that an arm leads back into has one output too.
#[tokio::test]
async fn run_takes_a_routed_loop() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        plus_one -> match { small @ 0..10 => plus_one(small * 2), 10 => show, other => odd(other) }
    };
    assert_eq!(flow.run(9).await?, "10");
    assert_eq!(flow.run(1).await?, "odd 11");
    Ok(())
}
