//! What the events of a visit show of its payloads: nothing without the feature `payloads`.

#[cfg(feature = "payloads")]
use std::sync::Arc;

use super::Observed;
use crate::error::Fault;
#[cfg(feature = "payloads")]
use crate::event::Shown;
#[cfg(feature = "payloads")]
use crate::node::signature::Signature;
use crate::node::{Attempt, Node, Param};

/// Shows what an attempt has returned. A pointer, so that few copies of what calls it are compiled.
pub(in crate::visit) type ShowOutput<'v, T> = fn(&mut Observed<'v>, &Result<T, Fault>);

#[cfg(not(feature = "payloads"))]
impl Observed<'_> {
    #[inline]
    pub(in crate::visit) fn show_input<N: Node>(&mut self, _: Option<&Param<N>>) {}

    #[inline]
    pub(in crate::visit) fn show_output<N: Node>(&mut self, _: &Attempt<N>) {}
}

#[cfg(feature = "payloads")]
impl Observed<'_> {
    /// Shows what an attempt takes, in the event that it begins.
    #[inline]
    pub(in crate::visit) fn show_input<N: Node>(&mut self, param: Option<&Param<N>>) {
        if self.shows() {
            let show = N::PAYLOADS.input.zip(param);
            let shown = show.map(|(show, param)| show(N::Signature::payload(param)));
            self.shown = Shown(shown.map(Arc::new));
        }
    }

    /// Shows what it has returned, in the event that it ends.
    #[inline]
    pub(in crate::visit) fn show_output<N: Node>(&mut self, returned: &Attempt<N>) {
        if self.shows() {
            let success = returned.as_ref().ok().and_then(N::Signature::onward);
            let show = N::PAYLOADS.output.zip(success);
            self.shown = Shown(show.map(|(show, success)| Arc::new(show(success))));
        }
    }

    fn shows(&self) -> bool {
        self.flow().shows_payloads && self.flow().is_observed()
    }
}
