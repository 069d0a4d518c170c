//! Recordings and transcripts: what was asked and answered, again and as text.

use std::error::Error;
use std::fs;

use expect_test::expect;
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use penguiflow_llm::{Finish, Recorder, Replay, Transcript};

type Done = Result<(), Box<dyn Error>>;

fn model() -> FakeModel {
    FakeModel::answers([
        Reply::text("[1, 2]").pieces(3),
        Reply::text("[1,"),
        Reply::text("[3]"),
        Reply::refusal("No, thanks."),
        Reply::text("hal").breaks_after(1),
        Reply::text("cut").finish(Finish::Length),
    ])
}

/// Asks all questions, and shows what came of each.
async fn ask(model: &impl Model) -> String {
    let ctx = Ctx::for_test().build();
    let mut shown = String::new();
    for question in ["Count to 2!", "Only 3!", "Up to 4!", "5?", "6?"] {
        let chat = Chat::system("You count. The key is sk-abcdefghijklmnop1234.").user(question);
        let numbers = model.ask::<Vec<u32>>(&ctx, chat).seed(1).await;
        shown += &format!("{numbers:?}\n");
    }
    shown
}

#[tokio::test]
async fn a_replay_answers_as_the_model_did() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("deep/counting.jsonl");
    let recorder = Recorder::new(model()).hiding("You count");
    let answers = ask(&recorder).await;
    recorder.save(&path)?;
    let file = fs::read_to_string(&path)?;
    assert_eq!(file.lines().count(), 6);
    assert!(
        !file.contains("abcdefgh") && !file.contains("You count"),
        "{file}"
    );

    let replay = Replay::open(&path)?.hiding("You count");
    assert_eq!(ask(&replay).await, answers);
    assert_eq!(replay.left(), 0);
    let again = replay.complete(&Ctx::for_test().build(), "More!").await;
    expect!["the recording has no exchange that is left with this request: record it anew. Its last message is: More!"]
        .assert_eq(&again.expect_err("nothing is left").to_string());

    fs::write(&path, "{}\n")?;
    let error = Replay::open(&path).expect_err("no exchange");
    assert!(
        error
            .to_string()
            .contains("counting.jsonl, line 1: missing field"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_transcript_has_each_message_once_and_every_end() {
    let model = model();
    ask(&model).await;
    expect![[r#"
        # 1: Array_of_uint32
        system: You count. The key is sk-abcdefghijklmnop1234.
        user: Count to 2!
        answer: [1, 2]

        # 2: Array_of_uint32
        system: You count. The key is sk-abcdefghijklmnop1234.
        user: Only 3!
        answer: [1,

        # 3: Array_of_uint32
        user: That answer does not have the right shape: no JSON: EOF while parsing a value at line 1 column 3. Answer again, with nothing but JSON that fits the schema.
        answer: [3]

        # 4: Array_of_uint32
        system: You count. The key is sk-abcdefghijklmnop1234.
        user: Up to 4!
        refusal: No, thanks.

        # 5: Array_of_uint32
        system: You count. The key is sk-abcdefghijklmnop1234.
        user: 5?
        answer: hal
        error: the answer is broken: the connection was lost

        # 6: Array_of_uint32
        system: You count. The key is sk-abcdefghijklmnop1234.
        user: 6?
        answer: cut
        cut by its length
    "#]].assert_eq(&model.transcript().to_string());
    model
        .transcript()
        .assert_golden("tests/golden/counting.txt");
}

#[tokio::test]
#[should_panic = "run the test with UPDATE_EXPECT=1 to write it"]
async fn a_transcript_that_differs_says_how_to_write_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("golden.txt");
    fs::write(&path, "# 1\nuser: hi\nanswer: bye\n").expect("written");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        panic!("run the test with UPDATE_EXPECT=1 to write it"); // it would be written
    }
    Transcript::of(model().exchanges()).assert_golden(&path);
}
