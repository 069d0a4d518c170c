//! The team with models that play their roles by rules.

use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::sync::Mutex;

use expect_test::expect;
use handbook::Index;
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use tempfile::tempdir;

use crate::define::GlossaryServer;
use crate::team::{App, Plan, Report, Review, Task, Team};
use crate::{glossary, scripted};

type Done = Result<(), Box<dyn Error>>;

async fn ask(model: FakeModel) -> Result<Message<Report>, Box<dyn Error>> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    tokio::spawn(glossary::server().serve_on(theirs));
    ask_with(model, GlossaryServer::connect(ours).await?).await
}

async fn ask_with(
    model: FakeModel,
    glossary: GlossaryServer,
) -> Result<Message<Report>, Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(
        folder.path().join("guide.md"),
        "# Retries\nAn option of a node. More.",
    )?;
    let app = App {
        model: model.shared(),
        index: Index::of(folder.path())?,
        glossary,
    };
    let flow = Team::flow().with_state(app);
    Ok(flow.run_message("What?".to_owned()).await?)
}

fn role(request: &Request) -> String {
    request.chat.messages[0].content.clone()
}

/// The scripted model, except for the role that begins so.
fn except(
    begin: &'static str,
    reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> FakeModel {
    let script = scripted::rule();
    FakeModel::rule(move |request| match role(request).starts_with(begin) {
        true => reply(request),
        false => script(request),
    })
}

/// Protects the usual way: three specialists, and a text that the critic has sent back once.
#[tokio::test]
async fn each_task_goes_to_its_specialist() -> Done {
    let message = ask(scripted::model()).await?;
    let Report {
        text,
        findings,
        revisions,
        is_accepted,
    } = message.payload;
    let tasks: Vec<_> = findings.into_iter().map(|finding| finding.task).collect();
    assert_eq!(tasks, scripted::plan().tasks, "in the order of the plan");
    expect!["guide.md:2: An option of a node. 3 * 5 + 0.5 = 15.5 A hop is a round of a loop."]
        .assert_eq(&text);
    assert_eq!((revisions, is_accepted), (1, true));
    assert!(message.spent.tokens > 0);
    Ok(())
}

/// Protects the caller from a critic who is never content: the rounds end, and the text is kept.
#[tokio::test]
async fn a_critic_who_is_never_content_ends_with_the_rounds() -> Done {
    let model = except("You criticize", |_| {
        Reply::json(&Review::Revise {
            remarks: vec!["shorter".to_owned()],
        })
    });
    let report = ask(model).await?.payload;
    assert_eq!((report.revisions, report.is_accepted), (3, false));
    assert!(
        report.text.ends_with("A hop is a round of a loop."),
        "{}",
        report.text
    );
    Ok(())
}

/// Protects the purse from a planner who plans too much: no specialist begins.
#[tokio::test]
async fn a_plan_with_too_many_tasks_is_an_error() -> Done {
    let model = except("You plan", |_| {
        let sum = "1 + 1".to_owned();
        let tasks = vec![Task::Calculate { sum }; 9];
        Reply::json(&Plan { tasks })
    });
    let error = ask(model.clone()).await.expect_err("eight tasks at most");
    expect!["node `join` was given 9 items, and its map takes 8 at most"]
        .assert_eq(&error.to_string());
    assert_eq!(model.requests().len(), 1);
    Ok(())
}

/// A model whose planner wants these terms defined.
fn planning(terms: &'static [&'static str]) -> FakeModel {
    except("You plan", |_| {
        let task = |term: &&str| Task::Define {
            term: (*term).to_owned(),
        };
        let tasks = terms.iter().map(task).collect();
        Reply::json(&Plan { tasks })
    })
}

/// The terms that the model was asked for.
fn defined(model: &FakeModel) -> Vec<String> {
    let asked = model.requests();
    let definitions = asked
        .iter()
        .filter(|request| role(request).starts_with("Define"));
    definitions
        .map(|request| request.last().to_owned())
        .collect()
}

/// Protects the specialist for terms: what the glossary does not know, the model is asked.
#[tokio::test]
async fn the_model_defines_what_the_glossary_does_not_know() -> Done {
    let model = planning(&["Hop", "iceberg"]);
    let report = ask(model.clone()).await?.payload;
    assert_eq!(report.findings[0].text, "A hop is a round of a loop.");
    assert_eq!(defined(&model), ["iceberg"]);
    Ok(())
}

