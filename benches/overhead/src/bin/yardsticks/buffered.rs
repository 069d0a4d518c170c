//! x
use contest::Contestant;
pub(crate) fn contestant() -> Contestant {
    Contestant::new("buffered", env!("CARGO_PKG_VERSION"))
}
