//! Where traces wait for values from outside: the lot of a flow (`lot`), and what is seen of it
//! (`parked`).

mod lot;
mod parked;

pub(crate) use lot::{FlowId, ParkHook, ParkingLot};
pub use parked::Parked;
