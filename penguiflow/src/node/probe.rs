//! Facts about types as constants: an inherent constant takes precedence over a trait's, so a type
//! of which nothing special is known has the trait's.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "payloads")]
use super::shown_payload::{self, Show};
use super::{parked_payload, read_json};
#[cfg(feature = "schema")]
use crate::graph::MakeSchema;
use crate::graph::{ReadJson, Share, ToJson};
use crate::message::{Message, Print, by_debug, by_hash};
use crate::policy::Retryable;

/// The direction of a plain value: on along the edges.
pub(crate) const ON: u8 = 0;
/// The direction of an `Option`: on, or nowhere.
pub(crate) const MAYBE: u8 = 1;
/// The direction of a `ControlFlow`: on, or out of the flow.
pub(crate) const FORK: u8 = 2;

/// Asks what `T` is: `Probe::<T>::IS_RESULT` and the like, with `ProbeDefault` in scope.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

/// The answers for every type that `Probe` knows nothing special about.
pub trait ProbeDefault {
    /// The type that is asked about.
    type Of;
    /// Whether it is a `Result`.
    const IS_RESULT: bool = false;
    /// Whether it is an `Option` or a `ControlFlow`.
    const DIRECTION: u8 = ON;
    /// Whether it is a `Message`.
    const IS_MESSAGE: bool = false;
    /// Whether it is extracted for a node, and no message.
    const IS_EXTRACTED: bool = false;
    /// Whether a node that takes it besides its message may send chunks by it.
    const MAY_SEND: bool = true;
    /// Whether it is a borrow.
    const IS_BORROWED: bool = false;
    /// Whether it is an error that may ask for a wait before a retry.
    const MAY_ASK: bool = false;
    /// How to make a print of a value, if it can be hashed.
    const BY_HASH: Option<Print<Self::Of>> = None;
    /// The same, if it can be shown.
    const BY_DEBUG: Option<Print<Self::Of>> = None;
    /// How to share a parked payload, if it can be cloned and seen from several threads.
    const SHARE: Option<Share> = None;
    /// How to show a shared payload as JSON, if it can be serialised.
    const TO_JSON: Option<ToJson> = None;
    /// How to read a value from JSON, if it can be deserialised.
    const READ_JSON: Option<ReadJson> = None;
    /// How to show a payload, if it can be serialised.
    #[cfg(feature = "payloads")]
    const SHOW: Option<Show<Self::Of>> = None;
    /// How to make its schema, if it has one.
    #[cfg(feature = "schema")]
    const SCHEMA: Option<MakeSchema> = None;
}

impl<T> ProbeDefault for Probe<T> {
    type Of = T;
}

impl<T, E> Probe<Result<T, E>> {
    /// A `Result` is one.
    pub const IS_RESULT: bool = true;
}

impl<T> Probe<Option<T>> {
    /// An `Option` may be `None`.
    pub const DIRECTION: u8 = MAYBE;
}

impl<B, C> Probe<ControlFlow<B, C>> {
    /// A `ControlFlow` forks.
    pub const DIRECTION: u8 = FORK;
}

impl<T> Probe<Message<T>> {
    /// A `Message` is one.
    pub const IS_MESSAGE: bool = true;
}

impl<T: ?Sized> Probe<&T> {
    /// A `&T` is one.
    pub const IS_BORROWED: bool = true;
}

impl<T: Hash> Probe<T> {
    /// By its hash.
    pub const BY_HASH: Option<Print<T>> = Some(by_hash);
}

impl<T: fmt::Debug> Probe<T> {
    /// By its text.
    pub const BY_DEBUG: Option<Print<T>> = Some(by_debug);
}

impl<T: Clone + Send + Sync + 'static> Probe<T> {
    /// In an `Arc`, for as long as it waits.
    pub const SHARE: Option<Share> = Some(parked_payload::share::<T>);
}

impl<T: Serialize + 'static> Probe<T> {
    /// By serde.
    pub const TO_JSON: Option<ToJson> = Some(parked_payload::to_json::<T>);
}

#[cfg(feature = "payloads")]
impl<T: Serialize> Probe<T> {
    /// As JSON.
    pub const SHOW: Option<Show<T>> = Some(shown_payload::show::<T>);
}

impl<T: DeserializeOwned + Send + 'static> Probe<T> {
    /// By serde.
    pub const READ_JSON: Option<ReadJson> = Some(read_json::read_given::<T>);
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Probe<T> {
    /// As its `JsonSchema` says.
    pub const SCHEMA: Option<MakeSchema> =
        Some(schemars::SchemaGenerator::into_root_schema_for::<T>);
}

impl<E: Retryable> Probe<E> {
    /// An error that knows whether it is retried may ask for a wait.
    pub const MAY_ASK: bool = E::MAY_ASK;
}
