//! Tables with a column of text: which columns hold texts, classes and parts (guessed, said, and changed by the query), and the data set that
//! their rows make. What reads rows out of files is [`super::delimited`] and [`super::jsonl`].

use super::archive::{Member, Tree, byte_size};
use super::class_numbers::ClassNumbers;
use super::folder::part_named;
use super::open::Raw;
use super::options::{self, Key};
use super::spec::{DataSpec, in_words};
use super::split::{Scheme, Split};
use super::text::{Corpus, MAX_TEXT_BYTES, TextItems, is_blank};
use super::{DataError, Items, MAX_ITEMS, Modality};

/// Options of every table of texts, beside the common ones.
pub(super) const KEYS: [Key; 4] = [options::TEXT, options::TEXT_LABEL, options::SPLIT, options::NAMES];
/// Rows from which the roles of columns are guessed.
pub(super) const SAMPLE: usize = 200;
/// Different values that a column of classes may have.
const MAX_CLASSES: usize = 1000;

/// Names of columns of text, best first. Those behind the first few must also look like text.
const TEXTS: [&str; 24] = [
    "text",
    "review",
    "sentence",
    "document",
    "tweet",
    "utterance",
    "content",
    "review_text",
    "reviewtext",
    "review_body",
    "comment_text",
    "clean_text",
    "body",
    "article",
    "comment",
    "message",
    "post",
    "description",
    "abstract",
    "question",
    "news",
    "summary",
    "story",
    "title",
];
/// How many of [`TEXTS`] are taken for text whatever is in them.
const SURE_TEXTS: usize = 6;
/// So many times the words of a column of the others in [`TEXTS`] make another one the text.
const MANY_TIMES: f64 = 3.0;
/// Names of columns that introduce the text.
const TITLES: [&str; 3] = ["title", "headline", "subject"];
const LABELS: [&str; 17] = [
    "label",
    "class",
    "sentiment",
    "category",
    "target",
    "topic",
    "label_text",
    "class_label",
    "class_index",
    "class index",
    "polarity",
    "rating",
    "stars",
    "score",
    "airline_sentiment",
    "y",
    "gt",
];
/// Words in names of columns whose few values are classes, best first: `Opinion`, `star rating`, `overall_sentiment`.
const LIKE_LABELS: [&str; 18] = [
    "label",
    "class",
    "sentiment",
    "opinion",
    "polarity",
    "emotion",
    "mood",
    "stance",
    "category",
    "topic",
    "target",
    "intent",
    "verdict",
    "rating",
    "stars",
    "star",
    "score",
    "grade",
];
const PARTS: [&str; 7] = ["split", "part", "partition", "set", "subset", "fold", "dataset"];

/// The columns of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// Their names; numbers from 1 if the table has none.
    pub names: Vec<String>,
    /// Whether the names come from the table.
    pub is_named: bool,
}

impl Columns {
    /// Columns called 1, 2, 3, ...
    pub fn numbered(n: usize) -> Self {
        Self { names: (1..=n).map(|number| number.to_string()).collect(), is_named: false }
    }

    /// The column called so, exactly or but for case, or with this number.
    fn find(&self, asked: &str) -> Option<usize> {
        let by = |fits: &dyn Fn(&str) -> bool| self.names.iter().position(|name| fits(name));
        let number = || asked.parse::<usize>().ok()?.checked_sub(1).filter(|&at| at < self.names.len());
        by(&|name| name == asked).or_else(|| by(&|name| name.trim().eq_ignore_ascii_case(asked))).or_else(number)
    }

    fn resolve(&self, spec: &DataSpec, asked: &str) -> Result<usize, DataError> {
        self.find(asked).ok_or_else(|| {
            spec.refuse(format!("there is no column \"{asked}\""), format!("the columns are {}", self.listed()))
        })
    }

    /// Their names in words, not too many.
    fn listed(&self) -> String {
        const SHOWN: usize = 30;
        let shown = in_words(self.names.iter().take(SHOWN));
        if self.names.len() > SHOWN { format!("{shown} and more") } else { shown }
    }
}

/// What the columns are for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Roles {
    /// Texts, joined by a newline in this order.
    pub text: Vec<usize>,
    /// Classes.
    pub label: Option<usize>,
    /// Parts: train, validation, test.
    pub split: Option<usize>,
}

/// What the values of a column are like.
struct Profile {
    mean_words: f64,
    n: usize,
    n_distinct: usize,
    is_numeric: bool,
    is_part: bool,
}

