//! The flow over a folder of the test's own, and its events.

use std::fs;

use expect_test::expect;
use futures_util::StreamExt;
use tempfile::tempdir;

use super::*;

const GUIDE: &str = "\
# Retries
A failed attempt is tried again. Penguins are not asked.

A retry waits longer each time.
# Timeouts
An attempt is cut after a while.
";

fn flow(model: Model) -> Result<Flow<Reader, App>, Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), GUIDE)?;
    let index = Index::of(folder.path())?;
    Ok(Reader::flow().with_state(App { index, model }))
}

/// Protects the main job: the chunks of a stream, put together, are the answer.
#[tokio::test(start_paused = true)]
async fn what_was_streamed_is_the_answer() -> Result<(), Box<dyn Error>> {
    let flow = flow(Model::default())?;
    let mut trace = flow.trace("when is an attempt retried?".to_owned());
    let (mut words, mut places, mut ends) = (String::new(), Vec::new(), 0);
    let mut answer = None;
    while let Some(item) = trace.next().await {
        match item? {
            TraceItem::Chunk(chunk) if chunk.is_last => ends += 1,
            TraceItem::Chunk(chunk) if chunk.stream == PLACES => places.push(chunk.text),
            TraceItem::Chunk(chunk) => words += &chunk.text,
            TraceItem::Output(message) => answer = Some(message.payload),
            other => panic!("{other:?}"),
        }
    }
    let answer = answer.ok_or("an output ends the trace")?;
    assert_eq!((answer.text, answer.places), (words.clone(), places));
    assert_eq!(ends, 2);
    expect![[r#"
        A failed attempt is tried again.

        A retry waits longer each time.

        An attempt is cut after a while."#]]
    .assert_eq(&words);
    Ok(())
}

/// A reader that drops void streams is left with the answer of the attempt that succeeded.
#[tokio::test(start_paused = true)]
async fn a_stream_whose_attempt_failed_is_void() -> Result<(), Box<dyn Error>> {
    let flow = flow(Model { breaks_off: true })?;
    let mut trace = flow.trace("when is an attempt retried?".to_owned());
    let (mut words, mut void, mut answer) = (String::new(), String::new(), None);
    while let Some(item) = trace.next().await {
        match item? {
            TraceItem::Chunk(chunk) if chunk.stream == PLACES => {}
            TraceItem::Chunk(chunk) => {
                words += &chunk.text;
                if chunk.end == Some(StreamEnd::Failed) {
                    assert_eq!(chunk.attempt, 0);
                    void = std::mem::take(&mut words);
                }
            }
            TraceItem::Output(message) => answer = Some(message.payload),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(void, "A failed attempt is tried ");
    assert_eq!(answer.ok_or("an output ends the trace")?.text, words);
    Ok(())
}

#[tokio::test]
async fn a_question_without_an_answer_says_so() -> Result<(), Box<dyn Error>> {
    let items: Vec<_> = flow(Model::default())?
        .trace("volcanoes?".to_owned())
        .collect()
        .await;
    let [Err(error)] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!((error.node(), error.attempts()), (Some("retrieve"), 1));
    Ok(())
}

/// The events of a text, parsed by the standard: the name of each, and its data.
fn received(text: &str) -> Vec<(String, String)> {
    let mut events = Vec::new();
    let (mut name, mut data) = (String::new(), String::new());
    for line in text.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if data.is_empty() => name.clear(),
            "" => {
                data.pop();
                events.push((std::mem::take(&mut name), std::mem::take(&mut data)));
            }
            "event" => value.clone_into(&mut name),
            "data" => data += &format!("{value}\n"),
            field => panic!("`{field}` is no field of ours"),
        }
    }
    events
}

/// Fault c05 of the original: a line break in a text lost what came after it.
#[test]
fn every_text_survives_as_an_event() {
    for text in [
        "word ",
        " word",
        "two\nlines",
        "\n",
        "\n\n",
        "",
        "data: x",
        ": x",
        "event: y\n\nid: 1",
    ] {
        let event = sse::event("words", text);
        assert_eq!(received(&event), [("words".to_owned(), text.to_owned())]);
    }
}

/// To the standard, each of these is a line break, and a reader is given `\n` for it.
#[test]
fn every_line_break_is_one() {
    assert_eq!(
        sse::event("words", "a\r\nb\rc\nd"),
        "event: words\ndata: a\ndata: b\ndata: c\ndata: d\n\n"
    );
}

#[tokio::test(start_paused = true)]
async fn events_tell_all_that_the_chunks_told() -> Result<(), Box<dyn Error>> {
    let items: Vec<_> = flow(Model::default())?
        .trace("when is an attempt retried?".to_owned())
        .collect()
        .await;
    let (mut streamed, mut words) = (String::new(), String::new());
    for item in items {
        if let TraceItem::Chunk(chunk) = item? {
            streamed += &sse::chunk(&chunk);
            if chunk.stream.is_empty() {
                words += &chunk.text;
            }
        }
    }
    let events = received(&streamed);
    let of = |name: &str| -> Vec<&str> {
        let named = events.iter().filter(|event| event.0 == name);
        named.map(|event| &*event.1).collect()
    };
    assert_eq!(of(nodes::WORDS).concat(), words);
    assert!(words.contains("\n\n"));
    assert_eq!(of(PLACES), ["guide.md:2", "guide.md:2", "guide.md:6"]);
    assert_eq!(of("end"), [nodes::WORDS, PLACES]);
    Ok(())
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            retrieve[retrieve]
            answer[answer]
            Rookery([Rookery])
            OpenSea -->|String| retrieve
            retrieve -->|"Vec&lt;Quote&gt;"| answer
            answer -->|Answer| Rookery
    "#]]
    .assert_eq(&Reader::flow().graph().to_mermaid());
}
