//! What the document says of a flow is made of this.

use penguiflow::host::FlowSignature;

use crate::options::Options;

/// A flow that is described.
pub(crate) struct Described<'a> {
    pub(crate) name: &'a str,
    pub(crate) signature: &'a FlowSignature,
    pub(crate) is_durable: bool,
    pub(crate) options: &'a Options,
}
