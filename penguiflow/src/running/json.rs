//! Emits messages from JSON documents.

use std::future::ready;

use super::{OpenSea, Running};
use crate::edge::{FromJson, SingleOutput};
use crate::flow::Run;
use crate::message::{Message, TraceId};
use crate::trace::Line;

impl<F, S> OpenSea<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// [`emit`](Self::emit), of a payload that is read from a JSON document, a text or bytes.
    /// A document that does not fit is not waited with, and not counted as emitted.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit, and those of `emit`.
    pub fn emit_json(&self, json: impl AsRef<[u8]>) -> Run<'_, TraceId>
    where
        F::In: FromJson,
    {
        let message = Message::from_json(json);
        Run::new(|| async move { self.emit(message?).await })
    }

    /// [`call`](Self::call), with a payload that is read from a JSON document, a text or bytes.
    /// A document that does not fit waits for no place, and is not counted as emitted.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit, and those of `call`.
    pub fn call_json(&self, json: impl AsRef<[u8]>) -> Run<'static, F::Out>
    where
        F: SingleOutput,
        F::In: FromJson,
    {
        match Message::from_json(json) {
            Ok(message) => self.call(message),
            Err(error) => Run::new(|| ready(Err(error))),
        }
    }
}

impl<F, S> Running<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// [`emit`](Self::emit), of a payload that is read from a JSON document, a text or bytes.
    /// A document that does not fit is not waited with, and not counted as emitted.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit, and those of `emit`.
    pub fn emit_json(&self, json: impl AsRef<[u8]>) -> Run<'_, TraceId>
    where
        F::In: FromJson,
    {
        self.sea.emit_json(json)
    }

    /// [`call`](Self::call), with a payload that is read from a JSON document, a text or bytes.
    /// A document that does not fit waits for no place, and is not counted as emitted.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit, and those of `call`.
    pub fn call_json(&self, json: impl AsRef<[u8]>) -> Run<'static, F::Out>
    where
        F: SingleOutput,
        F::In: FromJson,
    {
        self.sea.call_json(json)
    }
}
