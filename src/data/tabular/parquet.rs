//! Tables in Parquet, as fields in words like those of a CSV file: one path for types, missing values and classes.
//!
//! The file comes from anywhere. What its footer promises is checked before anything is read, and a panic of the library is a refusal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::basic::{Compression, Repetition};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::PageReader;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::{ReaderIter, RowIter, TreeBuilder};
use parquet::schema::types::{SchemaDescriptor, Type};

use super::{MOST_COLUMNS, ROWS, Written};
use crate::data::archive::Member;
use crate::data::delimited::{renamed, unique};
use crate::data::open::Watch;
use crate::data::split::Split;
use crate::data::text::MAX_TEXT_BYTES;
use crate::data::{DataError, MAX_ITEMS};

/// Whether the file is one, by its name.
pub fn is_parquet(member: &Member) -> bool {
    let name = member.plain_name().to_ascii_lowercase();
    name.ends_with(".parquet") || name.ends_with(".pq")
}

/// Most bytes of a file of which the columns are told before it is opened: it is read as a whole for that.
const MOST_LOOKED_AT: u64 = 256 << 20;

/// The names of its columns as [`read_into`] gives them; `None` where it cannot be read, or is very large.
pub fn names(member: &Member) -> Option<Vec<String>> {
    let bytes = member.read(MOST_LOOKED_AT).ok()?;
    let names = || {
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).ok()?;
        let mut names = check(reader.metadata(), member).ok()?;
        unique(&mut names);
        Some(names)
    };
    // The library may panic on damaged files; nothing that it was working on is used afterwards.
    catch_unwind(AssertUnwindSafe(names)).ok().flatten()
}

/// Adds the rows of a file. Says which columns it gave other names.
///
/// # Errors
/// A file that is damaged, too large, packed in a way that is not read here, or holds lists.
pub fn read_into(
    into: &mut Option<Written>,
    (member, part): (&Member, Option<Split>),
    watch: &mut Watch<'_>,
) -> Result<Option<String>, DataError> {
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
) -> Result<Option<String>, DataError> {
    let wrong = |error: ParquetError| damaged(member, error);
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(wrong)?;
    let mut names = check(reader.metadata(), member)?;
    let repeated = unique(&mut names);
    let said = renamed(&names, &repeated).map(|said| format!("{}: {said}", member.plain_name()));
    let n_rows = reader.metadata().file_metadata().num_rows() as usize;
    let written = into.get_or_insert_with(|| Written::new(names.clone()));
    if written.names != names {
        let expected = format!("the columns {} as in the first file", super::in_words(&written.names));
        return Err(member.unfit(expected, super::in_words(&names), "name one of the files"));
    }
    let mut n_bytes = 0;
    let mut row_idx = 0;
    for group_idx in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group_idx).map_err(wrong)?;
        if group.num_columns() != names.len() {
            return Err(damaged(member, "more rows or columns than it says"));
        }
        let n_of_group = usize::try_from(group.metadata().num_rows()).unwrap_or(usize::MAX);
        let mut columns =
            (0..names.len()).map(|at| column_of(&*group, at)).collect::<ParquetResult<Vec<_>>>().map_err(wrong)?;
        for _ in 0..n_of_group {
            if row_idx >= n_rows {
                return Err(damaged(member, "more rows or columns than it says"));
            }
            if row_idx.is_multiple_of(ROWS) {
                watch.step("Reading rows", row_idx as u64, Some(n_rows as u64))?;
            }
            for (name, column) in names.iter().zip(&mut columns) {
                let row = column.next().ok_or_else(|| damaged(member, "fewer rows than it says"))?.map_err(wrong)?;
                let field = row.into_columns().pop().map_or(Field::Null, |(_, field)| field);
                let field = in_text(&field).ok_or_else(|| {
                    let expected = format!("numbers, texts, dates or yes and no in column {name}");
                    member.unfit(expected, "bytes or a list", "leave that column out of the file, or write it as text")
                })?;
                n_bytes += field.len() as u64;
                written.fields.push(field);
            }
            // Packed values can be a thousand times smaller than they are.
            if n_bytes > MAX_TEXT_BYTES {
                let limit = crate::data::archive::byte_size(MAX_TEXT_BYTES);
                return Err(member.unfit(format!("at most {limit} of values"), "more", "take a part of the file"));
            }
            written.end_row(part, row_idx, false);
            row_idx += 1;
        }
    }
    Ok(said)
}

/// The values of one column of a group of rows. The library finds columns by name, and of several with one name the last: it is shown no more than those
/// up to the one that is meant.
fn column_of(group: &dyn RowGroupReader, at: usize) -> ParquetResult<ReaderIter> {
    let field = Arc::clone(&group.metadata().schema_descr().root_schema().get_fields()[at]);
    let only = Type::group_type_builder("schema").with_fields(vec![field]).build()?;
    TreeBuilder::new().as_iter(Arc::new(SchemaDescriptor::new(Arc::new(only))), &FirstColumns { group, n: at + 1 })
}

/// The first `n` columns of a group of rows.
struct FirstColumns<'a> {
    group: &'a dyn RowGroupReader,
    n: usize,
}

impl RowGroupReader for FirstColumns<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.group.metadata()
    }

    fn num_columns(&self) -> usize {
        self.n
    }

    fn get_column_page_reader(&self, at: usize) -> ParquetResult<Box<dyn PageReader>> {
        self.group.get_column_page_reader(at)
    }

    fn get_column_bloom_filter(&self, at: usize) -> Option<&Sbbf> {
        self.group.get_column_bloom_filter(at)
    }

    fn get_row_iter(&self, columns: Option<Type>) -> ParquetResult<RowIter<'_>> {
        self.group.get_row_iter(columns)
    }
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

/// A value as it would stand in a CSV file, where what is no number is missing; `None` for what is no single value.
fn in_text(field: &Field) -> Option<String> {
    Some(match field {
        Field::Null => String::new(),
        Field::Str(text) => text.trim().to_owned(),
        Field::Float(value) if value.is_nan() => String::new(),
        Field::Double(value) if value.is_nan() => String::new(),
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) | Field::Bytes(_) => return None,
        other => other.to_string(),
    })
}
