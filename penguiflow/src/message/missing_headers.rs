//! Headers that lack what others have: an empty tenant, no topic, a priority of 0, a missing key.

use super::Headers;

impl Headers {
    /// Whether the others have something that these lack.
    pub(crate) fn lack(&self, others: &Self) -> bool {
        let lack_key = |key| !self.meta.contains_key(key);
        self.tenant.is_empty() && !others.tenant.is_empty()
            || self.topic.is_none() && others.topic.is_some()
            || self.priority == 0 && others.priority != 0
            || others.meta.keys().any(lack_key)
    }

    /// Adds what these lack and the others have.
    pub(crate) fn add_missing(&mut self, others: &Self) {
        if self.tenant.is_empty() {
            self.tenant.clone_from(&others.tenant);
        }
        if self.topic.is_none() {
            self.topic.clone_from(&others.topic);
        }
        if self.priority == 0 {
            self.priority = others.priority;
        }
        for (key, value) in &others.meta {
            if !self.meta.contains_key(key) {
                self.meta.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::message::{Headers, Message};

    fn headers(tenant: &str, priority: i32, meta: &[(&str, &str)]) -> Headers {
        let message = Message::new(()).tenant(tenant).priority(priority);
        let add = |message: Message<()>, (key, value): &(&str, &str)| message.meta(*key, *value);
        meta.iter().fold(message, add).headers
    }

    #[test]
    fn what_is_there_stays_and_what_is_missing_is_added() {
        let mut first = headers("", 2, &[("a", "1")]);
        let others = headers("acme", 7, &[("a", "9"), ("b", "2")]);
        assert!(first.lack(&others));
        first.add_missing(&others);
        assert_eq!(first, headers("acme", 2, &[("a", "1"), ("b", "2")]));
        assert!(!first.lack(&others));
    }

    #[test]
    fn empty_headers_add_nothing() {
        let first = headers("acme", 0, &[]);
        assert!(!first.lack(&Headers::default()));
        assert!(Headers::default().lack(&first));
    }
}
