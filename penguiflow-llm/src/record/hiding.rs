//! Takes secrets out of exchanges.

use serde_json::Value;

use super::exchange::Exchange;
use crate::delta::Delta;
use crate::request::Request;

/// What stands in a secret's place.
const HIDDEN: &str = "[hidden]";

/// The beginnings of what is likely a key.
const PREFIXES: [&str; 5] = ["sk-", "Bearer ", "hf_", "ghp_", "AIza"];

/// The shortest rest of a key.
const SHORTEST: usize = 16;

/// The texts that are secret, beside those that look like a key.
#[derive(Debug, Clone, Default)]
pub(super) struct Hiding(Vec<String>);

impl Hiding {
    pub(super) fn add(&mut self, secret: String) {
        if !secret.is_empty() {
            self.0.push(secret);
        }
    }

    pub(super) fn exchange(&self, mut exchange: Exchange) -> Exchange {
        exchange.request = self.request(exchange.request);
        for delta in &mut exchange.deltas {
            if let Delta::Text(text) | Delta::Thinking(text) | Delta::Refusal(text) = delta {
                *text = self.text(text);
            }
        }
        let error = exchange.error.take();
        exchange.error = error.map(|error| error.with_texts(|text| self.text(&text)));
        exchange
    }

    pub(super) fn request(&self, mut request: Request) -> Request {
        for message in &mut request.chat.messages {
            message.content = self.text(&message.content);
        }
        if let Some(schema) = &mut request.schema {
            self.value(&mut schema.schema);
        }
        request
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(map) => map.values_mut().for_each(|item| self.value(item)),
            _ => {}
        }
    }

    fn text(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| text.replace(secret, HIDDEN);
        let text = self.0.iter().fold(text.to_owned(), hide);
        PREFIXES
            .iter()
            .fold(text, |text, prefix| without_keys(&text, prefix))
    }
}

/// The text without what begins as a key does and is long enough to be one.
fn without_keys(text: &str, prefix: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(prefix) {
        let (before, key) = rest.split_at(at + prefix.len());
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = key.find(|c| !is_part(c)).unwrap_or(key.len());
        shown.push_str(before);
        shown.push_str(if end < SHORTEST { &key[..end] } else { HIDDEN });
        rest = &key[end..];
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_key_is_hidden() {
        let mut hiding = Hiding::default();
        hiding.add("swordfish".to_owned());
        let check = |text: &str, shown: &str| assert_eq!(hiding.text(text), shown);
        check("key sk-proj-abcdefghijkl_123456, ok", "key sk-[hidden], ok");
        check(
            "Authorization: Bearer abcdefghijklmnop.qrs",
            "Authorization: Bearer [hidden]",
        );
        check("a sk-short and a task-force", "a sk-short and a task-force");
        check("the swordfish is here", "the [hidden] is here");
        check("Bearer of good news, sk-", "Bearer of good news, sk-");
    }
}
