//! A piece of a diagram: rows of text, and the rows that lines continue from. The first row is the
//! axis that pieces are aligned at.

/// A rectangle of text.
#[derive(Default)]
pub(super) struct TextBlock {
    rows: Vec<String>,
    /// The nodes that it begins with.
    pub(super) heads: Vec<usize>,
    /// The rows that continue, each with the node that it ends at.
    pub(super) tails: Vec<(usize, usize)>,
    /// Whether its rows begin with lines of their own.
    pub(super) is_fork: bool,
    /// Whether it begins with a label instead of a node.
    is_label: bool,
    /// Whether it ends where a loop comes back.
    pub(super) is_back: bool,
}

impl TextBlock {
    /// Text that stands for these nodes.
    pub(super) fn text(text: &str, nodes: &[usize]) -> Self {
        let node = nodes.first().copied().unwrap_or(usize::MAX);
        Self {
            rows: vec![text.to_owned()],
            heads: nodes.to_vec(),
            tails: vec![(0, node)],
            ..Self::default()
        }
    }

    /// The same block, as the end of a loop.
    pub(super) fn back(mut self) -> Self {
        self.is_back = true;
        self
    }

    /// The nodes that it ends at.
    pub(super) fn ends(&self) -> Vec<usize> {
        self.tails.iter().map(|(_, node)| *node).collect()
    }

    pub(super) fn into_rows(self) -> Vec<String> {
        let rows = self.rows.into_iter();
        rows.map(|row| row.trim_end().to_owned()).collect()
    }

    /// This block, followed by another one.
    pub(super) fn then(mut self, next: Self) -> Self {
        self.bring_together();
        let line = match (next.is_fork, self.tails.len()) {
            (false, _) => "▶ ",
            (true, 1) => "",
            (true, _) => "─",
        };
        self.push_right(line, &next);
        self
    }

    /// This block as the label of another one.
    pub(super) fn labels(mut self, next: Self) -> Self {
        self.heads.clone_from(&next.heads);
        let mut labelled = self.then(next);
        labelled.is_label = true;
        labelled
    }

    /// This block or another one, in one row.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.rows[0] += &format!(" else {}", other.rows[0]);
        self.tails.extend(other.tails);
        self
    }

    /// Several blocks, below each other.
    pub(super) fn fork(branches: Vec<Self>) -> Self {
        let last = branches.len().saturating_sub(1);
        let mut whole = Self {
            is_fork: true,
            ..Self::default()
        };
        for (number, branch) in branches.into_iter().enumerate() {
            let (first, below) = match number {
                _ if last == 0 => ("─", " "),
                0 => ("┬", "│"),
                number if number == last => ("└", " "),
                _ => ("├", "│"),
            };
            let top = whole.rows.len();
            for (row, text) in branch.rows.iter().enumerate() {
                let line = if row == 0 { first } else { below };
                let gap = match row {
                    0 if branch.is_fork => "─",
                    0 if !branch.is_label => "▶ ",
                    _ if branch.is_fork || branch.is_label => " ",
                    _ => "  ",
                };
                whole.rows.push(format!("{line}{gap}{text}"));
            }
            whole.heads.extend(branch.heads);
            let tails = branch.tails.into_iter();
            whole
                .tails
                .extend(tails.map(|(row, node)| (top + row, node)));
        }
        whole
    }

    /// This block in the brackets of a map that ends at these nodes.
    pub(super) fn in_brackets(self, limit: &str, ends: &[usize]) -> Self {
        let width = self.width();
        let mut rows: Vec<_> = self.rows.iter().map(|row| format!(" {row}")).collect();
        let first = self.rows[0].trim_end();
        let open = if self.is_fork { "[─" } else { "[" };
        rows[0] = format!(
            "{open}{first}{}; {limit}]",
            " ".repeat(width - length(first))
        );
        Self {
            rows,
            ..Self::text("", ends)
        }
    }

    fn width(&self) -> usize {
        let lengths = self.rows.iter().map(|row| length(row.trim_end()));
        lengths.max().unwrap_or(0)
    }

    /// Connects all rows that continue to the end of the first row.
    fn bring_together(&mut self) {
        let (width, last) = (self.width(), self.tails.iter().map(|(row, _)| *row).max());
        let last = last.unwrap_or(0);
        for (place, row) in self.rows.iter_mut().enumerate() {
            let goes_on = self.tails.iter().any(|(tail, _)| *tail == place);
            let end = match (place, goes_on) {
                (0, true) if last == 0 => "─",
                (0, true) => "┬",
                (0, false) => "┌",
                (place, _) if place == last => "┘",
                (place, true) if place < last => "┤",
                (place, _) if place < last => "│",
                _ => " ",
            };
            let text = row.trim_end();
            let filling = if goes_on { "─" } else { " " };
            let missing = width - length(text) + usize::from(last > 0);
            *row = format!("{text} {}{end}", filling.repeat(missing));
        }
    }

    /// Appends another block on the right, after this line.
    fn push_right(&mut self, line: &str, next: &Self) {
        let width = self.rows.first().map_or(0, |row| length(row));
        let height = self.rows.len().max(next.rows.len());
        self.rows.resize(height, " ".repeat(width));
        let gap = " ".repeat(length(line));
        for (place, row) in self.rows.iter_mut().enumerate() {
            *row += if place == 0 { line } else { &gap };
            *row += next.rows.get(place).map_or("", |text| text);
        }
        self.tails.clone_from(&next.tails);
        self.is_back = next.is_back;
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}