impl Profile {
    fn of(sample: &[Vec<String>], column: usize) -> Self {
        let values = sample.iter().filter_map(|row| row.get(column)).map(|value| value.trim());
        let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
        let n_words: usize = values.iter().map(|value| value.split_whitespace().count()).sum();
        let mut distinct = values.clone();
        distinct.sort_unstable();
        distinct.dedup();
        Self {
            mean_words: n_words as f64 / values.len().max(1) as f64,
            n: values.len(),
            n_distinct: distinct.len(),
            is_numeric: !values.is_empty() && values.iter().all(|value| value.parse::<f64>().is_ok()),
            is_part: !values.is_empty() && values.iter().all(|value| part_named(value).is_some()),
        }
    }

    fn is_text(&self) -> bool {
        !self.is_numeric && self.mean_words >= 4.0 && self.n_distinct * 2 >= self.n
    }

    fn is_class(&self) -> bool {
        self.mean_words <= 3.0
            && self.n_distinct >= 2
            && self.n_distinct <= (self.n / 3).max(20)
            && self.n_distinct < self.n
    }
}

/// The columns that look like text; empty if none does.
pub(super) fn guess_texts(columns: &Columns, sample: &[Vec<String>]) -> Vec<usize> {
    let profiles: Vec<Profile> = (0..columns.names.len()).map(|column| Profile::of(sample, column)).collect();
    texts_of(columns, &profiles)
}

fn named(columns: &Columns, names: &[&str], fits: impl Fn(usize, usize) -> bool) -> Option<usize> {
    let columns = columns.names.iter().map(|name| name.trim().to_lowercase()).collect::<Vec<_>>();
    names.iter().enumerate().find_map(|(rank, known)| {
        columns.iter().enumerate().position(|(column, name)| name == known && fits(rank, column))
    })
}

/// The column for classes whose name holds a word of [`LIKE_LABELS`].
fn named_like_labels(columns: &Columns, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let holds = |name: &String, word: &str| {
        let name = name.to_lowercase();
        let mut words = name.split(|c: char| !c.is_alphanumeric());
        words.any(|own| own == word || own.strip_suffix('s') == Some(word))
    };
    let of_word = |word: &&str| (0..columns.names.len()).find(|&at| holds(&columns.names[at], word) && fits(at));
    LIKE_LABELS.iter().filter(|_| columns.is_named).find_map(of_word)
}

/// The columns of text, joined in this order: one of a sure name; else the one with by far the most words, or of a likely name, or just the one with the
/// most words. A title stands before it.
fn texts_of(columns: &Columns, profiles: &[Profile]) -> Vec<usize> {
    let words = |column: usize| profiles[column].mean_words;
    let looks_like_text = |column: &usize| profiles[*column].is_text();
    if !columns.is_named {
        return (0..profiles.len()).filter(looks_like_text).collect();
    }
    let is_likely =
        |rank: usize, column: usize| !profiles[column].is_numeric && (rank < SURE_TEXTS || words(column) >= 3.0);
    let longest =
        || (0..profiles.len()).filter(looks_like_text).max_by(|&a, &b| words(a).total_cmp(&words(b)).then(b.cmp(&a)));
    let sure = named(columns, &TEXTS[..SURE_TEXTS], is_likely);
    let likely = || {
        let likely = named(columns, &TEXTS, is_likely)?;
        Some(longest().filter(|&at| words(at) >= MANY_TIMES * words(likely)).unwrap_or(likely))
    };
    let Some(main) = sure.or_else(likely).or_else(longest) else { return Vec::new() };
    let title = named(columns, &TITLES, |_, column| column != main && words(column) >= 2.0);
    title.into_iter().chain([main]).collect()
}

/// The column and the scheme that `split=` names: `split=part`, `split=official`, `split=part,official`.
pub(super) fn split_option(spec: &DataSpec) -> (Vec<String>, Vec<Scheme>) {
    let entries = spec.list("split").unwrap_or_default();
    let (schemes, columns): (Vec<String>, Vec<String>) =
        entries.into_iter().partition(|entry| entry.parse::<Scheme>().is_ok());
    (columns, schemes.iter().filter_map(|entry| entry.parse().ok()).collect())
}

