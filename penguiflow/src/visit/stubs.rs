//! Stubs: closures that run in the place of nodes. They are kept by the node's type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use crate::edge::Stub;
use crate::node::Node;

/// The stubs of a flow value.
#[derive(Clone, Default)]
pub(crate) struct Stubs(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Stubs {
    /// Puts a stub in the node's place, or in that of the stub before.
    pub(crate) fn set<N: Node>(&mut self, stub: impl Stub<N> + 'static) {
        let stub: Box<dyn Stub<N>> = Box::new(stub);
        self.0.insert(TypeId::of::<N>(), Arc::new(stub));
    }

    #[cold]
    pub(super) fn get<N: Node>(&self) -> Option<&dyn Stub<N>> {
        let stub = self.0.get(&TypeId::of::<N>())?;
        stub.downcast_ref::<Box<dyn Stub<N>>>().map(Box::as_ref)
    }
}
