//! Tables in Parquet, as fields in words like those of a CSV file: one path for types, missing values and classes.
//!
//! The file comes from anywhere. What its footer promises is checked before anything is read, and a panic of the library is a refusal.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{Compression, Repetition};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{MOST_COLUMNS, ROWS, Written};
use crate::data::archive::Member;
use crate::data::open::Watch;
use crate::data::split::Split;
use crate::data::text::MAX_TEXT_BYTES;
use crate::data::{DataError, MAX_ITEMS};

/// Whether the file is one, by its name.
pub fn is_parquet(member: &Member) -> bool {
    let name = member.plain_name().to_ascii_lowercase();
    name.ends_with(".parquet") || name.ends_with(".pq")
}

/// Adds the rows of a file.
///
/// # Errors
/// A file that is damaged, too large, packed in a way that is not read here, or holds lists.
pub fn read_into(
    into: &mut Option<Written>,
    (member, part): (&Member, Option<Split>),
    watch: &mut Watch<'_>,
) -> Result<(), DataError> {
    let bytes = member.read(MAX_TEXT_BYTES)?;
    // The library may panic on damaged files; nothing that it was working on is used afterwards.
    let read = catch_unwind(AssertUnwindSafe(|| read(into, bytes, (member, part), watch)));
    read.unwrap_or_else(|_| Err(damaged(member, "it contradicts itself")))
}

fn damaged(member: &Member, why: impl std::fmt::Display) -> DataError {
    let why = why.to_string();
    let why = why.lines().next().unwrap_or_default();
    member.unfit("a table in Parquet", format!("damaged data ({why})"), "write or fetch the file again")
}

fn read(
    into: &mut Option<Written>,
    bytes: Vec<u8>,
    (member, part): (&Member, Option<Split>),
    watch: &mut Watch<'_>,
) -> Result<(), DataError> {
    let wrong = |error: parquet::errors::ParquetError| damaged(member, error);
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(wrong)?;
    let names = check(reader.metadata(), member)?;
    let n_rows = reader.metadata().file_metadata().num_rows() as usize;
    let written = into.get_or_insert_with(|| Written {
        names: names.clone(),
        fields: Vec::new(),
        parts: Vec::new(),
        source_index: Vec::new(),
    });
    if written.names != names {
        let expected = format!("the columns {} as in the first file", super::in_words(&written.names));
        return Err(member.unfit(expected, super::in_words(&names), "name one of the files"));
    }
    let mut n_bytes = 0;
    for (row_idx, row) in reader.get_row_iter(None).map_err(wrong)?.enumerate() {
        if row_idx.is_multiple_of(ROWS) {
            watch.step("Reading rows", row_idx as u64, Some(n_rows as u64))?;
        }
        let row = row.map_err(wrong)?;
        if row_idx >= n_rows || row.len() != names.len() {
            return Err(damaged(member, "more rows or columns than it says"));
        }
        for (name, field) in row.get_column_iter() {
            let field = in_text(field).ok_or_else(|| {
                let advice = "leave that column out of the file, or write it as text";
                member.unfit(format!("numbers, texts, dates or yes and no in column {name}"), "bytes or a list", advice)
            })?;
            n_bytes += field.len() as u64;
            written.fields.push(field);
        }
        // Packed values can be a thousand times smaller than they are.
        if n_bytes > MAX_TEXT_BYTES {
            let limit = crate::data::archive::byte_size(MAX_TEXT_BYTES);
            return Err(member.unfit(format!("at most {limit} of values"), "more", "take a part of the file"));
        }
        written.parts.push(part);
        written.source_index.push(row_idx as u32);
    }
    Ok(())
}

/// Names of the columns, if what the footer promises can be read.
fn check(metadata: &ParquetMetaData, member: &Member) -> Result<Vec<String>, DataError> {
    let file = metadata.file_metadata();
    let n_rows = usize::try_from(file.num_rows()).unwrap_or(usize::MAX);
    if n_rows > MAX_ITEMS {
        return Err(member.unfit(format!("at most {MAX_ITEMS} rows"), "more", "take a part of the file"));
    }
    let fields = file.schema_descr().root_schema().get_fields();
    if fields.is_empty() || fields.len() > MOST_COLUMNS {
        let found = format!("{}", fields.len());
        return Err(member.unfit(format!("1 to {MOST_COLUMNS} columns"), found, "leave some out of the file"));
    }
    for field in fields {
        let info = field.get_basic_info();
        if !field.is_primitive() || (info.has_repetition() && info.repetition() == Repetition::REPEATED) {
            let expected = format!("one value in each row of column {}", info.name());
            return Err(member.unfit(expected, "a list or a group of values", "leave that column out of the file"));
        }
    }
    let packed = metadata.row_groups().iter().flat_map(|group| group.columns());
    let unread = packed.map(|column| column.compression()).find(|compression| !is_read(*compression));
    if let Some(unread) = unread {
        let found = unread.to_string();
        return Err(member.unfit(
            "columns packed with Snappy, Zstandard, gzip or LZ4, or not at all",
            found,
            "write the file again in that way",
        ));
    }
    Ok(fields.iter().map(|field| field.name().to_owned()).collect())
}

/// Ways of packing that are read.
const fn is_read(compression: Compression) -> bool {
    matches!(
        compression,
        Compression::UNCOMPRESSED
            | Compression::SNAPPY
            | Compression::ZSTD(_)
            | Compression::GZIP(_)
            | Compression::LZ4
            | Compression::LZ4_RAW
    )
}

/// A value as it would stand in a CSV file; `None` for what is no single value.
fn in_text(field: &Field) -> Option<String> {
    Some(match field {
        Field::Null => String::new(),
        Field::Str(text) => text.trim().to_owned(),
        Field::Float(value) if !value.is_finite() => String::new(),
        Field::Double(value) if !value.is_finite() => String::new(),
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) | Field::Bytes(_) => return None,
        other => other.to_string(),
    })
}
