//! Copying a step, writing it and reading it back: the part that is the same for every flow.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize, Serializer};

use super::step_joins::StepJoins;
use super::step_names::StepNames;

/// The output of a node of a durable flow can be stored, and read back.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` of a `durable` flow makes `{Payload}`, which cannot be stored",
    label = "a host could not store `{Payload}`",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, or own what it borrows, as `String` does for `&str`"
)]
pub trait Stores<Payload, const IS_BORROWED: bool> {
    /// Says that it can.
    fn check() {}
}

#[diagnostic::do_not_recommend]
impl<N, Payload: Serialize + DeserializeOwned> Stores<Payload, false> for N {}

/// The input of a durable flow can be stored, and read back.
#[diagnostic::on_unimplemented(
    message = "a `durable` flow takes `{Payload}`, which cannot be stored",
    label = "a host could not store `{Payload}`",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, or own what it borrows, as `String` does for `&str`"
)]
pub trait StoresInput<Payload, const IS_BORROWED: bool> {
    /// Says that it can.
    fn check() {}
}

#[diagnostic::do_not_recommend]
impl<N, Payload: Serialize + DeserializeOwned> StoresInput<Payload, false> for N {}

/// The input of the node with the number `NODE`, which can be copied.
pub trait CloneInput<const NODE: usize> {
    /// Copies it.
    #[must_use]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone, const NODE: usize> CloneInput<NODE> for T {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// The input of the node with the number `NODE`, which can be written.
pub trait EncodeInput<const NODE: usize> {
    /// Writes it as the variant of its node.
    fn encode<S: Serializer>(&self, name: &'static str, serializer: S) -> Result<S::Ok, S::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize, const NODE: usize> EncodeInput<NODE> for T {
    fn encode<S: Serializer>(&self, name: &'static str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_variant("Step", NODE as u32, name, self)
    }
}

/// The input of the node with the number `NODE`, which can be read back.
pub trait DecodeInput<'de, const NODE: usize>: Sized {
    /// Reads the variant of its node.
    fn decode<V: VariantAccess<'de>>(variant: V) -> Result<Self, V::Error>;
}

#[diagnostic::do_not_recommend]
impl<'de, T: Deserialize<'de>, const NODE: usize> DecodeInput<'de, NODE> for T {
    fn decode<V: VariantAccess<'de>>(variant: V) -> Result<Self, V::Error> {
        variant.newtype_variant()
    }
}

/// A step that can be read back, given the number of its variant.
pub trait DecodeStep<'de>: Sized {
    /// Reads the input of the node with this number.
    fn decode<V: VariantAccess<'de>>(node: usize, variant: V) -> Result<Self, V::Error>;
}

/// Reads a step that was written as an enum: by its variant's name, or by its number in
/// formats without names.
pub fn decode_step<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: StepJoins + DecodeStep<'de>,
    D: Deserializer<'de>,
{
    let names = T::names();
    let step = PhantomData;
    deserializer.deserialize_enum("Step", names.all(), Steps { names, step })
}

struct Steps<T> {
    names: &'static StepNames,
    step: PhantomData<T>,
}

impl<'de, T: DecodeStep<'de>> Visitor<'de> for Steps<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a step of the nodes {:?}", self.names.all())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<T, A::Error> {
        let (node, variant) = data.variant_seed(NodeNumber(self.names))?;
        T::decode(node, variant)
    }
}

struct NodeNumber(&'static StepNames);

impl<'de> DeserializeSeed<'de> for NodeNumber {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NodeNumber {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of the nodes {:?}", self.0.all())
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        let place = self.0.find(name);
        place.ok_or_else(|| E::unknown_variant(name, self.0.all()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<usize, E> {
        let place = usize::try_from(number)
            .ok()
            .filter(|place| *place < self.0.all().len());
        place.ok_or_else(|| E::custom(format_args!("there is no node {number}")))
    }
}