/// The column of a table of numbers that says which part each row belongs to: the one that `split=` names, else one that is called like it and holds
/// nothing but names of parts. `sample` gives values of a column.
pub(super) fn part_column<'a, I: Iterator<Item = &'a str>>(
    spec: &DataSpec,
    names: &[String],
    sample: impl Fn(usize) -> I,
) -> Result<Option<usize>, DataError> {
    let is_called = |name: &str, asked: &str| name.trim().eq_ignore_ascii_case(asked.trim());
    match part_asked(spec)? {
        None => Ok(PARTS.iter().find_map(|known| {
            let column = names.iter().position(|name| is_called(name, known))?;
            let mut values = sample(column).filter(|value| !value.trim().is_empty()).peekable();
            (values.peek().is_some() && values.all(|value| part_named(value.trim()).is_some())).then_some(column)
        })),
        Some(asked) => names.iter().position(|name| is_called(name, &asked)).map(Some).ok_or_else(|| {
            spec.refuse(
                format!("there is no column and no split \"{asked}\""),
                format!("the columns are {}", in_words(names.iter().take(30))),
            )
        }),
    }
}

/// The one column that `split=` names, if it names any.
fn part_asked(spec: &DataSpec) -> Result<Option<String>, DataError> {
    match split_option(spec).0.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        _ => Err(spec.refuse("split= names several columns", "name one column, and a scheme if you like")),
    }
}

/// Refuses a column of parts where the data have no columns.
pub(super) fn no_part_column(spec: &DataSpec) -> Result<(), DataError> {
    match part_asked(spec)? {
        None => Ok(()),
        Some(asked) => Err(spec.refuse(
            format!("there is no split \"{asked}\""),
            format!("the schemes are {}; columns of parts are read in single CSV files", Scheme::names()),
        )),
    }
}

/// The part that a field of such a column names; blank: none.
pub(super) fn part_in(field: &str, column: &str, spec: &DataSpec) -> Result<Option<Split>, DataError> {
    match field.trim() {
        "" => Ok(None),
        named => part_named(named).map(Some).ok_or_else(|| {
            let short: String = named.chars().take(40).collect();
            spec.refuse(
                format!("column {} holds \"{short}\", which is no part", column.trim()),
                "write train, validation or test there, or name another column with split=",
            )
        }),
    }
}

/// The roles that the query gives, and for the others those that names and values suggest, with a sentence that says so.
pub(super) fn roles(
    columns: &Columns,
    sample: &[Vec<String>],
    spec: &DataSpec,
    member: &Member,
) -> Result<(Roles, String), DataError> {
    let profiles: Vec<Profile> = (0..columns.names.len()).map(|column| Profile::of(sample, column)).collect();
    let list = |columns_idx: &[usize]| in_words(columns_idx.iter().map(|&column| &columns.names[column]));
    let mut is_guessed = false;
    let text = match spec.list("text") {
        Some(asked) => asked.iter().map(|name| columns.resolve(spec, name)).collect::<Result<Vec<_>, _>>()?,
        None => {
            is_guessed = true;
            let found = texts_of(columns, &profiles);
            // A single column is the text whatever is in it.
            if found.is_empty() && columns.names.len() == 1 { vec![0] } else { found }
        }
    };
    if text.is_empty() {
        return Err(member.unfit(
            "a column of text",
            format!("the columns {}", columns.listed()),
            "name it with text=",
        ));
    }
    let split = match part_asked(spec)? {
        None => {
            let is_part = |column: usize| profiles[column].is_part && !text.contains(&column);
            let by_name = named(columns, &PARTS, |_, column| is_part(column));
            by_name.or_else(|| (0..profiles.len()).find(|&column| is_part(column)))
        }
        Some(asked) => Some(columns.resolve(spec, &asked).map_err(|err| match err {
            DataError::Spec { spec, problem, advice } => {
                let advice = format!("{advice}, and the schemes are {}", Scheme::names());
                DataError::Spec { spec, problem, advice }
            }
            other => other,
        })?),
    };
    let label = match spec.query.get("label").map(String::as_str) {
        Some("none") if columns.find("none").is_none() => None,
        Some(asked) => Some(columns.resolve(spec, asked)?),
        None => {
            is_guessed = true;
            let is_free = |column: usize| !text.contains(&column) && Some(column) != split;
            let by_name =
                named(columns, &LABELS, |_, column| is_free(column) && profiles[column].n_distinct <= MAX_CLASSES);
            let by_content = || {
                let fits = (0..profiles.len()).filter(|&column| is_free(column) && profiles[column].is_class());
                fits.min_by_key(|&column| profiles[column].n_distinct)
            };
            let by_words = || named_like_labels(columns, |column| is_free(column) && profiles[column].is_class());
            by_name.or_else(by_words).or_else(by_content)
        }
    };
    let mut said = format!("Text is column{} {}, ", if text.len() == 1 { "" } else { "s" }, list(&text));
    said += &label
        .map_or_else(|| "no column holds classes".to_owned(), |label| format!("classes are column {}", list(&[label])));
    if let Some(split) = split {
        said += &format!(", parts are column {}", list(&[split]));
    }
    if is_guessed {
        said += &format!(" (guessed; text=, label= and split= change it, the columns are {})", columns.listed());
    }
    Ok((Roles { text, label, split }, said))
}

