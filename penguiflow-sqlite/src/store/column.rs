//! Trace ids and flows as columns.

use penguiflow::TraceId;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::records::FlowId;

/// A trace id as 16 bytes, the highest first.
pub(crate) struct Id(pub(crate) TraceId);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_u128().to_be_bytes().to_vec().into())
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        let size = bytes.len();
        let id = bytes.try_into().ok().map(u128::from_be_bytes);
        let id = id.and_then(TraceId::from_u128).map(Self);
        id.ok_or(FromSqlError::InvalidBlobSize {
            expected_size: 16,
            blob_size: size,
        })
    }
}

impl ToSql for FlowId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for FlowId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}
