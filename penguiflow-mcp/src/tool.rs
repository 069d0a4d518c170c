//! A flow as a tool: its name, its texts, its schemas, and how its questions are put.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use penguiflow::host::{FlowSignature, HostError, ParkedStep};
use rmcp::model::{CallToolResult, ContentBlock, ToolAnnotations};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::schema::{Form, ObjectShape};
use crate::trip::Trips;

/// How the question for a step that waits is put.
type Question = dyn Fn(&ParkedStep) -> String + Send + Sync;

/// A flow as a tool, with what its client is to know of it.
///
/// [`Server::tool`](crate::Server::tool) takes a flow as it is, with its own name. This is for a flow
/// that needs more said.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_mcp::{Server, Tool};
/// use std::time::Duration;
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tool = Tool::new(flow! { shout })
///     .named("shout")
///     .described("Says a text louder")
///     .deadline(Duration::from_secs(30));
/// let server = Server::new().tool(tool);
/// assert_eq!(server.tools()[0].name, "shout");
/// # }
/// ```
#[derive(Clone)]
pub struct Tool {
    name: String,
    title: Option<String>,
    description: String,
    annotations: Option<ToolAnnotations>,
    question: Option<Arc<Question>>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) input: ObjectShape,
    output: ObjectShape,
    /// By the place where traces wait.
    forms: Arc<BTreeMap<&'static str, Form>>,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) trips: Arc<dyn Trips>,
}

impl Tool {
    pub(crate) fn of(trips: Arc<dyn Trips>) -> Self {
        let signature = trips.signature();
        let (input, output) = (signature.input.to_string(), signature.output.to_string());
        let forms = signature.awaits.iter().map(|place| {
            let form = Form::of(place.schema().as_ref(), &place.awaited.to_string());
            (place.name, form)
        });
        Self {
            name: signature.name().to_owned(),
            title: None,
            description: description(signature),
            annotations: None,
            question: None,
            deadline: None,
            input: ObjectShape::of(signature.input_schema.as_ref(), "input", &input),
            output: ObjectShape::of(signature.output_schema.as_ref(), "result", &output),
            forms: Arc::new(forms.collect()),
            fingerprint: fingerprint(signature),
            trips,
        }
    }

    /// The name by which clients call it: that of the flow, unless set. 1 to 128 letters, digits,
    /// underscores, hyphens and dots.
    ///
    /// # Panics
    ///
    /// If it is no such name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let fits = (1..=128).contains(&self.name.len()) && self.name.chars().all(is_allowed);
        assert!(
            fits,
            "`{}` is no name of a tool: 1 to 128 letters, digits, underscores, hyphens and dots",
            self.name
        );
        self
    }

    /// The name that people see.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What it does, for the model that is to choose it. Unless set, it is made of the flow's name, of
    /// the texts of its types, and of what it asks the user for.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Hints for clients: whether it only reads, whether it destroys, whether it can be repeated.
    #[must_use]
    pub fn annotated(mut self, annotations: ToolAnnotations) -> Self {
        self.annotations = Some(annotations);
        self
    }

    /// How long a call may take in all, with the time in which it waits for a person: the deadline of its
    /// message.
    #[must_use]
    pub fn deadline(mut self, time: Duration) -> Self {
        self.deadline = Some(time);
        self
    }

    /// What the user is asked where a trace waits. The step has the payload that waits: of a flow in
    /// memory where it [shows payloads](penguiflow::Flow::show_payloads), of a durable one always. Unless
    /// set, the user sees the flow and the place alone.
    ///
    /// ```
    /// # use penguiflow::prelude::*;
    /// # use penguiflow_mcp::Tool;
    /// # #[node]
    /// # async fn check(amount: u32) -> u32 {
    /// #     amount
    /// # }
    /// # #[node]
    /// # async fn refund((amount, is_approved): (u32, bool)) -> String {
    /// #     format!("{amount}: {is_approved}")
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let flow = flow! { check -> await bool -> refund };
    /// let tool = Tool::new(flow.show_payloads()).asking(|step| match &step.payload {
    ///     Some(amount) => format!("Pay {amount} back?"),
    ///     None => "Pay it back?".to_owned(),
    /// });
    /// # }
    /// ```
    #[must_use]
    pub fn asking(
        mut self,
        question: impl Fn(&ParkedStep) -> String + Send + Sync + 'static,
    ) -> Self {
        self.question = Some(Arc::new(question));
        self
    }

    /// The name by which clients call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the client is asked where a trace waits.
    pub(crate) fn question(&self, step: &ParkedStep) -> String {
        match &self.question {
            Some(question) => question(step),
            None => format!("`{}` waits for an answer at `{}`.", self.name, step.node),
        }
    }

    pub(crate) fn form(&self, step: &ParkedStep) -> &Form {
        let form = self.forms.get(&*step.node);
        form.expect("a trace waits at a place of its flow")
    }

    /// What clients see in the list of tools.
    pub(crate) fn listed(&self) -> rmcp::model::Tool {
        let name = self.name.clone();
        let description = self.description.clone();
        let mut tool = rmcp::model::Tool::new(name, description, Arc::clone(&self.input.schema));
        tool.title.clone_from(&self.title);
        tool.annotations.clone_from(&self.annotations);
        tool.with_raw_output_schema(Arc::clone(&self.output.schema))
    }

    /// The result of a call.
    pub(crate) fn result(&self, ended: Result<Value, HostError>) -> CallToolResult {
        let output = match ended {
            Ok(output) => output,
            Err(error) => return failed(&error.to_string()),
        };
        // A text is read better without quotes.
        let text = match &output {
            Value::String(text) => text.clone(),
            output => output.to_string(),
        };
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        result.structured_content = Some(self.output.wrap(output));
        result
    }
}

/// The result of a call that failed, in a sentence that the model reads.
pub(crate) fn failed(sentence: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(sentence)])
}

/// What a tool says of itself without being told.
fn description(signature: &FlowSignature) -> String {
    let (input, output) = (&signature.input, &signature.output);
    let mut text = format!(
        "Runs the flow `{}`, which takes a `{input}` and returns a `{output}`.",
        signature.name()
    );
    let schema = signature.input_schema.as_ref();
    let docs = schema.and_then(|schema| schema.get("description")?.as_str());
    if let Some(docs) = docs {
        text += &format!(" `{input}`: {}", docs.trim_end_matches('.'));
        text.push('.');
    }
    if !signature.awaits.is_empty() {
        let awaited = signature.awaits.iter();
        let names: Vec<_> = awaited
            .map(|place| format!("`{}`", place.awaited))
            .collect();
        text += &format!(" Meanwhile it asks the user for {}.", names.join(", "));
    }
    text
}

/// What a call that waits relies on: the graph and the types.
fn fingerprint(signature: &FlowSignature) -> [u8; 32] {
    let mut hash = Sha256::new();
    let graph = serde_json::to_vec(signature.graph).unwrap_or_default();
    hash.update(graph);
    let places = signature.awaits.iter();
    let awaited = places.map(|place| (place.name, place.awaited.full()));
    let types = [
        ("input", signature.input.full()),
        ("output", signature.output.full()),
    ];
    for (name, full) in types.into_iter().chain(awaited) {
        hash.update([0]);
        hash.update(name);
        hash.update([0]);
        hash.update(full);
    }
    hash.finalize().into()
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}
