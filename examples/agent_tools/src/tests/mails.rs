//! The approval before a mail is sent.

use super::*;
use crate::tools::Approval;

fn mail(text: &str) -> Mail {
    Mail {
        to: "ada@example.org".to_owned(),
        text: text.to_owned(),
    }
}

fn sending() -> FakeModel {
    choosing([Action::Send(mail("hello")), finish("done")])
}

/// Protects the reader: a mail that was refused is not sent, and the model learns it.
#[tokio::test]
async fn a_refused_mail_is_not_sent() -> Done {
    let bench = Bench::of(sending()).await?;
    let answer = bench.ask(Desk::Refuses, question()).await?;
    expect![[r#"
          1. send "hello" to ada@example.org: refused, nobody approved it
        done"#]]
    .assert_eq(&told(&answer));
    assert!(bench.sent.try_recv().is_err());
    Ok(())
}

#[tokio::test]
async fn an_approved_mail_is_sent_once() -> Done {
    let bench = Bench::of(sending()).await?;
    bench.ask(Desk::Approves, question()).await?;
    let sent: Vec<_> = bench.sent.try_iter().collect();
    assert_eq!(sent, [mail("hello")]);
    Ok(())
}

/// Protects from an approval that comes late: it is of the arguments that a human has seen.
#[tokio::test]
async fn an_approval_of_other_arguments_sends_nothing() -> Done {
    let bench = Bench::of(sending()).await?;
    let mut parkings = bench.flow.parkings();
    let flow = bench.flow.clone();
    let answer = tokio::spawn(async move { flow.run(question()).await });
    let parked = parkings.next().await.ok_or("the mail waits")?;
    let approval = Approval {
        mail: mail("goodbye"),
        is_granted: true,
    };
    bench.flow.resume(parked.trace_id, approval).await?;
    let told = told(&answer.await??);
    assert!(
        told.contains("refused, the approval is of another mail"),
        "{told}"
    );
    assert!(bench.sent.try_recv().is_err());
    Ok(())
}

/// Protects the trace from a human who is away.
#[tokio::test(start_paused = true)]
async fn a_mail_that_nobody_decides_on_is_not_sent() -> Done {
    let bench = Bench::of(sending()).await?;
    let answer = bench.flow.run(question()).await?;
    assert_eq!(
        answer.memory.steps[0].found.to_string(),
        "refused, nobody approved it"
    );
    assert!(bench.sent.try_recv().is_err());
    Ok(())
}
