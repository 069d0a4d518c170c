//! More askers than places, and tenants that share the model.

use hyper::StatusCode;
use tokio::task::JoinSet;

use super::*;
use crate::client::Reply;

const ASKERS: usize = 500;
const CAPACITY: usize = 64;

/// Each asker has a connection, both ends of which are this process's.
#[cfg(unix)]
fn allow_many_sockets() -> Done {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft < 4096 {
        setrlimit(Resource::RLIMIT_NOFILE, hard.min(4096), hard)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn allow_many_sockets() -> Done {
    Ok(())
}

/// Asks a question of one's own, on behalf of one's own tenant, and checks what comes back.
async fn ask(client: Client, asker: usize, trick: &str) -> Result<StatusCode, Failure> {
    let question = format!("How are retries configured, asks asker{asker}? {trick}");
    let tenant = format!("tenant{asker}");
    let reply = client.ask(&question, &[("x-tenant", &tenant)]).await?;
    let Reply {
        status,
        retry_after,
        body,
    } = reply;
    match status {
        StatusCode::OK => {
            let text = body["text"].as_str().unwrap_or_default();
            assert!(text.contains(&question), "{asker} was told: {text}");
        }
        status => {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
            assert_eq!(retry_after.as_deref(), Some("1"));
        }
    }
    Ok(status)
}

fn askers(client: &Client, trick: &'static str) -> JoinSet<Result<StatusCode, Failure>> {
    let asked = (0..ASKERS).map(|asker| ask(client.clone(), asker, trick));
    asked.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_asker_gets_an_own_answer_or_is_refused() -> Done {
    allow_many_sockets()?;
    let subject = Subject::start().await?;
    let statuses = askers(&subject.client, "").join_all().await;
    let statuses = statuses.into_iter().collect::<Result<Vec<_>, _>>()?;
    let answered = statuses.iter().filter(|status| status.is_success()).count();
    assert!(answered >= CAPACITY, "{answered}");
    let ledger = subject.stop().await?;
    assert_eq!(ledger.emitted, answered as u64);
    assert_eq!(ledger.completed, answered as u64);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_are_answered_at_once_as_there_are_places() -> Done {
    allow_many_sockets()?;
    let subject = Subject::start().await?;
    let mut askers = askers(&subject.client, "#hold");
    for _ in CAPACITY..ASKERS {
        let status = askers.join_next().await.ok_or("all are refused")???;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
    subject.model.has_held(CAPACITY).await;
    subject.model.release();
    while let Some(answered) = askers.join_next().await {
        assert_eq!(answered??, StatusCode::OK);
    }
    let ledger = subject.stop().await?;
    assert_eq!((ledger.emitted, ledger.completed), (64, 64));
    Ok(())
}

#[tokio::test]
async fn one_tenants_questions_do_not_hold_up_anothers() -> Done {
    /// How many questions of a tenant are with the model at once.
    const AT_ONCE: usize = 4;
    let mut subject = Subject::start().await?;
    let client = subject.client.clone();
    let ask = move |tenant: &'static str, question: &'static str| {
        let client = client.clone();
        async move { client.ask(question, &[("x-tenant", tenant)]).await }
    };
    let mut burst: JoinSet<_> = (0..=AT_ONCE)
        .map(|_| ask("acme", "What is a playbook? #hold"))
        .collect();
    for _ in 0..=AT_ONCE {
        subject.next(EventKind::NodeSuccess, "compose").await?;
    }
    subject.model.has_held(AT_ONCE).await;

    let health = subject.client.health().await?;
    assert_eq!(health["places_taken"], AT_ONCE + 1);
    assert_eq!(health["waiting"][0]["node"], "large");
    assert_eq!(health["waiting"][0]["visits"], 1);

    let other = ask("initech", "What is a playbook?").await?;
    assert_eq!(other.status, StatusCode::OK);
    assert_eq!(subject.model.held(), AT_ONCE);

    subject.model.release();
    while let Some(answered) = burst.join_next().await {
        assert_eq!(answered??.status, StatusCode::OK);
    }
    assert_eq!(subject.model.held(), AT_ONCE + 1);
    Ok(())
}
