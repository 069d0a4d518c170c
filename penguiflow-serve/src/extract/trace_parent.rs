//! The trace that a request is part of, as <https://www.w3.org/TR/trace-context/> has it.

use axum::http::HeaderMap;
use penguiflow::TraceId;

/// The caller's trace. A header that is not as the standard has it is as good as none.
pub(super) fn trace_id(headers: &HeaderMap) -> Option<TraceId> {
    parse(headers.get("traceparent")?.to_str().ok()?)
}

fn parse(header: &str) -> Option<TraceId> {
    let mut parts = header.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let (parent, flags) = (parts.next()?, parts.next()?);
    let is_hex = |text: &str, digits| {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == digits && text.bytes().all(is_digit)
    };
    let is_known = is_hex(version, 2) && version != "ff";
    let is_whole = version != "00" || parts.next().is_none();
    let is_parent = is_hex(parent, 16) && parent != "0000000000000000" && is_hex(flags, 2);
    let id = id.parse().ok().filter(|_| is_hex(id, 32));
    id.filter(|_| is_known && is_whole && is_parent)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_trace_is_read_where_the_whole_header_is_valid() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let read = |header: String| parse(&header).map(|id| id.to_string());
        assert_eq!(
            read(format!("00-{id}-00f067aa0ba902b7-01")).as_deref(),
            Some(id)
        );
        assert_eq!(
            read(format!("cc-{id}-00f067aa0ba902b7-01-more")).as_deref(),
            Some(id)
        );
        for wrong in [
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("00-{id}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{id}"),
            String::new(),
        ] {
            assert_eq!(read(wrong.clone()), None, "{wrong}");
        }
    }
}
