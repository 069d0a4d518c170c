//! The agent.

use rig::operation::Completion;
use rig::tool::ToolExecutionError;
use rig::{Agent, AgentBuilder, DynModel, rig_tool};

/// Adds two numbers.
#[rig_tool(description = "Adds two numbers")]
pub(crate) async fn add(a: i64, b: i64) -> Result<i64, ToolExecutionError> {
    Ok(a + b)
}

pub(crate) fn agent(model: impl Into<DynModel<Completion>>) -> Agent {
    AgentBuilder::new(model)
        .preamble("You add numbers.")
        .tool(Add)
        .default_max_turns(32)
        .build()
}
