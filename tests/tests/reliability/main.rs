//! What happens when nodes are slow, fail, panic or go round forever, and how `FlowError`
//! tells it.

mod backoff;
mod concurrency;
mod deadlines;
mod errors;
mod hops;
mod panics;
mod per;
mod rate;
mod retries;
mod retryable;
mod set_policies;
mod spent;
mod tenant_policies;
mod timeouts;
mod tokens;
mod validate;
