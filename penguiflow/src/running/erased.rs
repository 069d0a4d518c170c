//! A flow behind a pointer, without its types: JSON in and out.

use std::fmt;
use std::future::{poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt};
#[cfg(feature = "schema")]
use schemars::Schema;

use crate::edge::{FromJson, SingleOutput, ToJson};
use crate::error::{ErrorKind, Fault, FlowError};
use crate::flow::{Flow, Run, read_message};
#[cfg(feature = "schema")]
use crate::graph::schema;
use crate::graph::{AwaitInfo, Graph, TypeName};
use crate::message::{Envelope, Message, StepId, TraceId};
use crate::parking::{Parked, Parkings, ResumeJsonError};
use crate::trace::{Line, TraceItem};
use crate::visit::caught;

/// A flow without its types, for registries: it takes its input and returns its output as JSON. A
/// clone of it is a pointer.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::ErasedFlow;
/// use std::collections::BTreeMap;
///
/// #[node]
/// async fn sum(numbers: Vec<u32>) -> u32 {
///     numbers.iter().sum()
/// }
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let mut registry: BTreeMap<&str, ErasedFlow> = BTreeMap::new();
/// registry.insert("sum", flow! { sum }.erase());
/// registry.insert("shout", flow! { shout }.erase());
///
/// assert_eq!(registry["sum"].run("[1, 2, 3]").await?, "6");
/// assert_eq!(registry["shout"].run(r#""krill""#).await?, r#""KRILL""#);
/// assert_eq!(registry["sum"].input_type().to_string(), "Vec<u32>");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ErasedFlow(Arc<dyn Erased>);

impl<F, S> Flow<F, S>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync + 'static,
{
    /// The flow without its types, which takes its input and returns its output as JSON.
    #[must_use]
    pub fn erase(self) -> ErasedFlow
    where
        F::In: FromJson,
        F::Out: ToJson,
    {
        ErasedFlow(Arc::new(self))
    }
}

impl ErasedFlow {
    /// The flow's name; `flow` if it has none.
    pub fn name(&self) -> &'static str {
        self.graph().name
    }

    /// The flow's nodes and edges.
    pub fn graph(&self) -> &'static Graph {
        self.0.graph()
    }

    /// The type of its input.
    pub fn input_type(&self) -> TypeName {
        self.0.input_type()
    }

    /// The type of its output.
    pub fn output_type(&self) -> TypeName {
        self.0.output_type()
    }

    /// The schema of the documents that it takes, if its input is `JsonSchema`. With the feature
    /// `schema`.
    #[cfg(feature = "schema")]
    pub fn input_schema(&self) -> Option<Schema> {
        self.0.input_schema()
    }

    /// The schema of the documents that it returns, if its output is `JsonSchema`. With the feature
    /// `schema`.
    #[cfg(feature = "schema")]
    pub fn output_schema(&self) -> Option<Schema> {
        self.0.output_schema()
    }

    /// The places where its traces park, each with the type that it waits for.
    pub fn awaits(&self) -> &'static [AwaitInfo] {
        self.0.awaits()
    }

    /// The traces that wait now: [`Flow::parked`].
    pub fn parked(&self) -> Vec<Parked> {
        self.0.parked()
    }

    /// A stream of the traces that park: [`Flow::parkings`].
    pub fn parkings(&self) -> Parkings {
        self.0.parkings()
    }

    /// Gives a parked trace the value that it waits for, as JSON: [`Flow::resume_json`].
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// #[node]
    /// async fn publish((text, approved): (String, bool)) -> Option<String> {
    ///     approved.then_some(text)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { draft -> await bool -> publish }.erase();
    /// assert_eq!(flow.awaits()[0].awaited.to_string(), "bool");
    ///
    /// let mut parkings = flow.parkings();
    /// let running = tokio::spawn(flow.run(r#""penguins""#));
    /// let parked = parkings.next().await.expect("the flow is there");
    /// flow.resume_json(parked.trace_id, None, "true").await?;
    /// assert_eq!(running.await??, r#""On penguins""#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Flow::resume_json`].
    pub fn resume_json(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        json: impl AsRef<[u8]>,
    ) -> Run<'static, (), ResumeJsonError> {
        self.0.resume_json(trace_id, step, json.as_ref())
    }

    /// Runs a payload, a text or bytes of JSON, to the end of its trace, and returns the output as
    /// JSON. The future owns the flow; dropping it cancels the trace.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit or the output cannot be written, and those of
    /// [`Flow::run`].
    pub fn run(&self, json: impl AsRef<[u8]>) -> Run<'static, String> {
        let run = self.run_message(Message::new(json));
        Run::new(|| async move { Ok(run.await?.payload) })
    }

    /// The same as [`run`](Self::run), with the headers, the deadline and the budgets of a message. Returns
    /// the output's message, with what its trace has spent and how long it took.
    ///
    /// # Errors
    ///
    /// Those of `run`.
    pub fn run_message(&self, message: Message<impl AsRef<[u8]>>) -> Run<'static, Message<String>> {
        let (json, envelope) = Envelope::of(message);
        self.0.run(envelope.with(json.as_ref()))
    }

    /// Runs a payload and streams its chunks and its output, which is JSON: [`Flow::trace`].
    pub fn trace(&self, json: impl AsRef<[u8]>) -> ErasedTrace {
        self.trace_message(Message::new(json))
    }

    /// The same as [`trace`](Self::trace), with the headers, the deadline and the budgets of a message.
    pub fn trace_message(&self, message: Message<impl AsRef<[u8]>>) -> ErasedTrace {
        let (json, envelope) = Envelope::of(message);
        self.0.trace(envelope.with(json.as_ref()))
    }
}

