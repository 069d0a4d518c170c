//! Boundaries of panics around a trace, and around a branch that its join can do without: a panic
//! of user code outside of nodes is their failure, and hides no earlier one.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::cursor::Cursor;
use super::panics::{Panic, panicked};
use super::trace_context::TraceContext;
use crate::error::FlowError;

/// A trace, whose panics outside of nodes are its failure, at the node that they are about.
pub(crate) struct CatchPanics<'a, F> {
    run: Pin<&'a mut F>,
    trace: &'a TraceContext<'a>,
}

impl<'a, F> CatchPanics<'a, F> {
    #[inline]
    pub(crate) fn new(run: Pin<&'a mut F>, trace: &'a TraceContext<'a>) -> Self {
        Self { run, trace }
    }
}

impl<T, F: Future<Output = Result<T, FlowError>>> Future for CatchPanics<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let trace = this.trace;
        // By hand, since a guard costs where there is none, too. No panic leaves this function.
        if trace.is_reported() {
            enter(trace);
        }
        let polled = match catch_unwind(AssertUnwindSafe(|| this.run.as_mut().poll(cx))) {
            Ok(polled) => polled,
            Err(panic) => Poll::Ready(Err(failed_by(panic, &Cursor::start(trace)))),
        };
        // Nobody has the address of the result, hence `share`, and its cases have nothing in common: a
        // result that is stored for either costs some 20 instructions.
        match &polled {
            Poll::Pending => {
                trace.waits();
                if trace.is_reported() {
                    exit(trace);
                }
            }
            Poll::Ready(Ok(_)) if trace.is_reported() => complete(trace),
            Poll::Ready(Ok(_)) => {}
            Poll::Ready(Err(error)) => fail(trace, &error.share()),
        }
        polled
    }
}

#[cold]
fn enter(trace: &TraceContext<'_>) {
    if let Some(span) = trace.span() {
        span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
    }
}

#[cold]
fn exit(trace: &TraceContext<'_>) {
    if let Some(span) = trace.span() {
        span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
    }
}

#[cold]
fn complete(trace: &TraceContext<'_>) {
    trace.complete();
    exit(trace);
}

#[cold]
fn fail(trace: &TraceContext<'_>, error: &FlowError) {
    trace.ends_in(error);
    exit(trace);
}

pin_project! {
    /// A branch that a join may go on without: what panics in it outside of its nodes is its
    /// failure, and not the trace's.
    #[doc(hidden)]
    #[must_use = "a branch does nothing unless it is polled"]
    #[derive(Debug)]
    pub struct Tolerated<'t, F> {
        at: Cursor<'t>,
        #[pin]
        run: F,
    }
}

/// A branch that begins here.
#[doc(hidden)]
#[inline]
pub fn tolerated<'t, F>(at: Cursor<'t>, run: F) -> Tolerated<'t, F> {
    Tolerated { at, run }
}

impl<T, F: Future<Output = Result<T, FlowError>>> Future for Tolerated<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match catch_unwind(AssertUnwindSafe(|| this.run.poll(cx))) {
            Ok(polled) => {
                if matches!(polled, Poll::Ready(Err(_))) {
                    drop(this.at.trace.take_failing());
                }
                polled
            }
            Err(panic) => Poll::Ready(Err(failed_by(panic, this.at))),
        }
    }
}

/// The failure of a branch that panicked: if it was failing before, that is.
#[cold]
fn failed_by(panic: Panic, at: &Cursor<'_>) -> FlowError {
    let fault = panicked(panic);
    if let Some(error) = at.trace.take_failing() {
        return error;
    }
    let error = at.fail(at.trace.about(), fault);
    drop(at.trace.take_failing());
    error
}
