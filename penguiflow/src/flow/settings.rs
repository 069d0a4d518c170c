//! The settings of a started flow.

#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How many traces may be in flight.
    pub(crate) capacity: usize,
    /// How many results may wait to be fetched before traces wait to hand theirs over.
    pub(crate) backlog: usize,
    /// Whether results come in the order of the emits.
    pub(crate) ordered: bool,
    /// Whether traces that gave no output have a result, too.
    pub(crate) filtered: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            capacity: 64,
            backlog: 1024,
            ordered: false,
            filtered: false,
        }
    }
}
