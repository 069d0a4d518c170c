//! From requests to messages: the envelope out of the headers, the payload out of the body.

mod body;
mod caller;
mod caller_options;
mod idempotency_key;
mod json_message;
mod timeout;
mod trace_parent;

pub(crate) use body::{BodyLimits, read_body, read_json_body};
pub use caller::Caller;
pub use caller_options::CallerOptions;
pub use idempotency_key::IdempotencyKey;
pub use json_message::JsonMessage;
