//! Where traces wait for values from outside: the lot of a flow (`parking_lot`), and what is seen of it
//! (`parked`).

mod parked;
mod parking_lot;

pub use parked::Parked;
pub(crate) use parking_lot::{FlowId, ParkHook, ParkingLot, Wait};
