//! Requirements on a node, its state and its `await`, beyond the edges: their types move between
//! threads, can be copied, are errors, can be validated.

use crate::error::BoxError;
#[cfg(feature = "validate")]
use crate::error::Fault;
use crate::node::Node;
#[cfg(feature = "validate")]
use crate::node::signature::Signature;

/// The input and output of a node move between threads.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` takes or returns `{Self}`, which is not `Send`",
    label = "cannot move between threads",
    note = "use `Arc` in place of `Rc`, `Mutex` in place of `RefCell`, and `Box<dyn std::error::Error + Send + Sync>` for a boxed error"
)]
pub trait Travels<Node> {
    /// That it is `Send`.
    const IS_SEND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<Node, T: Send + 'static> Travels<Node> for T {}

/// The output of a node moves between threads, with a boxed error in it, too.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` returns `{Self}`, which is not `Send`",
    label = "cannot move between threads",
    note = "write `Box<dyn std::error::Error + Send + Sync>` for a boxed error, and `+ Send` for any other `dyn`"
)]
pub trait TravelsBoxed<Node> {
    /// That it is `Send`.
    const IS_SEND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<Node, T: Send + 'static> TravelsBoxed<Node> for T {}

/// A node's first parameter is its message, and not what is extracted for it.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` takes `{Self}` first, where its message stands",
    label = "not a message",
    note = "write the message first, and what the node asks for beside it after that: `(question: Question, ctx: Ctx)`"
)]
pub trait TakenFirst<Node, const IS_EXTRACTED: bool> {
    /// That it is the message.
    const IS_FIRST: bool = true;
}

#[diagnostic::do_not_recommend]
impl<Node, T> TakenFirst<Node, false> for T {}

/// A node that is retried can fail: it returns a `Result`, or its attempts may take too long.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` is retried, but cannot fail: it returns `{Self}`, and has no timeout",
    label = "would never be retried",
    note = "return a `Result<{Self}, _>`, give it a `timeout`, or leave out `retries`"
)]
pub trait CanFail<Node, const IS_RESULT: bool> {
    /// That it can.
    const CAN_FAIL: bool = true;
}

#[diagnostic::do_not_recommend]
impl<Node, T> CanFail<Node, true> for T {}

/// A node with `idle` takes something that it can send chunks by.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` has `idle`, but never sends a chunk: it takes no `Ctx`",
    label = "would always be silent",
    note = "add a parameter `ctx: Ctx` and send by `ctx.chunk(…).await`, or give it a `timeout` in place of `idle`"
)]
pub trait Sends<Node, const MAY_SEND: bool> {
    /// That it does.
    const SENDS: bool = true;
}

#[diagnostic::do_not_recommend]
impl<Node, T> Sends<Node, true> for T {}

/// The value that a trace is parked for moves between threads.
#[diagnostic::on_unimplemented(
    message = "an `await` waits for `{Self}`, which is not `Send`",
    label = "cannot move between threads",
    note = "use `Arc` in place of `Rc`, and `Mutex` in place of `RefCell`"
)]
pub trait IsAwaited {
    /// That it is `Send`.
    const IS_SEND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IsAwaited for T {}

/// The part that a state provides by `#[derive(FromRef)]` can be copied.
#[diagnostic::on_unimplemented(
    message = "the state `{State}` provides copies of `{Self}`, so it must be `Clone`",
    label = "must be `Clone`",
    note = "derive `Clone` for it, keep an `Arc` of it, or leave it out by `#[from_ref(skip)]`"
)]
pub trait GivenOut<State>: Sized {
    /// A copy.
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<State, T: Clone> GivenOut<State> for T {
    fn copy(&self) -> T {
        self.clone()
    }
}

/// A node with fields that runs in a task or thread of its own moves there.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` runs in a task or thread of its own, so it must be `Clone`",
    label = "a copy of it would move there",
    note = "derive `Clone` for it, or leave out `spawn`"
)]
pub trait Moves: Sized {
    /// A copy that can move.
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<N: Node + Clone> Moves for N {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// A retried node that takes its message by value can be given it again.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` is retried and takes its message by value, so `{Param}` must be `Clone`",
    label = "must be `Clone`, or be taken as `&{Param}`"
)]
pub trait Retries<Param>: Sized {
    /// The parameter for this attempt: a copy while there are attempts left, then itself.
    fn param(param: &mut Option<Param>, last: bool) -> Param;
}

#[diagnostic::do_not_recommend]
impl<N, Param: Clone> Retries<Param> for N {
    fn param(param: &mut Option<Param>, last: bool) -> Param {
        let kept = if last { param.take() } else { param.clone() };
        kept.expect("a parameter is there until its last attempt")
    }
}

/// A node's error can be boxed.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` fails with `{Self}`, which does not convert into `BoxError`",
    label = "not an error that a flow can carry",
    note = "implement `std::error::Error` for it, or return an `anyhow::Error`, a `String` or a `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait Fails<Node>: Sized {
    /// The error, boxed.
    fn boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<Node, E: Into<BoxError>> Fails<Node> for E {
    fn boxed(self) -> BoxError {
        self.into()
    }
}

/// `validate = "in"` and `"out"`: what a node takes or outputs can be validated.
#[cfg(feature = "validate")]
#[diagnostic::on_unimplemented(
    message = "node `{Self}` validates `{Payload}`, which does not implement `garde::Validate`",
    label = "`{Payload}` cannot be validated",
    note = "put `#[derive(garde::Validate)]` on it; where it is validated with a context, that must be `Default`"
)]
pub trait Validates<Payload>: Sized {
    /// Validates what it takes.
    fn input(payload: &Payload) -> Result<(), Fault>;
    /// Validates what of its success goes on along the edges.
    fn output<S: Signature<Out = Payload>>(success: S::Success) -> Result<S::Success, Fault>;
}

#[cfg(feature = "validate")]
#[diagnostic::do_not_recommend]
impl<N: Node, Payload: garde::Validate<Context: Default>> Validates<Payload> for N {
    fn input(payload: &Payload) -> Result<(), Fault> {
        let checked = payload.validate();
        checked.map_err(|report| Fault::InvalidInput(report.into()))
    }

    fn output<S: Signature<Out = Payload>>(success: S::Success) -> Result<S::Success, Fault> {
        match S::onward(&success).map(garde::Validate::validate) {
            Some(Err(report)) => Err(Fault::InvalidOutput(report.into())),
            _ => Ok(success),
        }
    }
}
