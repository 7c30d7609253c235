//! A table as Parquet, uncompressed, every column optional: in one row group, or written as it comes, a row group at a time.

use std::io::Write;
use std::sync::Arc;

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{Cell, Kind};

/// Writes rows of cells under these columns, whose names are words of letters, digits and `_`.
pub fn write(columns: &[(&str, Kind)], table: &[Vec<Cell>]) -> Result<Vec<u8>, ParquetError> {
    let mut writer = Writer::new(columns, Vec::new())?;
    writer.group(table)?;
    writer.finish()
}

/// A table in the making.
pub struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    kinds: Vec<Kind>,
}

impl<W: Write + Send> Writer<W> {
    /// Begins a table with these columns, whose names are words of letters, digits and `_`.
    pub fn new(columns: &[(&str, Kind)], out: W) -> Result<Self, ParquetError> {
        let fields: Vec<String> = columns
            .iter()
            .map(|(name, kind)| match kind {
                Kind::Text => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
                Kind::Int => format!("OPTIONAL INT64 {name};"),
                Kind::Number => format!("OPTIONAL DOUBLE {name};"),
                Kind::Bool => format!("OPTIONAL BOOLEAN {name};"),
            })
            .collect();
        let schema = parse_message_type(&format!("message rows {{ {} }}", fields.join(" ")))?;
        let properties =
            WriterProperties::builder().set_created_by(format!("Unmask {}", env!("CARGO_PKG_VERSION"))).build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { file, kinds: columns.iter().map(|(_, kind)| *kind).collect() })
    }

    /// Writes more rows, as a row group of their own.
    pub fn group(&mut self, table: &[Vec<Cell>]) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        let mut at = 0;
        while let Some(mut column) = group.next_column()? {
            let cells = || table.iter().map(|row| &row[at]);
            let levels: Vec<i16> = cells().map(|cell| i16::from(*cell != Cell::Empty)).collect();
            match self.kinds[at] {
                Kind::Text => {
                    let values: Vec<ByteArray> = cells()
                        .filter_map(|cell| match cell {
                            Cell::Text(text) => Some(ByteArray::from(text.as_str())),
                            _ => None,
                        })
                        .collect();
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
                }
                Kind::Int => {
                    let values: Vec<i64> = cells()
                        .filter_map(|cell| match cell {
                            Cell::Int(value) => Some(*value),
                            _ => None,
                        })
                        .collect();
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
                }
                Kind::Number => {
                    let values: Vec<f64> = cells()
                        .filter_map(|cell| match cell {
                            Cell::Number(value) => Some(*value),
                            _ => None,
                        })
                        .collect();
                    column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
                }
                Kind::Bool => {
                    let values: Vec<bool> = cells()
                        .filter_map(|cell| match cell {
                            Cell::Bool(value) => Some(*value),
                            _ => None,
                        })
                        .collect();
                    column.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
                }
            }
            column.close()?;
            at += 1;
        }
        group.close()?;
        Ok(())
    }

    /// Ends the table; gives what it was written to.
    pub fn finish(self) -> Result<W, ParquetError> {
        self.file.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;

    #[test]
    fn rows_written_in_groups_are_those_written_at_once() {
        let columns = [("item", Kind::Int), ("word", Kind::Text), ("score", Kind::Number)];
        let row = |item: i64| {
            let word = if item % 3 == 0 { Cell::Empty } else { Cell::Text(format!("word {item}")) };
            vec![Cell::Int(item), word, Cell::Number(item as f64 / 4.0)]
        };
        let table: Vec<Vec<Cell>> = (0..10).map(row).collect();
        let read = |bytes: Vec<u8>| {
            let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("Parquet");
            let rows: Vec<String> = reader.get_row_iter(None).expect("rows").map(|row| format!("{row:?}")).collect();
            (reader.metadata().num_row_groups(), rows)
        };
        let whole = write(&columns, &table).expect("bytes");
        let mut writer = Writer::new(&columns, Vec::new()).expect("a writer");
        table.chunks(4).for_each(|rows| writer.group(rows).expect("written"));
        let (whole, grouped) = (read(whole), read(writer.finish().expect("bytes")));
        assert_eq!((whole.0, grouped.0), (1, 3));
        assert_eq!((whole.1.len(), &whole.1), (10, &grouped.1));
    }
}
