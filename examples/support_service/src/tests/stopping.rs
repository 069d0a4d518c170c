//! A stop while requests are in flight.

use tokio::task::JoinSet;

use super::*;

const ASKERS: usize = 8;
const QUESTION: &str = "What is a playbook? #hold";

/// Requests that the model holds. Each returns its status, and one for a stream its last event.
async fn in_flight(subject: &Subject) -> JoinSet<Result<String, Failure>> {
    let mut askers = JoinSet::new();
    for asker in 0..ASKERS {
        let (client, tenant) = (subject.client.clone(), asker.to_string());
        askers.spawn(async move {
            let reply = client.ask(QUESTION, &[("x-tenant", &tenant)]).await?;
            Ok(reply.status.to_string())
        });
    }
    let client = subject.client.clone();
    askers.spawn(async move {
        let mut events = client.stream(QUESTION, &[]).await?;
        let mut last = String::new();
        while let Some(event) = events.next().await? {
            last = event.name;
        }
        Ok(last)
    });
    subject.model.has_held(ASKERS + 1).await;
    askers
}

async fn all(askers: JoinSet<Result<String, Failure>>) -> Result<Vec<String>, Failure> {
    let ends = askers.join_all().await.into_iter();
    let mut ends = ends.collect::<Result<Vec<_>, _>>()?;
    ends.sort();
    Ok(ends)
}

#[tokio::test]
async fn all_that_was_accepted_is_answered() -> Done {
    let subject = Subject::start().await?;
    let askers = in_flight(&subject).await;
    let (model, client) = (subject.model.clone(), subject.client.clone());
    let stopped = tokio::spawn(subject.stop());
    // The stop has begun when nothing new is accepted.
    let mut accepted = askers.len() as u64;
    while let Ok(reply) = client.ask("Hello!", &[]).await
        && reply.status.is_success()
    {
        accepted += 1;
    }
    model.release();

    let ends = all(askers).await?;
    assert_eq!(ends[..ASKERS], ["200 OK"; ASKERS]);
    assert_eq!(ends[ASKERS], "end");
    let ledger = stopped.await??;
    assert_eq!((ledger.emitted, ledger.completed), (accepted, accepted));
    Ok(())
}

#[tokio::test]
async fn what_takes_longer_than_the_grace_is_cancelled_and_answered_as_such() -> Done {
    let subject = Subject::start_with(|flow| flow, Duration::ZERO).await?;
    let askers = in_flight(&subject).await;
    let ledger = subject.stop().await?;
    let ends = all(askers).await?;
    assert_eq!(ends[..ASKERS], ["503 Service Unavailable"; ASKERS]);
    assert_eq!(ends[ASKERS], "end");
    assert_eq!((ledger.emitted, ledger.cancelled), (9, 9));
    Ok(())
}
