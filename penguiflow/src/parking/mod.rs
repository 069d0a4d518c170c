//! Parked traces: the parking lot of a flow (`parking_lot`), and a parked trace seen from outside
//! (`parked`).

mod parked;
mod parking_lot;

pub use parked::Parked;
pub(crate) use parking_lot::{FlowId, ParkHook, ParkingLot, Wait};