/// The roles that [`roles`] gives to columns, by option; nothing where they are refused.
pub(super) fn found(
    columns: &Columns,
    sample: &[Vec<String>],
    spec: &DataSpec,
    member: &Member,
) -> Vec<(&'static str, String)> {
    let Ok((roles, _)) = roles(columns, sample, spec, member) else { return Vec::new() };
    let name = |column: usize| columns.names[column].clone();
    let text = roles.text.iter().map(|&column| name(column)).collect::<Vec<_>>().join(", ");
    let label = roles.label.map_or_else(|| "none".to_owned(), name);
    let split = roles.split.map(|column| (options::PARTS, name(column)));
    [("text", text), ("label", label)].into_iter().chain(split).collect()
}

/// The files of a table: the one that was named; or in a folder those whose names say train, validation or test, else the only one.
pub(super) fn files<'a>(
    tree: &'a Tree,
    what: &str,
    fits: impl Fn(&Member) -> bool,
) -> Result<Vec<(&'a Member, Option<Split>)>, DataError> {
    if let Some(member) = tree.focused() {
        return Ok(vec![(member, part_in_name(member))]);
    }
    let mut found: Vec<&Member> = tree.members.iter().filter(|member| fits(member)).collect();
    found.sort_by_key(|member| (member.folder(), member.plain_name(), member.is_packed()));
    found.dedup_by_key(|member| (member.folder(), member.plain_name()));
    let mut parts: Vec<_> = found.iter().map(|&member| (member, part_in_name(member))).collect();
    parts.sort_by_key(|(_, part)| part.map_or(3, |part| part as usize));
    let n_named = parts.iter().filter(|(_, part)| part.is_some()).count();
    match (found.len(), n_named) {
        (0, _) => Err(tree.unfit(what, format!("{} other files", tree.members.len()), "name the file")),
        (1, _) => Ok(parts),
        (_, 0 | 1) => {
            let shown = in_words(found.iter().take(5).map(|member| &member.path));
            let more = if found.len() > 5 { " and more" } else { "" };
            let found = format!("{} files ({shown}{more})", found.len());
            Err(tree.unfit("one table, or tables called train and test", found, "name one of these files"))
        }
        _ => {
            parts.truncate(n_named);
            if let Some(pair) = parts.windows(2).find(|pair| pair[0].1 == pair[1].1) {
                let found = format!("{} and {}", pair[0].0.path, pair[1].0.path);
                return Err(tree.unfit("one file per part", found, "name one of these files"));
            }
            Ok(parts)
        }
    }
}

/// What a file name says about its part: `train.csv`, `ag_news_test.csv`, `labeledTrainData.tsv`.
fn part_in_name(member: &Member) -> Option<Split> {
    let name = member.plain_name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let by_word = stem.split(|c: char| !c.is_alphanumeric()).find_map(part_named);
    by_word.or_else(|| stem.contains("train").then_some(Split::Train))
}

/// Rows put together to a data set.
pub(super) struct Builder {
    corpus: Corpus,
    labels: Vec<Option<u16>>,
    classes: ClassNumbers,
    parts: Vec<Option<Split>>,
    source_index: Vec<u32>,
    joined: String,
    n_empty: usize,
    n_no_part: usize,
    other_part: String,
}

impl Builder {
    pub fn new() -> Self {
        Self {
            corpus: Corpus::default(),
            labels: Vec::new(),
            classes: ClassNumbers::default(),
            parts: Vec::new(),
            source_index: Vec::new(),
            joined: String::new(),
            n_empty: 0,
            n_no_part: 0,
            other_part: String::new(),
        }
    }

