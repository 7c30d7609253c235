//! Arrays in NumPy's format as plain numbers.

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::data::archive::Member;
use crate::data::{DataError, MAX_DENSE_BYTES};

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
            member.unfit(
                "an array in NumPy's format",
                format!("a damaged one ({err})"),
                "save it again with numpy.save",
            )
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
        if file.order() == Order::Fortran && shape.len() > 1 {
            let advice = "save numpy.ascontiguousarray of it";
            return Err(member.unfit("an array in row-major (C) order", "Fortran order", advice));
        }
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
        Ok(Self { shape, values: values.map_err(damaged)? })
    }

    /// "an array of 400 x 192 x 2".
    pub fn form(&self) -> String {
        let sides: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        if sides.is_empty() { "a single number".to_owned() } else { format!("an array of {}", sides.join(" x ")) }
    }
}

fn cast<T: Copy>(values: &[T], convert: impl Fn(T) -> f32) -> Vec<f32> {
    values.iter().map(|&value| convert(value)).collect()
}
