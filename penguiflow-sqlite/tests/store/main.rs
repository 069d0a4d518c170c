//! The store at the level of bytes, through its own face.

mod at;
mod busy;
mod child;
mod commits;
mod emits;
#[cfg(feature = "failpoints")]
mod failpoints;
#[cfg(target_os = "linux")]
mod full_disk;
mod housekeeping;
#[cfg(unix)]
mod killed;
mod opening;
mod schedules;
mod script;
#[cfg(target_os = "linux")]
mod system_faults;
mod torn;
