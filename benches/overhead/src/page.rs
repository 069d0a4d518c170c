//! The page that shows what was measured.

use crate::results::Results;
use crate::tables;

pub(crate) fn of(results: &Results) -> String {
    format!(
        include_str!("page.md"),
        on = tables::on(results),
        costs = tables::costs(results),
        targets = tables::targets(results),
        features = tables::features(results).unwrap_or_default(),
        peers = tables::peers(results).unwrap_or_default(),
        notes = tables::notes(results),
    )
}
