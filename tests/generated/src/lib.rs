//! Invariants of penguiflow over generated flows.
