//! Tables that fit the terminal. Where the output is no terminal, a row is a line, however long.

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};

use crate::text;

/// A table with these columns, of which the first ones are never broken.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    whole: usize,
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    match width() {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        None => drop(table.set_content_arrangement(ContentArrangement::Disabled)),
    }
    for row in rows {
        table.add_row(row.map(|cell| text::one_line(&cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        if column.index < whole {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

/// The width that `COLUMNS` asks for, or the terminal has.
fn width() -> Option<u16> {
    let asked = std::env::var("COLUMNS").ok();
    let asked = asked.and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| width.0);
    asked.or_else(terminal).filter(|width| *width >= 20)
}
