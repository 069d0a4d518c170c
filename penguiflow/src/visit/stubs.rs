//! What runs in the place of nodes: closures and scripts, kept by the node's type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use crate::edge::{Script, Stub};
use crate::node::Node;

/// The stubs and the scripts of a flow value.
#[derive(Clone, Default)]
pub(crate) struct Stubs(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

/// What runs in a node's place: the script first, then the stub.
pub(crate) struct StandIn<N: Node> {
    pub(super) stub: Option<Arc<dyn Stub<N>>>,
    pub(super) script: Option<Arc<Script<N>>>,
}

impl Stubs {
    /// Puts a stub in the node's place, or in that of the stub before.
    pub(crate) fn set<N: Node>(&mut self, stub: impl Stub<N> + 'static) {
        let script = self.get::<N>().and_then(|before| before.script.clone());
        let stub: Option<Arc<dyn Stub<N>>> = Some(Arc::new(stub));
        self.put(StandIn { stub, script });
    }

    /// Gives the node a script, in the place of the one before.
    pub(crate) fn set_script<N: Node>(&mut self, script: Script<N>) {
        let stub = self.get::<N>().and_then(|before| before.stub.clone());
        let script = Some(Arc::new(script));
        self.put(StandIn { stub, script });
    }

    fn put<N: Node>(&mut self, stand_in: StandIn<N>) {
        self.0.insert(TypeId::of::<N>(), Arc::new(stand_in));
    }

    #[cold]
    pub(super) fn get<N: Node>(&self) -> Option<&StandIn<N>> {
        self.0.get(&TypeId::of::<N>())?.downcast_ref()
    }
}
