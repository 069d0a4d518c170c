//! Long texts as columns, compressed: frontiers, and what a commit adds to a journal. Both repeat
//! themselves, as JSON of many steps does.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

/// The size from which on a document is compressed.
const LONG: usize = 4096;
/// The format makes no text longer than so many times its compressed form.
const RATIO: usize = 256;
/// The first byte of what is compressed: no JSON begins so.
const IS_COMPRESSED: u8 = 0;

/// A document: as it is where it is short.
pub(crate) struct Document<T>(pub(crate) T);

impl ToSql for Document<&[u8]> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let is_short = self.0.len() < LONG && self.0.first() != Some(&IS_COMPRESSED);
        Ok(match is_short {
            true => ToSqlOutput::from(self.0),
            false => compressed(self.0).into(),
        })
    }
}

impl FromSql for Document<Vec<u8>> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let stored = value.as_bytes()?;
        match stored.split_first() {
            Some((&IS_COMPRESSED, packed)) => Ok(Self(decompressed(packed)?)),
            _ => Ok(Self(stored.to_vec())),
        }
    }
}

/// Texts that were added together, each after its length.
pub(crate) struct Entries(Vec<u8>);

impl Entries {
    pub(crate) fn of(entries: &[Vec<u8>]) -> Self {
        let mut texts = Vec::new();
        for entry in entries {
            // Longer ones would not fit into a column.
            let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
            texts.extend(length.to_le_bytes());
            texts.extend(entry);
        }
        Self(texts)
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = Vec<u8>> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk()?;
            let length = u32::from_le_bytes(*length) as usize;
            let (entry, after) = after.split_at_checked(length)?;
            rest = after;
            Some(entry.to_vec())
        })
    }
}

impl ToSql for Entries {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(compressed(&self.0).into())
    }
}

impl FromSql for Entries {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let Document(texts) = Document::column_result(value)?;
        Ok(Self(texts))
    }
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![IS_COMPRESSED];
    packed.extend(lz4_flex::compress_prepend_size(bytes));
    packed
}

fn decompressed(packed: &[u8]) -> FromSqlResult<Vec<u8>> {
    let (size, _) = lz4_flex::block::uncompressed_size(packed).map_err(altered)?;
    // So much is made room for at once: a size that was altered may be any.
    if size / RATIO > packed.len() {
        return Err(FromSqlError::OutOfRange(
            i64::try_from(size).unwrap_or(i64::MAX),
        ));
    }
    lz4_flex::decompress_size_prepended(packed).map_err(altered)
}

fn altered(error: lz4_flex::block::DecompressError) -> FromSqlError {
    FromSqlError::Other(Box::new(error))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{Document, Entries};

    fn stored(document: &[u8]) -> (i64, Vec<u8>) {
        let connection = Connection::open_in_memory().expect("a database");
        let row = "SELECT length(?1), ?1";
        let read = connection.query_row(row, [Document(document)], |row| {
            Ok((row.get(0)?, row.get::<_, Document<Vec<u8>>>(1)?.0))
        });
        read.expect("it is read")
    }

    #[test]
    fn a_short_document_is_stored_as_it_is() {
        assert_eq!(stored(b"{\"steps\":[]}"), (12, b"{\"steps\":[]}".to_vec()));
        assert_eq!(stored(b""), (0, Vec::new()));
    }

    #[test]
    fn a_long_one_is_stored_in_less() {
        let long = "{\"step\":\"0123\"}".repeat(1000).into_bytes();
        let (size, read) = stored(&long);
        assert!(size < 1_400, "{size} bytes");
        assert_eq!(read, long);
    }

    #[test]
    fn what_begins_as_compressed_ones_do_is_read_back() {
        assert_eq!(stored(&[0, 1, 2]).1, [0, 1, 2]);
    }

    #[test]
    fn entries_are_read_back_one_by_one() {
        let entries = [b"a".to_vec(), Vec::new(), vec![b'b'; 10_000]];
        let connection = Connection::open_in_memory().expect("a database");
        let read = connection.query_row("SELECT ?1", [Entries::of(&entries)], |row| {
            row.get::<_, Entries>(0)
        });
        let read: Vec<_> = read.expect("they are read").each().collect();
        assert_eq!(read, entries);
    }

    #[test]
    fn what_was_altered_is_an_error() {
        let connection = Connection::open_in_memory().expect("a database");
        let read = connection.query_row("SELECT x'00ffffffff10'", [], |row| {
            row.get::<_, Document<Vec<u8>>>(0)
        });
        assert!(read.is_err());
    }
}