    /// Adds row `row_idx` of `member`; `field` gives its fields. `file_part` is what the file's name says.
    pub fn push<'a>(
        &mut self,
        roles: &Roles,
        field: impl Fn(usize) -> &'a str,
        row_idx: usize,
        file_part: Option<Split>,
        member: &Member,
    ) -> Result<(), DataError> {
        let part = match roles.split.map(&field) {
            Some(value) => match part_named(value.trim()) {
                None => {
                    self.n_no_part += 1;
                    if self.other_part.is_empty() {
                        self.other_part = value.trim().chars().take(40).collect();
                    }
                    return Ok(());
                }
                part => part,
            },
            None => file_part,
        };
        self.joined.clear();
        for value in roles.text.iter().map(|&column| field(column)).filter(|value| !is_blank(value)) {
            if !self.joined.is_empty() {
                self.joined.push('\n');
            }
            self.joined.push_str(value);
        }
        if self.joined.is_empty() {
            self.n_empty += 1;
            return Ok(());
        }
        if self.labels.len() >= MAX_ITEMS || (self.corpus.n_bytes() + self.joined.len()) as u64 > MAX_TEXT_BYTES {
            let expected = format!("at most {MAX_ITEMS} rows and {} of text", byte_size(MAX_TEXT_BYTES));
            return Err(member.unfit(expected, "more", "take a part of it"));
        }
        let label = match roles.label.map(|column| field(column).trim()) {
            None | Some("") => None,
            Some(value) => Some(self.number(value, member)?),
        };
        self.corpus.push(&self.joined);
        self.labels.push(label);
        self.parts.push(part);
        self.source_index.push(u32::try_from(row_idx).unwrap_or(u32::MAX));
        Ok(())
    }

    fn number(&mut self, value: &str, member: &Member) -> Result<u16, DataError> {
        self.classes.number(value, MAX_CLASSES).ok_or_else(|| {
            let advice = "name another column with label=, or write label=none";
            member.unfit(format!("at most {MAX_CLASSES} classes"), "more different values", advice)
        })
    }

    /// The data set: classes in the order of their numbers or of the alphabet.
    pub fn finish(
        mut self,
        tree: &Tree,
        first: &Member,
        spec: &DataSpec,
        mut remarks: Vec<String>,
    ) -> Result<Raw, DataError> {
        if self.labels.is_empty() {
            let found = match (self.n_no_part, self.n_empty) {
                (0, 0) => "none".to_owned(),
                (0, n) => format!("{n} without a word"),
                (n, _) => format!("{n} with the part \"{}\"", self.other_part),
            };
            let advice = "name the columns with text=, label= and split=";
            return Err(first.unfit("rows of text, with parts called train, validation or test if any", found, advice));
        }
        if self.n_empty > 0 {
            remarks.push(format!("Left out {} without text", counted(self.n_empty, "row")));
        }
        if self.n_no_part > 0 {
            remarks.push(format!(
                "Left out {} of other parts, such as \"{}\"",
                counted(self.n_no_part, "row"),
                self.other_part
            ));
        }
        let (values, are_numbers) = self.classes.finish(&mut self.labels);
        let labels = self.labels;
        let classes = class_names(tree, first, spec, values, are_numbers, &mut remarks)?;
        let content = self.corpus.hash();
        remarks.extend(unshown(&self.corpus));
        let items = Items::Text(TextItems::all(self.corpus));
        let (parts, source_index) = (self.parts, self.source_index);
        Ok(Raw { modality: Modality::Text, items, labels, classes, parts, source_index, content, remarks, truth: None })
    }
}

/// "1 row", "2 rows".
pub(super) fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// How many documents hold a script that the window cannot show, and which; one that holds several counts for each.
pub(super) fn unshown(corpus: &Corpus) -> Option<String> {
    let mut texts_of = std::collections::BTreeMap::<&str, usize>::new();
    for text in (0..corpus.len()).map(|at| corpus.get(at)) {
        for script in super::text::unshapeable_scripts(text) {
            *texts_of.entry(script).or_default() += 1;
        }
    }
    let named: Vec<String> = texts_of.iter().map(|(name, n)| format!("{name} in {}", counted(*n, "text"))).collect();
    (!named.is_empty()).then(|| format!("The window's fonts cannot show {}", in_words(&named)))
}

/// Names from the query, from `classes.txt` beside a table of numbers, else the values themselves.
fn class_names(
    tree: &Tree,
    member: &Member,
    spec: &DataSpec,
    values: Vec<String>,
    is_numeric: bool,
    remarks: &mut Vec<String>,
) -> Result<Vec<String>, DataError> {
    if let Some(names) = spec.list("names") {
        if names.len() != values.len() {
            let problem =
                format!("names= gives {} names for the {} classes {}", names.len(), values.len(), in_words(&values));
            return Err(spec.refuse(problem, "give as many, in this order"));
        }
        return Ok(names);
    }
    let Some(file) = tree.beside(member.folder(), "classes.txt").filter(|_| is_numeric && !values.is_empty()) else {
        return Ok(values);
    };
    let text = file.read_text()?;
    let names: Vec<String> = text.lines().map(|line| line.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if names.len() == values.len() {
        remarks.push(format!("Class names are those of classes.txt, in the order {}", in_words(&values)));
        return Ok(names);
    }
    remarks.push(format!("classes.txt has {} names for {} classes and was left out", names.len(), values.len()));
    Ok(values)
}
