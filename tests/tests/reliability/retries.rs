//! `retries`, `retry_if` and `Retryable`: what is tried again, and how often.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms, secs};

#[node(retries = 2, backoff = "10ms", jitter = false)]
async fn fails_first(failures: u32, ctx: Ctx) -> Result<u32, String> {
    match ctx.attempt() {
        attempt if attempt < failures => Err(format!("attempt {attempt}")),
        attempt => Ok(attempt),
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_is_tried_again_as_often_as_it_says() -> Result<(), FlowError> {
    let flow = flow! { fails_first };
    for failures in 0..=2 {
        assert_eq!(flow.run(failures).await?, failures);
    }
    let error = flow.run(3).await.expect_err("one too many");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Failed, 3));
    assert_eq!(
        error.to_string(),
        "node `fails_first` failed after 3 attempts: attempt 2",
        "the last error is the one that counts"
    );
    Ok(())
}

#[node]
async fn fails(_: ()) -> Result<(), &'static str> {
    Err("once is enough")
}

#[tokio::test(start_paused = true)]
async fn without_retries_a_node_is_tried_once() {
    let begin = Instant::now();
    let error = flow! { fails }.run(()).await.expect_err("it fails");
    assert_eq!((error.attempts(), begin.elapsed()), (1, ms(0)));
}

/// What runs before is not run again.
#[tokio::test(start_paused = true)]
async fn only_the_node_itself_is_tried_again() -> Result<(), FlowError> {
    #[node]
    async fn before(notes: Notebook) -> u32 {
        notes.write("before");
        2
    }
    let notes = Notebook::new();
    assert_eq!(flow! { before -> fails_first }.run(notes.clone()).await?, 2);
    assert_eq!(notes.lines(), ["before"]);
    Ok(())
}

/// An error of three kinds.
#[derive(Debug, Clone, Copy)]
enum Fetch {
    NotFound,
    Throttled,
    Reset,
}

impl std::fmt::Display for Fetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Fetch {}

impl Retryable for Fetch {
    fn retry(&self) -> Retry {
        match self {
            Self::NotFound => Retry::Never,
            Self::Throttled => Retry::After(secs(7)),
            Self::Reset => Retry::Backoff,
        }
    }
}

#[node(retries = 2, backoff = "100ms", jitter = false)]
async fn fetch(fault: Fetch) -> Result<(), Fetch> {
    Err(fault)
}

#[tokio::test(start_paused = true)]
async fn an_error_may_decide_for_itself() {
    let flow = flow! { fetch };
    for (fault, attempts, took) in [
        (Fetch::NotFound, 1, ms(0)),
        (Fetch::Throttled, 3, secs(14)),
        (Fetch::Reset, 3, ms(100 + 200)),
    ] {
        let begin = Instant::now();
        let error = flow.run(fault).await.expect_err("it fails");
        assert_eq!(
            (error.attempts(), begin.elapsed()),
            (attempts, took),
            "{fault}"
        );
    }
}

fn is_reset(fault: &Fetch) -> bool {
    matches!(fault, Fetch::Reset)
}

mod rules {
    pub(super) fn is_short<T: AsRef<str>>(error: &T) -> bool {
        error.as_ref().len() < 10
    }
}

#[node(retries = 2, backoff = "100ms", retry_if = is_reset, jitter = false)]
async fn fetch_if(fault: Fetch) -> Result<(), Fetch> {
    Err(fault)
}

#[node(retries = 2, backoff = "100ms", retry_if = rules::is_short, jitter = false)]
async fn say_if(error: &str) -> Result<(), String> {
    Err(error.to_owned())
}

/// It also goes before what the error says of itself: `Throttled` would be retried.
#[tokio::test(start_paused = true)]
async fn retry_if_decides() {
    let flow = flow! { fetch_if };
    for (fault, attempts) in [
        (Fetch::NotFound, 1),
        (Fetch::Throttled, 1),
        (Fetch::Reset, 3),
    ] {
        let error = flow.run(fault).await.expect_err("it fails");
        assert_eq!(error.attempts(), attempts, "{fault}");
    }
    let flow = flow! { say_if };
    for (text, attempts) in [("short", 3), ("long enough", 1)] {
        let error = flow.run(text.to_owned()).await.expect_err("it fails");
        assert_eq!(error.attempts(), attempts, "{text}");
    }
}

/// An error that holds another one decides as that one does, if it can.
#[derive(Debug)]
struct Context<E>(E);

impl<E: std::fmt::Display> std::fmt::Display for Context<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "while fetching: {}", self.0)
    }
}

impl<E: std::fmt::Debug + std::fmt::Display> std::error::Error for Context<E> {}

impl<E: Retryable> Retryable for Context<E> {
    fn retry(&self) -> Retry {
        self.0.retry()
    }
}

#[node(retries = 1, backoff = "1ms", jitter = false)]
async fn decides(_: ()) -> Result<(), Context<Fetch>> {
    Err(Context(Fetch::NotFound))
}

#[node(retries = 1, backoff = "1ms", jitter = false)]
async fn cannot_decide(_: ()) -> Result<(), Context<String>> {
    Err(Context("no".to_owned()))
}

#[tokio::test(start_paused = true)]
async fn a_generic_error_is_retryable_where_its_impl_says_so() {
    let error = flow! { decides }.run(()).await.expect_err("it fails");
    assert_eq!(error.attempts(), 1);
    let error = flow! { cannot_decide }.run(()).await.expect_err("it fails");
    assert_eq!(error.attempts(), 2);
}

#[node(retries = 5, backoff = "1ms", jitter = false)]
async fn ends_or_forks(n: u32, notes: State<Notebook>) -> Result<ControlFlow<u32, u32>, String> {
    notes.0.write(n);
    Ok(if n == 0 {
        ControlFlow::Break(0)
    } else {
        ControlFlow::Continue(n)
    })
}

/// `None` and `Break` are answers, not failures.
#[tokio::test(start_paused = true)]
async fn only_errors_are_retried() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { ends_or_forks }.with_state(notes.clone());
    assert_eq!((flow.run(0).await?, flow.run(1).await?), (0, 1));
    assert_eq!(notes.lines(), ["0", "1"]);
    Ok(())
}
