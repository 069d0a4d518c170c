//! Patterns: whatever Rust's `match` takes, the flow's takes.

use penguiflow::prelude::*;

use super::{Topic, any, chat, length, output, plus_one, same, sql, times_ten, triage};

flow! {
    #[flow(durable)]
    struct Answer(String) -> String;

    triage -> match {
        Topic::Sql(query) => sql(query),
        Topic::Doc { title, pages } if *pages > 100 && title != "Emma" => any,
        Topic::Doc { pages, .. } if pages > 10 => length(pages),
        Topic::Doc { title, .. } | Topic::Chat(title) => chat(title),
    };
}

/// No arm needs a copy: `Topic` cannot be cloned.
#[tokio::test]
async fn bindings_are_moved_out_of_what_is_not_clone() -> Result<(), FlowError> {
    let flow = Answer::flow();
    assert_eq!(output(&flow, "select 1").await?, "sql<select 1>");
    assert_eq!(output(&flow, "hello").await?, "chat<hello>");
    assert_eq!(flow.run("hello".to_owned()).await?, "chat<hello>");
    Ok(())
}

#[tokio::test]
async fn a_whole_value_goes_on_after_a_guard_on_its_bindings() -> Result<(), FlowError> {
    let flow = Answer::flow();
    assert_eq!(
        output(&flow, "read Ulysses 730").await?,
        r#"any<Doc { title: "Ulysses", pages: 730 }>"#
    );
    assert_eq!(output(&flow, "read Emma 474").await?, "length<474>");
    Ok(())
}

#[tokio::test]
async fn cases_may_share_an_arm() -> Result<(), FlowError> {
    assert_eq!(output(&Answer::flow(), "read Tao 9").await?, "chat<Tao>");
    Ok(())
}

#[tokio::test]
async fn patterns_may_be_literals_and_ranges() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> match {
            0 => plus_one,
            1..=9 | 90.. => times_ten,
            small @ 10..20 => plus_one(small + 100),
            _ => same_again,
        }
    };
    for (input, expected) in [(0, 1), (9, 90), (90, 900), (10, 111), (19, 120), (20, 20)] {
        assert_eq!(output(&flow, input as u32).await?, expected, "{input}");
    }
    Ok(())
}

#[node]
async fn same_again(number: u32) -> u32 {
    number
}

#[node]
async fn first_word(text: String) -> (char, bool, &'static str) {
    let known = ["select", "read"]
        .into_iter()
        .find(|word| text.starts_with(word));
    (
        text.chars().next().unwrap_or(' '),
        known.is_some(),
        known.unwrap_or_default(),
    )
}

#[node]
async fn spell(word: (char, bool, &'static str)) -> String {
    format!("{word:?}")
}

#[tokio::test]
async fn chars_bools_and_strings() -> Result<(), FlowError> {
    let flow = flow! {
        first_word -> match {
            (_, true, "select") => sql("a query".to_owned()),
            ('a'..='m', false, _) => spell,
            (letter, .., word) => chat(format!("{letter} {word}")),
        }
    };
    assert_eq!(flow.run("select 1".to_owned()).await?, "sql<a query>");
    assert_eq!(flow.run("hello".to_owned()).await?, "('h', false, \"\")");
    assert_eq!(flow.run("read on".to_owned()).await?, "chat<r read>");
    Ok(())
}

/// A tree, to take apart.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
enum Tree {
    Leaf(Box<str>),
    Fork(Vec<Self>),
    Labelled {
        label: Option<String>,
        tree: [u8; 3],
    },
}

#[node]
async fn plant(number: u32) -> Tree {
    let leaf = |text: &str| Tree::Leaf(text.into());
    match number {
        0 => leaf("zero"),
        1 => Tree::Labelled {
            label: Some("one".into()),
            tree: [1, 2, 3],
        },
        2 => Tree::Labelled {
            label: Some("two".into()),
            tree: [9, 2, 1],
        },
        3 => Tree::Labelled {
            label: None,
            tree: [1, 1, 1],
        },
        _ => Tree::Fork(vec![leaf("last"), leaf("leaf")]),
    }
}

#[node]
async fn show(tree: Tree) -> String {
    format!("{tree:?}")
}

#[tokio::test]
async fn nested_patterns_and_names_for_parts_of_them() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        plant -> match {
            Tree::Leaf(text) => chat(text.into_string()),
            Tree::Labelled { label: Some(label), tree: [1, .., last @ 2..=9] } => chat(format!("{label} {last}")),
            labelled @ Tree::Labelled { label: Some(_), .. } => show(labelled),
            Tree::Labelled { label: None, tree: [first, rest @ ..] } if rest.contains(first) => show,
            Tree::Labelled { .. } => chat(String::new()),
            Tree::Fork(ref leaves) => length(leaves.len() as u32),
        }
    };
    for (input, expected) in [
        (0, "chat<zero>"),
        (1, "chat<one 3>"),
        (2, r#"Labelled { label: Some("two"), tree: [9, 2, 1] }"#),
        (3, "Labelled { label: None, tree: [1, 1, 1] }"),
        (4, "length<2>"),
    ] {
        assert_eq!(output(&flow, input as u32).await?, expected);
    }
    Ok(())
}

