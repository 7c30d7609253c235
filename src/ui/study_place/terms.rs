//! The words of the field, each with a sentence and its source.

use egui::{RichText, Ui};

/// Word, and what it means.
pub const TERMS: &[(&str, &str)] = &[
    (
        "FS-H",
        "How often people who see only the selected part give the class that the model gave to the full input (L2X, Chen et al. 2018, 4.2.1; \
         MEED, 4.1.1).",
    ),
    ("FS-M", "How often the model itself keeps its class when it sees only what people saw (MEED, 4.1)."),
    (
        "FU-H",
        "The same with the unselected part only: where it is high, the selection left out what it should have held (MEED, 4.1).",
    ),
    (
        "Wilson 95 %",
        "Wilson's score interval of a share: it stays within 0 and 100 % and holds for few answers, too (Wilson 1927).",
    ),
    (
        "over people and items",
        "A 95 % interval that draws people and items anew 2,000 times, since answers of one person, or to one item, go together (cluster \
         bootstrap; Owen 2007). Where answers are averaged over people first (L2X, MEED), the draws are centred on FS-H.",
    ),
    (
        "p, chance",
        "One-sided exact binomial test: how likely so many hits would be if everybody guessed (Clopper and Pearson 1934).",
    ),
    (
        "McNemar p",
        "Exact McNemar test over items that both arms have: do the items that only one of the two gets right fall on one side? (McNemar 1947)",
    ),
    ("Holm p", "The p-value after Holm's step-down correction for all the pairs compared here (Holm 1979)."),
    (
        "Cohen kappa",
        "Agreement of two people beyond what chance gives (Cohen 1960). Only where an arm has exactly two people.",
    ),
    (
        "Fleiss kappa",
        "Agreement of several people beyond chance, where every item has equally many answers (Fleiss 1971).",
    ),
    (
        "Krippendorff alpha",
        "Agreement beyond chance, also with missing answers: 1 is perfect, 0 is chance (Krippendorff 2004).",
    ),
    ("Gwet AC1", "Agreement beyond chance that stays sensible where one class dominates, unlike kappa (Gwet 2008)."),
    ("test-retest", "How often a person gives the same answer to the same stimulus shown twice."),
    (
        "calibration",
        "Whether answers given with more confidence are right more often; the area under the ROC is 50 % where confidence says nothing.",
    ),
    ("undecided", "Answers that were \"can't decide\", where the protocol allows them."),
    ("human accuracy", "How often people's answers are the true class, whatever the model said."),
    ("catch items", "Full inputs with an obvious answer: who misses them was not looking."),
    ("repeats", "Items that a person sees a second time, to see how steady answers are."),
    ("key", "The file that says what the codes in a participant file mean. Whoever has both can unblind the study."),
];

/// The explanation of a word, where there is one.
pub fn explain(word: &str) -> Option<&'static str> {
    TERMS.iter().find(|(known, _)| *known == word).map(|(_, words)| *words)
}

/// A word with its explanation on hover.
pub fn term(ui: &mut Ui, word: &str) {
    let text = RichText::new(word).small().strong();
    match explain(word) {
        Some(words) => ui.label(text.underline()).on_hover_text(words),
        None => ui.label(text),
    };
}
