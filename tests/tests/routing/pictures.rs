//! `graph()` shows the arms: which pattern leads along which edge.

use expect_test::expect;
use penguiflow::prelude::*;

use super::{Topic, any, chat, length, plus_one, same, shout, sql, times_ten, triage};

flow! {
    #[flow(durable)]
    struct Answer(String) -> String;

    triage -> match {
        Topic::Sql(query) => sql(query),
        Topic::Doc { title, pages } if *pages > 100 && title != "Emma" => any,
        Topic::Doc { pages: pages @ 1..=9, .. } => length(pages),
        Topic::Doc { title, .. } | Topic::Chat(title) => chat(title) -> shout,
    };
}

#[test]
fn arms_are_labelled_by_their_patterns() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            triage[triage]
            sql[sql]
            any[any]
            length[length]
            chat[chat]
            shout[shout]
            Rookery([Rookery])
            OpenSea -->|String| triage
            chat -->|String| shout
            triage -->|"Topic::Sql(query)"| sql
            triage -->|"Topic::Doc { title, pages } if *pages &gt; 100 &amp;&amp; title != &quot;Emma&quot;"| any
            triage -->|"Topic::Doc { pages: pages @ 1..=9, .. }"| length
            triage -->|"Topic::Doc { title, .. } | Topic::Chat(title)"| chat
            sql -->|String| Rookery
            any -->|String| Rookery
            length -->|String| Rookery
            shout -->|String| Rookery
    "#]].assert_eq(&Answer::flow().graph().to_mermaid());
}

#[test]
fn edges_tell_their_patterns() {
    let graph = Answer::flow().graph();
    let patterns: Vec<_> = graph.edges.iter().map(|edge| edge.pattern).collect();
    expect![[r#"
        [
            None,
            Some(
                "Topic::Sql(query)",
            ),
            Some(
                "Topic::Doc { title, pages } if *pages > 100 && title != \"Emma\"",
            ),
            Some(
                "Topic::Doc { pages: pages @ 1..=9, .. }",
            ),
            Some(
                "Topic::Doc { title, .. } | Topic::Chat(title)",
            ),
        ]
    "#]]
    .assert_debug_eq(&patterns);
    assert!(
        graph
            .to_json()
            .contains(r#""pattern": "Topic::Sql(query)""#)
    );
    assert!(graph.to_dot().contains(r#"[label = "Topic::Sql(query)"]"#));
}

#[node]
async fn show(number: u32) -> String {
    number.to_string()
}

/// Groups, nested matches and arms that lead back.
#[test]
fn a_larger_flow_is_drawn_as_it_is_written() {
    let flow = flow! {
        #[flow(durable)]
        same -> [plus_one, times_ten] -> match {
            0 => [show -> shout, same],
            1..=9 => match { 1 => same, small => show(small) },
            _ => show,
        };
    };
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            same[same]
            plus_one[plus_one]
            times_ten[times_ten]
            show[show]
            shout[shout]
            Rookery([Rookery])
            OpenSea -->|u32| same
            same -->|u32| plus_one
            same -->|u32| times_ten
            show -->|String| shout
            plus_one -->|0| show
            plus_one -.->|0| same
            plus_one -.->|1| same
            plus_one -->|small| show
            plus_one -->|_| show
            times_ten -->|0| show
            times_ten -.->|0| same
            times_ten -.->|1| same
            times_ten -->|small| show
            times_ten -->|_| show
            shout -->|String| Rookery
    "#]]
    .assert_eq(&flow.graph().to_mermaid());
}

#[derive(Debug)]
struct Words(&'static str);

#[node]
async fn words(_: u32) -> Words {
    Words("a ( b , c ) . d")
}

#[node]
async fn say(words: Words) -> &'static str {
    words.0
}

/// A label is what the user wrote: a string in it keeps its spaces.
#[test]
fn strings_in_patterns_stay_as_they_are() {
    let flow = flow! { words -> match { Words("a ( b , c ) . d") => say, _ => say } };
    assert_eq!(
        flow.graph().edges[0].pattern,
        Some(r#"Words("a ( b , c ) . d")"#)
    );
}
