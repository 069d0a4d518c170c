//! x
use contest::Contestant;
pub(crate) fn contestant() -> Contestant {
    Contestant::new("tasks", env!("CARGO_PKG_VERSION"))
}
