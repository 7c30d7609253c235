//! Arrays in NumPy's format as plain numbers.

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::data::archive::Member;
use crate::data::{DataError, MAX_DENSE_BYTES, MAX_ITEMS};

/// An array in row-major order.
pub(in crate::data) struct Array {
    /// Its sides.
    pub shape: Vec<usize>,
    /// Its values, the last side fastest.
    pub values: Vec<f32>,
}

impl Array {
    /// Reads an array of numbers; a header that promises more than the file holds is refused before anything is allocated.
    pub fn read(member: &Member) -> Result<Self, DataError> {
        let bytes = member.read(MAX_DENSE_BYTES)?;
        let damaged = |err: std::io::Error| {
            // Below the first line the parser draws where in the head it failed.
            let words = err.to_string();
            let found = format!("a damaged one ({})", words.lines().next().unwrap_or("cut off").trim());
            member.unfit("an array in NumPy's format", found, "save it again with numpy.save")
        };
        let file = NpyFile::new(bytes.as_slice()).map_err(damaged)?;
        let DType::Plain(kind) = file.dtype() else {
            return Err(member.unfit("an array of numbers", "records", "save the numbers as an array of their own"));
        };
        let shape: Vec<usize> = file.shape().iter().map(|&side| usize::try_from(side).unwrap_or(usize::MAX)).collect();
        let n = shape.iter().try_fold(1_usize, |n, &side| n.checked_mul(side)).unwrap_or(usize::MAX);
        let size = kind.size_field() as usize;
        if n.saturating_mul(size.max(1)) > bytes.len() {
            let found = format!("{} bytes", bytes.len());
            return Err(member.unfit(format!("{n} values of {size} bytes"), found, "fetch or save the file again"));
        }
        // As NumPy saves what was transposed.
        let is_by_column = file.order() == Order::Fortran && shape.len() > 1;
        let values = match (kind.type_char(), size) {
            (TypeChar::Float, 4) => file.into_vec::<f32>(),
            (TypeChar::Float, 8) => file.into_vec::<f64>().map(|values| cast(&values, |value| value as f32)),
            (TypeChar::Int, 1) => file.into_vec::<i8>().map(|values| cast(&values, f32::from)),
            (TypeChar::Int, 2) => file.into_vec::<i16>().map(|values| cast(&values, f32::from)),
            (TypeChar::Int, 4) => file.into_vec::<i32>().map(|values| cast(&values, |value| value as f32)),
            (TypeChar::Int, 8) => file.into_vec::<i64>().map(|values| cast(&values, |value| value as f32)),
            (TypeChar::Uint, 1) => file.into_vec::<u8>().map(|values| cast(&values, f32::from)),
            (TypeChar::Uint, 2) => file.into_vec::<u16>().map(|values| cast(&values, f32::from)),
            (TypeChar::Uint, 4) => file.into_vec::<u32>().map(|values| cast(&values, |value| value as f32)),
            (TypeChar::Uint, 8) => file.into_vec::<u64>().map(|values| cast(&values, |value| value as f32)),
            (TypeChar::Bool, _) => {
                file.into_vec::<bool>().map(|values| cast(&values, |value| f32::from(u8::from(value))))
            }
            _ => {
                let advice = "save it as float32, float64 or whole numbers";
                return Err(member.unfit("an array of real numbers", format!("the type {kind}"), advice));
            }
        };
        let values = values.map_err(damaged)?;
        Ok(Self { values: if is_by_column { by_row(&values, &shape) } else { values }, shape })
    }

    /// "an array of 400 x 192 x 2".
    pub fn form(&self) -> String {
        let sides: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        if sides.is_empty() { "a single number".to_owned() } else { format!("an array of {}", sides.join(" x ")) }
    }
}

