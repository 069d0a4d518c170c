//! The limits of flows that visits call: one set for each type of flow and each depth of calls.
//! They are few, are only ever added, and are found without a lock.

use std::any::TypeId;
use std::sync::{Arc, OnceLock};

/// The called flows of one depth, and those that are called from there.
#[derive(Debug)]
pub(super) struct CalledFlows<L> {
    first: OnceLock<Box<CalledFlow<L>>>,
    deeper: OnceLock<Box<Self>>,
}

#[derive(Debug)]
struct CalledFlow<L> {
    flow: TypeId,
    shared: Arc<L>,
    next: OnceLock<Box<Self>>,
}

impl<L> CalledFlows<L> {
    /// What all calls of one type of flow share at one depth of calls. The first call makes it.
    pub(super) fn of(&self, depth: u32, flow: TypeId, make: impl Fn() -> L) -> Arc<L> {
        let mut level = self;
        for _ in 0..depth {
            level = level.deeper.get_or_init(Box::default);
        }
        let mut place = &level.first;
        loop {
            let found = place.get_or_init(|| {
                Box::new(CalledFlow {
                    flow,
                    shared: Arc::new(make()),
                    next: OnceLock::new(),
                })
            });
            if found.flow == flow {
                return Arc::clone(&found.shared);
            }
            place = &found.next;
        }
    }
}

impl<L> CalledFlows<L> {
    /// Calls this with what each type of flow shares, at each depth.
    pub(super) fn for_each(&self, call: &mut impl FnMut(&L)) {
        let mut level = Some(self);
        while let Some(this) = level {
            let mut place = this.first.get();
            while let Some(found) = place {
                call(&found.shared);
                place = found.next.get();
            }
            level = this.deeper.get().map(|deeper| &**deeper);
        }
    }
}

impl<L> Default for CalledFlows<L> {
    fn default() -> Self {
        Self {
            first: OnceLock::new(),
            deeper: OnceLock::new(),
        }
    }
}
