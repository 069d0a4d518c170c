//! Processes that are killed with the store open, and those that come after them.

use std::time::Duration;

use penguiflow_sqlite::store::{Options, Store, StoreError};

use crate::at::{At, flow, hasty};
use crate::child::{self, Acknowledged};
use crate::script;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_without_end() {
    let Some(path) = child::store() else { return };
    let store = Store::open(path, Options::default()).expect("it opens");
    let flow = flow(&store).await;
    let pid = std::process::id();
    let lanes: Vec<_> = (0..16)
        .map(|lane| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0.. {
                    let key = format!("{pid} {lane} {n}");
                    script::run(&store, flow, &key)
                        .await
                        .expect("all is stored");
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.expect("it runs until it is killed");
    }
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_and_nothing_is_half() {
    let at = At::new();
    for round in 0..6 {
        let mut child = child::command("killed::commits_without_end", &at.path())
            .spawn()
            .expect("it starts");
        let known = child::listen(&mut child, 100 + 150 * round);
        child.wait().expect("it has ended");
        assert!(known.len() > 50, "it said {} things", known.len());

        let store = at.open();
        let flow = flow(&store).await;
        for known in known {
            script::check(&store, flow, known).await;
        }
        for unfinished in store
            .unfinished(flow, 0, 1_000_000)
            .await
            .expect("they are listed")
        {
            let known = Acknowledged {
                id: unfinished.id,
                revision: 0,
            };
            script::check(&store, flow, known).await;
        }
        store.close().await;
    }
}

#[tokio::test]
async fn holds_the_store() {
    let Some(path) = child::store() else { return };
    let store = Store::open(path, Options::default()).expect("it opens");
    let flow = flow(&store).await;
    script::run(&store, flow, "held")
        .await
        .expect("all is stored");
    std::thread::sleep(Duration::from_secs(600));
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_is_dead() {
    let at = At::new();
    let mut child = child::command("killed::holds_the_store", &at.path());
    let mut child = child.spawn().expect("it starts");
    let mut said = std::io::BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    while !line.ends_with(" 5\n") {
        line.clear();
        std::io::BufRead::read_line(&mut said, &mut line).expect("a line");
    }
    let refused = Store::open(at.path(), hasty()).err();
    let Some(StoreError::Held { holder, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(holder.expect("it says who").pid, child.id());

    child.kill().expect("it is killed");
    child.wait().expect("it has ended");
    let store = at.open();
    assert_eq!(
        store
            .results(flow(&store).await, 0, 9)
            .await
            .expect("they are read")
            .len(),
        2
    );
}
