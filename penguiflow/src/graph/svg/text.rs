//! Text in a picture: how large it is, where it breaks, and how it is escaped.

use super::place::{Place, number};

/// The height of a line, in pixels.
pub(super) const LINE: f64 = 16.0;
/// The width of a character of the fixed-width fonts at 12 px.
pub(crate) const CHARACTER: f64 = 7.25;
/// How far below its middle a line of text stands: some readers do not know `dominant-baseline`.
const BASELINE: f64 = 4.0;
/// Longer lines break, if they have a space to do so.
const LONGEST: usize = 30;

/// The width and the height of lines of text.
pub(super) fn size(lines: &[String]) -> (f64, f64) {
    let longest = lines.iter().map(|line| line.chars().count()).max();
    let width = longest.unwrap_or(0) as f64 * CHARACTER;
    (width, lines.len() as f64 * LINE)
}

/// Breaks a text at spaces.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LONGEST => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The lines, one below the other, around their middle.
pub(super) fn centred(class: &str, at: Place, lines: &[String]) -> String {
    let first = at.y + BASELINE - (lines.len() as f64 - 1.0) * LINE / 2.0;
    let x = number(at.x);
    let spans = lines.iter().enumerate().map(|(line, text)| {
        let y = number(first + line as f64 * LINE);
        format!(r#"<tspan x="{x}" y="{y}">{}</tspan>"#, escaped(text))
    });
    format!(
        r#"<text class="{class}">{}</text>"#,
        spans.collect::<String>()
    )
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{escaped, lines, size};

    #[test]
    fn long_text_breaks_at_spaces() {
        let text = "Topic::Doc { title, pages } if *pages > 100";
        assert_eq!(
            lines(text),
            ["Topic::Doc { title, pages } if", "*pages > 100"]
        );
        let long = "a_name_of_more_than_thirty_characters";
        assert_eq!(lines(long), [long]);
    }

    #[test]
    fn the_longest_line_is_the_width() {
        let of = |lines: &[&str]| {
            size(
                &lines
                    .iter()
                    .map(|line| (*line).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(of(&["ab", "abcd"]), (29.0, 32.0));
        assert_eq!(of(&[]), (0.0, 0.0));
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(
            escaped("Vec<u8> & \"x\""),
            "Vec&lt;u8&gt; &amp; &quot;x&quot;"
        );
    }
}
