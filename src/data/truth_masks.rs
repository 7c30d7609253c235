//! Known truth of pictures: a folder of masks beside them, each with the path of its picture below that folder.

use std::collections::{HashMap, HashSet};

use super::archive::{Member, Tree};
use super::open::Watch;
use super::picture::MAX_FILE_BYTES;
use super::spec::DataSpec;
use super::{DataError, Picture, Shape};

/// Folder that is taken for masks where none is named.
const USUAL: &str = "truth";
/// Most pixels that all masks together may mark: four bytes each.
const MAX_PLACES: usize = 200_000_000;
/// A pixel of a mask counts from this value of its lightest channel on.
const MARKED: u8 = 128;

/// The masks among the files of a tree, apart from its pictures.
#[derive(Debug)]
pub(super) struct Masks {
    folder: String,
    /// By the path of the picture without its ending.
    by_picture: HashMap<String, Member>,
}

/// Path without the ending of its file.
fn stem(path: &str) -> &str {
    let name_at = path.rfind('/').map_or(0, |at| at + 1);
    path[name_at..].rfind('.').map_or(path, |at| &path[..name_at + at])
}

/// The path of a picture whose mask lies at `path` below a folder called `folder`; `None` outside such a folder.
fn picture_of(path: &str, folder: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts[..parts.len() - 1].iter().position(|part| *part == folder)?;
    Some([&parts[..at], &parts[at + 1..]].concat().join("/"))
}

impl Masks {
    /// Takes the masks out of `members`: those in the folder that `truth=` names, or in one called `truth` that lies beside pictures.
    ///
    /// # Errors
    /// A folder that was asked for and holds no picture.
    pub(super) fn take(tree: &Tree, spec: &DataSpec, members: &mut Vec<Member>) -> Result<Option<Self>, DataError> {
        let asked = spec.query.get("truth");
        let folder = asked.map_or(USUAL, |folder| folder.trim_matches('/'));
        let is_mask = |member: &Member| picture_of(&member.path, folder).is_some();
        // What was not asked for need not be there: a class, or the folder of the pictures themselves, may be called so, too.
        let absent = |expected: String, found: &str, advice: &str| match asked {
            None => Ok(None),
            Some(_) => Err(tree.unfit(expected, found, advice)),
        };
        let n = members.iter().filter(|member| is_mask(member)).count();
        if n == 0 {
            let advice = "name the folder that holds a mask for each picture, under the picture's own path and name";
            return absent(format!("masks below a folder {folder}"), "none", advice);
        }
        if n == members.len() {
            return absent("pictures beside their masks".to_owned(), "only masks", "name the folder above both");
        }
        let pictures: HashSet<&str> =
            members.iter().filter(|member| !is_mask(member)).map(|of| stem(&of.path)).collect();
        let has_picture = |path: &str| picture_of(path, folder).is_some_and(|path| pictures.contains(stem(&path)));
        if !members.iter().any(|member| has_picture(&member.path)) {
            let expected = format!("masks below {folder} under the paths and names of the pictures");
            return absent(expected, "none of such a name", "name them like their pictures");
        }
        let (masks, pictures): (Vec<Member>, Vec<Member>) = std::mem::take(members).into_iter().partition(is_mask);
        *members = pictures;
        let named = |member: Member| Some((stem(&picture_of(&member.path, folder)?).to_owned(), member));
        Ok(Some(Self { folder: folder.to_owned(), by_picture: masks.into_iter().filter_map(named).collect() }))
    }

    /// The marked places of each picture, which all have the shape `shape`: the first channel stands for a pixel. A picture without a mask has none.
    /// Adds what was read to `hasher`.
    ///
    /// # Errors
    /// A mask of another size, one that cannot be decoded, more marked pixels than fit.
    pub(super) fn places(
        &self,
        tree: &Tree,
        pictures: &[Member],
        shape: Shape,
        hasher: &mut blake3::Hasher,
        watch: &mut Watch<'_>,
    ) -> Result<Vec<Vec<u32>>, DataError> {
        let mut total = 0;
        let mut out = Vec::with_capacity(pictures.len());
        for (done, picture) in pictures.iter().enumerate() {
            watch.step("Reading masks", done as u64, Some(pictures.len() as u64))?;
            let Some(member) = self.by_picture.get(stem(&picture.path)) else {
                out.push(Vec::new());
                continue;
            };
            let bytes = member.read(MAX_FILE_BYTES)?;
            let mask = Picture::decode(&bytes, &member.display())?.picture;
            if (mask.height, mask.width) != (shape.height, shape.width) {
                return Err(member.unfit(
                    format!("a mask of {} x {} pixels, as its picture", shape.width, shape.height),
                    format!("{} x {}", mask.width, mask.height),
                    "give the mask its picture's size",
                ));
            }
            let lightest = |pixel: &[u8]| pixel.iter().any(|value| *value >= MARKED);
            let marked = mask.bytes.chunks_exact(mask.channels).enumerate().filter(|(_, pixel)| lightest(pixel));
            let places: Vec<u32> = marked.map(|(place, _)| place as u32).collect();
            total += places.len();
            if total > MAX_PLACES {
                let expected = format!("at most {MAX_PLACES} marked pixels in all masks together");
                return Err(tree.unfit(expected, "more", "name a sub-folder of pictures"));
            }
            hasher.update(&(done as u64).to_le_bytes()).update(blake3::hash(&bytes).as_bytes());
            out.push(places);
        }
        Ok(out)
    }

    /// What a reader should know: how many of `pictures` have a mask.
    pub(super) fn remark(&self, pictures: &[Member]) -> String {
        let n = pictures.iter().filter(|picture| self.by_picture.contains_key(stem(&picture.path))).count();
        format!(
            "{n} of {} pictures have a mask of what decides their class, in the folder {}: pixels lighter than half count",
            pictures.len(),
            self.folder
        )
    }

    /// Why masks are left out where pictures have no common size.
    pub(super) fn left_out(&self) -> String {
        format!("Left out the masks in the folder {}: they need pictures of one size", self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::{picture_of, stem};

    #[test]
    fn a_mask_has_the_path_of_its_picture() {
        assert_eq!(picture_of("truth/dog/1.png", "truth").as_deref(), Some("dog/1.png"));
        assert_eq!(picture_of("outer/masks/1.png", "masks").as_deref(), Some("outer/1.png"));
        assert_eq!(picture_of("dog/truth.png", "truth"), None);
        assert_eq!(picture_of("dog/1.png", "truth"), None);
        assert_eq!((stem("a.b/c.d.png"), stem("a.b/c")), ("a.b/c.d", "a.b/c"));
    }
}
