//! Messages from JSON: a document is read before it becomes a message.

use crate::edge::FromJson;
use crate::error::FlowError;
use crate::message::{Envelope, Message};
use crate::node::read_json;

impl<T> Message<T> {
    /// A message whose payload is read from a JSON document, a text or bytes.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use serde::Deserialize;
    ///
    /// #[derive(Debug, Deserialize)]
    /// struct Order {
    ///     items: Vec<Item>,
    /// }
    ///
    /// #[derive(Debug, Deserialize)]
    /// struct Item {
    ///     count: u32,
    /// }
    ///
    /// let order = Message::<Order>::from_json(r#"{"items": [{"count": 2}]}"#)?.tenant("acme");
    /// assert_eq!(order.payload.items[0].count, 2);
    ///
    /// let error = Message::<Order>::from_json(r#"{"items": [{"count": "two"}]}"#).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Invalid);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the document does not fit `Order` at `items[0].count`: \
    ///      invalid type: string \"two\", expected u32 at line 1 column 26"
    /// );
    /// # Ok::<_, FlowError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit: its text names the place, and its
    /// source is the `serde_json::Error`.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, FlowError>
    where
        T: FromJson,
    {
        read_message(Message::new(json))
    }
}

/// The same message with the payload that is read from its document.
///
/// # Errors
///
/// Those of `from_json`, of the message's trace.
pub(crate) fn read_message<T: FromJson>(
    message: Message<impl AsRef<[u8]>>,
) -> Result<Message<T>, FlowError> {
    match read_json(message.payload.as_ref()) {
        Ok(payload) => Ok(message.with(payload)),
        Err(unfit) => Err(unfit.into_error(&Envelope::of(message).1)),
    }
}
