//! The test kit: `penguiflow::testing`.

mod coverage;
mod golden;
mod paths;
mod scripts;
mod stored_shape;
