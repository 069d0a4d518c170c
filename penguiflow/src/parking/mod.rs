//! Parked traces: the parking lot of a flow (`parking_lot`), a parked trace seen from outside
//! (`parked`), the stream of those that park (`parkings`), and values for them from JSON
//! (`resume_json`).

mod parked;
mod parking_lot;
mod parkings;
mod resume_json;

pub use parked::Parked;
#[cfg(feature = "durable")]
pub(crate) use parked::Payload;
pub(crate) use parking_lot::{FlowId, ParkHook, ParkingLot, Shown, Wait};
pub use parkings::Parkings;
pub use resume_json::ResumeJsonError;
pub(crate) use resume_json::read_for;
