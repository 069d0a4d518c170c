//! What can be a tool.

use std::sync::Arc;

use penguiflow::host::DurableFlow;
use penguiflow::{AnyFlow, AnyRunning, ErasedRunning};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tool::Tool;
use crate::trip::{FrontierTrips, HostedTrips};

/// What can be a tool: a started flow, in memory or on a store, with its types or without; a flow, which
/// is started; a [`DurableFlow`], whose calls that wait are kept by their clients; a [`Tool`].
///
/// The parameter tells these apart, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tool",
    label = "not a flow that can be a tool",
    note = "a tool is a flow, a started flow or a `DurableFlow`, with one output per trace; a flow whose nodes have a state is given it by `.with_state(…)`",
    note = "the input is `Deserialize` and the output `Serialize`; both derive `schemars::JsonSchema`, for the schemas that clients see"
)]
pub trait ToolSource<By> {
    /// The tool.
    #[doc(hidden)]
    fn into_tool(self) -> Tool;
}

impl Tool {
    /// A flow as a tool: a started flow, in memory or on a store; a [`Flow`](penguiflow::Flow), which is
    /// started; or a [`DurableFlow`], whose calls that wait are kept by their clients.
    ///
    /// # Panics
    ///
    /// If a `Flow` is to be started outside of a tokio runtime.
    pub fn new<By>(flow: impl ToolSource<By>) -> Self {
        flow.into_tool()
    }
}

/// Marks what is started.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByRunning {}

/// Marks what is to be started.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByFlow {}

/// Marks what has no types.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByItself {}

#[diagnostic::do_not_recommend]
impl<R> ToolSource<ByRunning> for R
where
    R: AnyRunning,
    R::In: DeserializeOwned,
    R::Out: Serialize,
{
    fn into_tool(self) -> Tool {
        Tool::of(Arc::new(HostedTrips::new(self.erase())))
    }
}

#[diagnostic::do_not_recommend]
impl<F> ToolSource<ByFlow> for F
where
    F: AnyFlow,
    F::In: DeserializeOwned,
    F::Out: Serialize,
{
    fn into_tool(self) -> Tool {
        Tool::of(Arc::new(HostedTrips::new(self.start().erase())))
    }
}

impl ToolSource<ByItself> for ErasedRunning {
    fn into_tool(self) -> Tool {
        Tool::of(Arc::new(HostedTrips::new(self)))
    }
}

impl ToolSource<ByItself> for DurableFlow {
    fn into_tool(self) -> Tool {
        Tool::of(Arc::new(FrontierTrips::new(self)))
    }
}

impl ToolSource<ByItself> for Tool {
    fn into_tool(self) -> Tool {
        self
    }
}