/// The words or whole numbers of an array as they are written, in the order of the file; `None` where it holds neither. Numbers are not brought to
/// single precision, in which two users of nine digits would be one.
pub(in crate::data) fn labels(member: &Member) -> Result<Option<Vec<String>>, DataError> {
    let bytes = member.read(MAX_DENSE_BYTES)?;
    // What is no array is refused where its numbers are read.
    let Ok(file) = NpyFile::new(bytes.as_slice()) else { return Ok(None) };
    let DType::Plain(kind) = file.dtype() else { return Ok(None) };
    let units = kind.size_field() as usize;
    let size = match kind.type_char() {
        TypeChar::UnicodeStr => 4 * units,
        TypeChar::ByteStr | TypeChar::Int | TypeChar::Uint => units,
        _ => return Ok(None),
    };
    let n = file.shape().iter().try_fold(1_u64, |n, &side| n.checked_mul(side)).unwrap_or(u64::MAX);
    // What follows the head is the labels, words filled up with zeros.
    let len = usize::try_from(n).ok().and_then(|n| n.checked_mul(size));
    let Some(held) = len.and_then(|len| bytes.get(head_len(&bytes)?..)?.get(..len)) else {
        let found = format!("{} bytes", bytes.len());
        return Err(member.unfit(format!("{n} entries of {size} bytes"), found, "fetch or save the file again"));
    };
    let is_unicode = match (kind.type_char(), size) {
        (TypeChar::UnicodeStr, _) => true,
        (TypeChar::ByteStr, _) => false,
        (TypeChar::Int, 4) => return Ok(file.into_vec::<i32>().ok().map(written)),
        (TypeChar::Int, 8) => return Ok(file.into_vec::<i64>().ok().map(written)),
        (TypeChar::Uint, 4) => return Ok(file.into_vec::<u32>().ok().map(written)),
        (TypeChar::Uint, 8) => return Ok(file.into_vec::<u64>().ok().map(written)),
        // Small ones are whole in single precision too.
        _ => return Ok(None),
    };
    if size == 0 {
        return Ok(Some(vec![String::new(); usize::try_from(n.min(MAX_ITEMS as u64)).unwrap_or(0)]));
    }
    let is_big = kind.endianness() == npyz::Endianness::Big;
    let word = |raw: &[u8]| {
        let word = if is_unicode {
            let code = |four: [u8; 4]| if is_big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
            let codes = raw.as_chunks::<4>().0.iter().map(|four| code(*four));
            codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        } else {
            String::from_utf8_lossy(raw).into_owned()
        };
        word.trim_end_matches('\0').to_owned()
    };
    Ok(Some(held.chunks_exact(size).map(word).collect()))
}

/// Bytes before the values of an array: magic and version take eight, the length of what describes it two, or four from version 2 on.
fn head_len(bytes: &[u8]) -> Option<usize> {
    match bytes.get(6..12)? {
        [1, _, low, high, ..] => Some(10 + usize::from(u16::from_le_bytes([*low, *high]))),
        [_, _, a, b, c, d] => usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).ok()?.checked_add(12),
        _ => None,
    }
}

/// The words of an array in the order of the file; `None` where it holds anything else.
pub(in crate::data) fn words(member: &Member) -> Result<Option<Vec<String>>, DataError> {
    let bytes = member.read(MAX_DENSE_BYTES)?;
    let Ok(file) = NpyFile::new(bytes.as_slice()) else { return Ok(None) };
    let DType::Plain(kind) = file.dtype() else { return Ok(None) };
    if matches!(kind.type_char(), TypeChar::UnicodeStr | TypeChar::ByteStr) { labels(member) } else { Ok(None) }
}

fn written<T: std::fmt::Display>(numbers: Vec<T>) -> Vec<String> {
    numbers.iter().map(T::to_string).collect()
}

/// Values by column (the first side fastest) as values by row.
fn by_row(values: &[f32], shape: &[usize]) -> Vec<f32> {
    // How far apart in `values` neighbours along each side lie.
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for side in shape {
        strides.push(stride);
        stride *= side;
    }
    let place = |row: usize| {
        let (mut left, mut at) = (row, 0);
        for (side, stride) in shape.iter().zip(&strides).rev() {
            at += left % side * stride;
            left /= side;
        }
        values[at]
    };
    (0..values.len()).map(place).collect()
}

fn cast<T: Copy>(values: &[T], convert: impl Fn(T) -> f32) -> Vec<f32> {
    values.iter().map(|&value| convert(value)).collect()
}
