//! A table as Parquet, uncompressed, one row group, every column optional.

use std::sync::Arc;

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{Cell, Kind};

/// Writes rows of cells under these columns, whose names are words of letters, digits and `_`.
pub fn write(columns: &[(&str, Kind)], table: &[Vec<Cell>]) -> Result<Vec<u8>, ParquetError> {
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
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    let mut at = 0;
    while let Some(mut column) = group.next_column()? {
        let cells = || table.iter().map(|row| &row[at]);
        let levels: Vec<i16> = cells().map(|cell| i16::from(*cell != Cell::Empty)).collect();
        match columns[at].1 {
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
    writer.close()?;
    Ok(out)
}
