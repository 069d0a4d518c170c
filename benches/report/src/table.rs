//! Tables in Markdown that are aligned as plain text, too.

/// A table in Markdown that is aligned as plain text, too: the first column to the left.
pub fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let head: Vec<_> = head.iter().map(|&cell| cell.to_owned()).collect();
    let all = || [&head].into_iter().chain(&rows);
    let width = |column: usize| all().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..head.len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut lines: Vec<_> = all().map(|row| line(row, &widths)).collect();
    lines.insert(1, rule(&widths));
    lines.join("\n")
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).enumerate();
    let cells: Vec<_> = cells
        .map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        })
        .collect();
    format!("| {} |", cells.join(" | "))
}

/// What stands below the head.
fn rule(widths: &[usize]) -> String {
    let cells = widths
        .iter()
        .enumerate()
        .map(|(column, width)| match column {
            0 => "-".repeat(width + 2),
            _ => "-".repeat(width + 1) + ":",
        });
    format!("|{}|", cells.collect::<Vec<_>>().join("|"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["clean", "27"], ["a change", "6"]].map(|row| row.map(str::to_owned).into());
        expect![[r"
            |          | crates |
            |----------|-------:|
            | clean    |     27 |
            | a change |      6 |"]]
        .assert_eq(&table(&["", "crates"], rows.into()));
    }
}
