//! The page that tells what was measured.

use crate::results::Results;
use crate::tables;

pub(crate) fn of(results: &Results) -> String {
    format!(
        include_str!("page.md"),
        on = tables::on(results),
        targets = tables::targets(results),
        features = tables::features(results).unwrap_or_default(),
        works = tables::works(results),
        better = tables::better(results),
        notes = tables::notes(results),
        absent = tables::absent(results),
    )
}
