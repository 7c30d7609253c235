//! stub until merged
use super::*;
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TextFit;
pub enum Side { Front, End }
pub enum Unknown { Keep, Drop }
pub struct TextFitSpec { pub max_words: usize, pub min_count: usize, pub length: usize, pub sentences: Option<usize>, pub pad: Side, pub unknown: Unknown, pub lowercase: bool }
impl TextFitSpec {
    pub fn l2x_word() -> Self { todo!() }
    pub fn l2x_sentence() -> Self { todo!() }
    pub fn aim(_: usize) -> Self { todo!() }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token { pub start: usize, pub end: usize }
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLayout { pub tokens: Vec<Token>, pub place: Vec<Option<u32>>, pub sentences: Vec<std::ops::Range<usize>> }
pub fn unshapeable(_: &str) -> Option<&'static str> { None }
impl TextFit {
    pub fn layout(&self, _: &str) -> TextLayout { todo!() }
    pub fn build<'a>(_: impl Iterator<Item = &'a str>, _: &TextFitSpec) -> Self { todo!() }
    pub fn shape(&self) -> Shape { todo!() }
    pub fn vocabulary_len(&self) -> usize { todo!() }
}
impl Dataset {
    pub fn token_rows(&self, _: &[usize], _: &TextFit) -> Result<Rows, DataError> { todo!() }
    pub fn text(&self, _: usize) -> Option<&str> { None }
}