/// A flow in an expression sees the constants around it, in patterns and in guards.
#[tokio::test]
async fn local_constants_stand_in_patterns_and_guards() -> Result<(), FlowError> {
    const FEW: u32 = 3;
    const MANY: u32 = 40;
    let flow = flow! {
        #[flow(durable)]
        same -> match {
            FEW => times_ten,
            number if *number > MANY => plus_one,
            number if number == FEW + 1 => plus_one(MANY),
            FEW..=MANY | 0..FEW => same_again,
            _ => times_ten,
        }
    };
    for (input, expected) in [(FEW, 30), (41, 42), (4, 41), (5, 5), (1, 1)] {
        assert_eq!(output(&flow, input).await?, expected, "{input}");
    }
    Ok(())
}

#[node]
async fn look_up(text: String) -> &'static Option<(u32, &'static str)> {
    if text.is_empty() {
        &None
    } else {
        &Some((7, "seven"))
    }
}

#[node]
async fn by_reference(found: &'static Option<(u32, &'static str)>) -> String {
    format!("{found:?}")
}

/// A payload that is a reference is matched by a reference pattern, or through it.
#[tokio::test]
async fn payloads_behind_a_reference() -> Result<(), FlowError> {
    let flow = flow! {
        look_up -> match {
            &Some((number, _)) if *number == 8 => by_reference,
            Some((number, "seven")) => length(*number),
            &Some(_) | None => by_reference,
        }
    };
    assert_eq!(flow.run("x".to_owned()).await?, "length<7>");
    assert_eq!(flow.run("".to_owned()).await?, "None");
    Ok(())
}

#[node]
async fn parsed(text: String) -> Message<Result<u32, std::num::ParseIntError>> {
    Message::new(text.parse())
}

#[node]
async fn excuse(error: std::num::ParseIntError) -> String {
    error.to_string()
}

/// A `Result` inside a `Message` is a payload: errors have an arm like anything else.
#[tokio::test]
async fn a_result_may_be_routed() -> Result<(), FlowError> {
    let flow = flow! {
        parsed -> match { Ok(number) => length(number), Err(error) => excuse(error) }
    };
    assert_eq!(flow.run("12".to_owned()).await?, "length<12>");
    assert_eq!(
        flow.run("x".to_owned()).await?,
        "invalid digit found in string"
    );
    Ok(())
}

#[node]
async fn cell(number: u32) -> std::cell::Cell<u32> {
    std::cell::Cell::new(number)
}

#[node]
async fn open(cell: std::cell::Cell<u32>) -> u32 {
    cell.get()
}

/// A guard's borrow of the payload lasts for the guard alone: futures of a flow whose payloads
/// cannot be shared between threads still move between them.
#[tokio::test]
async fn a_guarded_payload_need_not_be_sync() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! {
        cell -> match { large if large.get() > 3 => open, small => plus_one(small.into_inner()) }
    };
    let outputs =
        tokio::spawn(async move { Ok::<_, FlowError>((flow.run(9).await?, flow.run(3).await?)) });
    assert_eq!(outputs.await??, (9, 4));
    Ok(())
}