impl fmt::Debug for ErasedFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (input, output) = (self.input_type(), self.output_type());
        write!(f, "{}: {input} -> {output}", self.name())
    }
}

/// A flow of any types.
trait Erased: Send + Sync {
    fn graph(&self) -> &'static Graph;
    fn input_type(&self) -> TypeName;
    fn output_type(&self) -> TypeName;
    #[cfg(feature = "schema")]
    fn input_schema(&self) -> Option<Schema>;
    #[cfg(feature = "schema")]
    fn output_schema(&self) -> Option<Schema>;
    fn awaits(&self) -> &'static [AwaitInfo];
    fn parked(&self) -> Vec<Parked>;
    fn parkings(&self) -> Parkings;
    fn resume_json(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        json: &[u8],
    ) -> Run<'static, (), ResumeJsonError>;
    fn run(&self, message: Message<&[u8]>) -> Run<'static, Message<String>>;
    fn trace(&self, message: Message<&[u8]>) -> ErasedTrace;
}

impl<F, S> Erased for Flow<F, S>
where
    F: Line<S> + SingleOutput,
    F::In: FromJson,
    F::Out: ToJson,
    S: Send + Sync + 'static,
{
    fn graph(&self) -> &'static Graph {
        F::GRAPH
    }

    fn input_type(&self) -> TypeName {
        TypeName::of::<F::In>()
    }

    fn output_type(&self) -> TypeName {
        TypeName::of::<F::Out>()
    }

    #[cfg(feature = "schema")]
    fn input_schema(&self) -> Option<Schema> {
        F::INPUT_SCHEMA.map(schema::of_input)
    }

    #[cfg(feature = "schema")]
    fn output_schema(&self) -> Option<Schema> {
        F::OUTPUT_SCHEMA.map(schema::of_output)
    }

    fn awaits(&self) -> &'static [AwaitInfo] {
        F::AWAITS
    }

    fn parked(&self) -> Vec<Parked> {
        Self::parked(self)
    }

    fn parkings(&self) -> Parkings {
        Self::parkings(self)
    }

    fn resume_json(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        json: &[u8],
    ) -> Run<'static, (), ResumeJsonError> {
        Self::resume_json(self, trace_id, step, json)
    }

    fn run(&self, message: Message<&[u8]>) -> Run<'static, Message<String>> {
        let message = match read_message(message) {
            Ok(message) => message,
            Err(error) => return Run::new(|| ready(Err(error))),
        };
        let flow = self.clone();
        Run::new(|| async move { written(flow.run_message(message).await?) })
    }

    fn trace(&self, message: Message<&[u8]>) -> ErasedTrace {
        match read_message(message) {
            Ok(message) => {
                let items = self.clone().trace_owned(message);
                ErasedTrace(Box::pin(items.map(|item| item_written(item?))))
            }
            Err(error) => ErasedTrace(Box::pin(futures_util::stream::iter([Err(error)]))),
        }
    }
}

/// The same item, whose output is JSON.
pub(crate) fn item_written<Out: ToJson>(
    item: TraceItem<Out>,
) -> Result<TraceItem<String>, FlowError> {
    match item {
        TraceItem::Chunk(chunk) => Ok(TraceItem::Chunk(chunk)),
        TraceItem::Output(message) => written(message).map(TraceItem::Output),
    }
}

/// The same message, whose output is JSON: the user's `Serialize` may fail or panic.
pub(crate) fn written<Out: ToJson>(message: Message<Out>) -> Result<Message<String>, FlowError> {
    let json = caught(|| {
        let json = serde_json::to_string(&message.payload);
        json.map_err(|error| Fault::Invalid(error.into()))
    });
    let fault = match json {
        Ok(json) => return Ok(message.with(json)),
        Err(fault) => fault,
    };
    let kind = match fault {
        Fault::Panicked(_) => ErrorKind::Panicked,
        _ => ErrorKind::Invalid,
    };
    let reason = format!(
        "the output `{}` could not be written",
        TypeName::of::<Out>()
    );
    let spent = message.spent;
    let (_, envelope) = Envelope::of(message);
    let error = FlowError::new(kind, &envelope, reason).caused_by(fault.into_cause());
    error.set_spent(spent.tokens);
    Err(error)
}

/// The stream that [`ErasedFlow::trace`] returns: chunks and the output as they come, then the error if
/// there is one. Dropping it cancels the trace.
#[must_use = "the trace moves only while its stream is polled"]
pub struct ErasedTrace(Pin<Box<dyn Stream<Item = Result<TraceItem<String>, FlowError>> + Send>>);

impl ErasedTrace {
    /// The next item; `None` when the trace is over.
    pub async fn next(&mut self) -> Option<Result<TraceItem<String>, FlowError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for ErasedTrace {
    type Item = Result<TraceItem<String>, FlowError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for ErasedTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasedTrace")
    }
}
