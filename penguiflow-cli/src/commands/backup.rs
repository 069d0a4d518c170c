//! `penguiflow backup`

use anyhow::Result;
use penguiflow_sqlite::admin::Admin;
use serde_json::json;

use crate::args::{Backup, Place};
use crate::text;

pub(super) fn run(place: &Place, args: &Backup) -> Result<String> {
    Admin::open(&place.path)?.backup(&args.file)?;
    let bytes = std::fs::metadata(&args.file)?.len();
    if args.output.json {
        return text::json(&json!({"file": args.file, "bytes": bytes}));
    }
    Ok(format!("wrote `{}`: {bytes} bytes\n", args.file.display()))
}