/// Protects the team from a server that is gone: its tool is called again, and then the model is asked.
#[tokio::test(start_paused = true)]
async fn the_model_defines_where_the_glossary_is_gone() -> Done {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let served = tokio::spawn(glossary::server().serve_on(theirs));
    let glossary = GlossaryServer::connect(ours).await?;
    served.abort();
    let model = planning(&["hop"]);
    assert!(ask_with(model.clone(), glossary).await?.payload.is_accepted);
    assert_eq!(defined(&model), ["hop"]);
    Ok(())
}

/// Protects the graph: a task of a type that no specialist takes is shown to the planner.
#[tokio::test]
async fn a_task_for_nobody_is_repaired() -> Done {
    let wrong = r#"{"tasks": [{"Translate": {"text": "hop"}}]}"#;
    let model = except("You plan", move |request| {
        match request.chat.messages.len() {
            2 => Reply::text(wrong),
            _ => Reply::json(&Plan {
                tasks: vec![Task::Calculate {
                    sum: "1 + ".to_owned(),
                }],
            }),
        }
    });
    let report = ask(model).await?.payload;
    expect!["1 +  has no result: `` is no number"].assert_eq(&report.findings[0].text);
    Ok(())
}

/// Protects the trace from outages: whoever does not reach the model asks again.
#[tokio::test(start_paused = true)]
async fn each_role_asks_again() -> Done {
    let (script, seen) = (scripted::rule(), Mutex::new(HashSet::new()));
    let model = FakeModel::rule(move |request| {
        let role = role(request);
        let is_planner = role.starts_with("You plan");
        match seen.lock().expect("nothing panics").insert(role) {
            true => Reply::error(ModelError::Connection {
                said: "lost".to_owned(),
            }),
            false if is_planner => {
                let mut plan = scripted::plan();
                plan.tasks.push(Task::Define {
                    term: "iceberg".to_owned(),
                });
                Reply::json(&plan)
            }
            false => script(request),
        }
    });
    assert!(ask(model.clone()).await?.payload.is_accepted);
    assert_eq!(
        model.requests().len(),
        5 + 5,
        "five answers, and five roles"
    );
    Ok(())
}

/// Protects from a writer who cannot be reached: that is no used-up budget.
#[tokio::test(start_paused = true)]
async fn a_writer_who_fails_is_an_error() -> Done {
    let refuses = except("You write", |_| Reply::refusal("I would rather not."));
    let error = ask(refuses).await.expect_err("there is no text");
    expect!["node `keep` failed: node `Round` failed: node `compose` failed: the model refuses to answer: I would rather not."].assert_eq(&error.to_string());
    Ok(())
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            plan[plan]
            tasks[tasks]
            map[/map/]
            begin_task[begin_task]
            Research[[Research]]
            calculate[calculate]
            Define[[Define]]
            join{{join}}
            join2{{join2}}
            gather[gather]
            Round[[Round]]
            keep[keep]
            deliver[deliver]
            Rookery([Rookery])
            OpenSea -->|String| plan
            tasks -->|"Vec&lt;Task&gt;"| map
            begin_task -->|"Task::Research { question }"| Research
            begin_task -->|"Task::Calculate { sum }"| calculate
            begin_task -->|"Task::Define { term }"| Define
            map -->|Task| begin_task
            Research -->|Finding| join
            calculate -->|Finding| join
            Define -->|Finding| join
            plan -->|"(String, Plan)"| tasks
            plan -->|"(String, Plan)"| join2
            join -->|"Vec&lt;Finding&gt;"| join2
            join2 -->|"(Vec&lt;Finding&gt;, (String, Plan))"| gather
            Round -.->|else| keep
            gather -->|Draft| Round
            Round -->|"(Review::Accept, draft)"| deliver
            Round -.->|"(Review::Revise { remarks }, draft)"| Round
            keep -->|Report| Rookery
            deliver -->|Report| Rookery
    "#]]
    .assert_eq(&Team::flow().graph().to_mermaid());
}
