//! The only attempt of a visit that can be cut or that somebody listens to.

use std::future::Future;
use std::pin::Pin;

use super::attempt::Attempt;
use super::call::{Call, VisitsNode, judge, visit};
use super::cursor::Cursor;
use super::observed::Observed;
use super::observed::payloads::ShowOutput;
use super::panics::Cuttable;
use crate::error::FlowError;
use crate::node::{Param, Success, Visits};
use crate::policy::Policy;

/// A visit that is watched, in a box: only few are.
pub(super) type Watched<'v, T> = Pin<Box<dyn Future<Output = Result<T, FlowError>> + Send + 'v>>;

impl Cursor<'_> {
    /// Runs the only attempt of a visit that can be cut or that somebody listens to.
    #[cold]
    pub fn watch<'v, N, S>(
        &'v self,
        (index, node): (u32, &'v N),
        kept: &'v mut <N::Visits as Visits>::Kept<Param<N>>,
        moved: <N::Visits as Visits>::Moved<Param<N>>,
        state: &'v S,
    ) -> Watched<'v, Success<N>>
    where
        N: Call<S, Visits: VisitsNode>,
        S: Sync,
    {
        let mut observed = Observed::new(self, index);
        observed.show_input::<N>(N::Visits::look(kept, &moved));
        #[cfg(feature = "testing")]
        if let Some(stand_in) = self.trace.flow.stand_in::<N>() {
            let (param, seed) = (N::Visits::lend(kept, moved), self.visit(state, index));
            let call = Cuttable::new(stand_in.attempt(node, param, seed), |judged| judged);
            return watch(observed, call, Observed::show_output::<N>);
        }
        let call = visit::<N, S>(node, kept, moved, self.visit(state, index));
        let call = Cuttable::new(Box::pin(call), judge::<N, S>);
        watch(observed, call, Observed::show_output::<N>)
    }
}

/// Generic in what the node returns alone, so that few copies of it are compiled.
fn watch<'v, R: Send + 'v, T: Send + 'v>(
    mut observed: Observed<'v>,
    mut call: Cuttable<'v, R, T>,
    show_output: ShowOutput<'v, T>,
) -> Watched<'v, T> {
    Box::pin(async move {
        let policy = observed.set_policy();
        let _permit = match policy.is_some_and(Policy::is_limited) {
            true => Some(Box::pin(observed.permit()).await?),
            false => None,
        };
        let end = observed.begin(policy.and_then(|policy| policy.timeout))?;
        let judged = Attempt::new(Pin::new(&mut call), observed.span(), end).await;
        // The future that was cut is dropped before its end is reported.
        observed.cut(&judged, || call.cut());
        show_output(&mut observed, &judged);
        observed.conclude(&judged);
        match judged {
            Ok(success) => {
                observed.end();
                Ok(success)
            }
            Err(fault) => Err(observed.failed(fault)),
        }
    })
}
