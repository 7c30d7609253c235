//! HateXplain as its authors publish it (Mathew et al., AAAI 2021): `dataset.json`, posts with the labels of three annotators, and
//! `post_id_divisions.json` with the official parts beside it. The label is the majority's.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};

use super::archive::{Member, Tree};
use super::columns::counted;
use super::folder::part_named;
use super::open::{Loader, Raw, Watch, merge, merge_option};
use super::options;
use super::spec::DataSpec;
use super::text::{Corpus, TextItems, decode};
use super::{DataError, Items, Modality, Split, delimited};

/// Reads HateXplain's JSON.
pub static LOADER: Loader = Loader {
    names: &["hatexplain"],
    about: "HateXplain's dataset.json",
    // Merged before the annotators' votes are counted, which decides some posts on which all three differ.
    endings: &[],
    keys: &[options::MERGE],
    guess,
    load,
};

/// The original is 12 MB.
const MAX_BYTES: u64 = 512 << 20;
const LOOKED_AT: usize = 1 << 12;
/// Posts between two reports.
const POSTS: usize = 1024;

#[derive(Deserialize)]
struct Post {
    annotators: Vec<Annotator>,
    post_tokens: Vec<String>,
}

#[derive(Deserialize)]
struct Annotator {
    label: String,
}

/// Posts in the order of the file.
struct Posts(Vec<(String, Post)>);

impl<'de> Deserialize<'de> for Posts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Posts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("posts by their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Posts, A::Error> {
                let mut posts = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    posts.push(entry);
                }
                Ok(Posts(posts))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn has_posts(member: &Member) -> bool {
    let is_json = member.plain_name().to_ascii_lowercase().ends_with(".json");
    is_json && is_start_of_posts(&String::from_utf8_lossy(&member.peek(LOOKED_AT)))
}

fn is_start_of_posts(start: &str) -> bool {
    start.trim_start().starts_with('{') && start.contains("\"post_id\"") && start.contains("\"annotators\"")
}

fn guess(tree: &Tree) -> Option<String> {
    let member = match tree.focused() {
        Some(member) => Some(member),
        // The table of all posts says more than the annotations of some.
        None => tree.members.iter().find(|member| member.plain_name().eq_ignore_ascii_case("dataset.json")),
    };
    member.filter(|member| has_posts(member)).map(|member| format!("{} holds annotated posts", member.plain_name()))
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let named = |name: &str| tree.members.iter().find(|member| member.plain_name().eq_ignore_ascii_case(name));
    let by_content = || tree.members.iter().find(|member| has_posts(member));
    let member = match tree.focused() {
        Some(member) => member,
        None => match named("dataset.json").or_else(|| named("posts.csv")).or_else(by_content) {
            Some(member) => member,
            None => {
                let found = format!("{} other files", tree.members.len());
                return Err(tree.unfit("HateXplain's dataset.json", found, "name the folder that holds it"));
            }
        },
    };
    if member.plain_name().to_ascii_lowercase().ends_with(".csv") {
        let mut raw = delimited::read(tree, &[(member, None)], spec, watch)?;
        let merged = merge_option(spec)?;
        merge(spec, &merged, &mut raw.labels, &mut raw.classes)?;
        raw.remarks.insert(0, format!("{} was read, since dataset.json is not there", member.plain_name()));
        return Ok(raw);
    }
    let decoded = decode::read(member, MAX_BYTES, watch)?;
    let posts: Posts = serde_json::from_str(&decoded.text).map_err(|err| {
        let advice = "name HateXplain's dataset.json";
        member.unfit("posts with annotators and post_tokens", err.to_string(), advice)
    })?;
    let divisions = divisions(tree, member)?;
    let merged = merge_option(spec)?;
    let mut corpus = Corpus::default();
    let (mut voted, mut parts, mut source_index) = (Vec::new(), Vec::new(), Vec::new());
    let mut n_undecided = 0;
    for (at, (id, post)) in posts.0.iter().enumerate() {
        if at % POSTS == 0 {
            watch.step("Reading posts", at as u64, Some(posts.0.len() as u64))?;
        }
        let into =
            |label: &str| merged.iter().find(|(from, _)| from == label).map_or(label.to_owned(), |(_, to)| to.clone());
        let votes: Vec<String> = post.annotators.iter().map(|annotator| into(&annotator.label)).collect();
        let majority = votes.iter().find(|vote| votes.iter().filter(|other| other == vote).count() * 2 > votes.len());
        let Some(majority) = majority.filter(|_| !post.post_tokens.is_empty()) else {
            n_undecided += 1;
            continue;
        };
        corpus.push(&post.post_tokens.join(" "));
        voted.push(majority.clone());
        parts.push(divisions.as_ref().and_then(|divisions| divisions.get(id).copied()));
        source_index.push(at as u32);
    }
    if corpus.is_empty() {
        return Err(member.unfit(
            "posts on whose label most annotators agree",
            "none",
            "name HateXplain's dataset.json",
        ));
    }
    let mut classes = voted.clone();
    classes.sort_unstable();
    classes.dedup();
    if classes.len() > 1000 {
        return Err(member.unfit(
            "at most 1000 labels",
            format!("{}", classes.len()),
            "name HateXplain's dataset.json",
        ));
    }
    for name in merged.iter().flat_map(|(from, to)| [from, to]) {
        let is_there = posts.0.iter().any(|(_, post)| post.annotators.iter().any(|annotator| annotator.label == *name));
        if !is_there {
            let advice = format!("the classes are {}", super::spec::in_words(&classes));
            return Err(spec.refuse(format!("merge= names \"{name}\", which is no class"), advice));
        }
    }
    let labels = voted.iter().map(|label| classes.binary_search(label).ok().map(|class| class as u16)).collect();
    let mut remarks = vec!["The label of a post is that of most annotators".to_owned()];
    if n_undecided > 0 {
        remarks.push(format!("Left out {} without words or without a majority", counted(n_undecided, "post")));
    }
    match &divisions {
        Some(_) => remarks.push("Parts are those of post_id_divisions.json".to_owned()),
        None => remarks.push("No post_id_divisions.json lies beside it, so there are no official parts".to_owned()),
    }
    let content = corpus.hash();
    let items = Items::Text(TextItems::all(corpus));
    Ok(Raw { modality: Modality::Text, items, labels, classes, parts, source_index, content, remarks, truth: None })
}

/// The official part of each post by its id.
fn divisions(tree: &Tree, posts: &Member) -> Result<Option<HashMap<String, Split>>, DataError> {
    let Some(member) = tree.beside(posts.folder(), "post_id_divisions.json") else { return Ok(None) };
    let bytes = member.read(MAX_BYTES)?;
    let lists: HashMap<String, Vec<String>> = serde_json::from_slice(&bytes)
        .map_err(|err| member.unfit("lists of post ids by part", err.to_string(), "remove it or fetch it again"))?;
    let by_part = lists.into_iter().filter_map(|(name, ids)| Some((part_named(&name)?, ids)));
    Ok(Some(by_part.flat_map(|(part, ids)| ids.into_iter().map(move |id| (id, part))).collect()))
}
