//! The text of a trace's error.

use std::fmt;

use super::FlowError;
use crate::error::causes::{listed, text_of, write_causes};
use crate::error::kind::ErrorKind;
use crate::error::levels::{Levels, chain};

impl FlowError {
    fn write_with_causes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_causes(f, self.to_string(), chain(Some(self)).skip(1))
    }

    fn write_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        if report.is_sentence {
            return f.write_str(&report.reason);
        }
        if let Some(levels) = Levels::of(self) {
            return write!(f, "{levels}");
        }
        if let Some(node) = &report.node {
            write!(f, "node `{node}` ")?;
        }
        f.write_str(&report.reason)?;
        if report.attempts > 1 {
            write!(f, " after {} attempts", report.attempts)?;
        }
        match &report.source {
            Some(source) if report.kind == ErrorKind::Invalid => write!(f, ": {}", listed(source)),
            Some(source) => write!(f, "{}{}", report.joint, text_of(source)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => self.write_with_causes(f),
            false => self.write_sentence(f),
        }
    }
}

impl fmt::Debug for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        f.debug_struct("FlowError")
            .field("kind", &report.kind)
            .field("message", &format_args!("{self}"))
            .field("node", &report.node)
            .field("attempts", &report.attempts)
            .field("elapsed", &report.elapsed)
            .field("spent", &self.spent())
            .field("trace_id", &report.envelope.trace_id)
            .field("headers", report.envelope.headers())
            .field("source", &report.source)
            .finish()
    }
}
