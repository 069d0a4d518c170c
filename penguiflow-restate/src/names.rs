//! What things are called in the engine. Stored traces are found by these names, so they stay.

use penguiflow::host::StepId;

/// The handler that runs a trace.
pub(crate) const RUN: &str = "run";
/// The handler that gives a parked step its value.
pub(crate) const RESUME: &str = "resume";
/// The handler that returns the error that a trace has ended in.
pub(crate) const FAILURE: &str = "failure";

/// The handler that lets somebody follow a trace, and the signal by which the trace is told.
pub(crate) const FOLLOW: &str = "follow";
/// The handler that returns an item to who follows a trace.
pub(crate) const ITEM: &str = "item";

/// The code that a trace ends with which was cancelled.
pub(crate) const CANCELLED: u16 = 410;

/// The header of an input that is a whole message, and not its payload alone.
pub(crate) const MESSAGE_HEADER: &str = "x-penguiflow-message";
/// The header that names the step to resume.
pub(crate) const STEP_HEADER: &str = "x-penguiflow-step";
/// The header that names the type of the value that a step is resumed with.
pub(crate) const TYPE_HEADER: &str = "x-penguiflow-type";

/// The header of an input that names the feed of who follows the trace from its begin on.
pub(crate) const FEED_HEADER: &str = "x-penguiflow-feed";

/// The state with the frontier of a trace that waits for values.
pub(crate) const FRONTIER: &str = "frontier";
/// The state with the steps of a trace that wait for values.
pub(crate) const PARKED: &str = "parked";
/// The state with the error that a trace has ended in.
pub(crate) const ERROR: &str = "error";

/// The promise of the value for a parked step.
pub(crate) fn promise(step: StepId) -> String {
    format!("resume {step}")
}

/// The promise of an item in a feed.
pub(crate) fn item(feed: &str, number: u64) -> String {
    format!("{feed} {number}")
}

/// The service of a flow: its name, as far as the engine allows it.
pub(crate) fn service(flow: &str) -> String {
    let legal = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') => c,
        _ => '_',
    };
    let name: String = flow.chars().map(legal).collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("flow{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::service;

    #[test]
    fn a_service_has_the_name_of_its_flow_where_that_is_legal() {
        assert_eq!(service("support_desk"), "support_desk");
        assert_eq!(service("Fluß 2"), "Flu__2");
        assert_eq!(service("_draft"), "flow_draft");
        assert_eq!(service(""), "flow");
    }
}
