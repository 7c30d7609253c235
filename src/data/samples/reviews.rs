//! Short reviews from a small grammar: neutral sentences and one to three opinions, of which some are negated or mixed.

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;

const N_REVIEWS: usize = 600;

/// What is reviewed, what it has, and something neutral to say about it.
struct Thing {
    name: &'static str,
    parts: [&'static str; 4],
    neutral: [&'static str; 4],
}

const THINGS: [Thing; 8] = [
    Thing {
        name: "bakery",
        parts: ["rye bread", "service", "plum cake", "coffee"],
        neutral: [
            "It is on the corner by the tram stop.",
            "They open at six.",
            "I went there with my sister on Saturday.",
            "We sat at the window.",
        ],
    },
    Thing {
        name: "hostel",
        parts: ["room", "breakfast", "shower", "front desk"],
        neutral: [
            "We stayed for three nights in May.",
            "The station is ten minutes away.",
            "There are four beds in each room.",
            "The kitchen is on the second floor.",
        ],
    },
    Thing {
        name: "novel",
        parts: ["plot", "ending", "main character", "dialogue"],
        neutral: [
            "It has four hundred pages.",
            "The story begins in a harbour town.",
            "I read it on the train.",
            "It is the second book of the series.",
        ],
    },
    Thing {
        name: "headset",
        parts: ["sound", "battery", "microphone", "fit"],
        neutral: [
            "It came in a grey box.",
            "I use it for two hours a day.",
            "The cable is one metre long.",
            "My brother has the older model.",
        ],
    },
    Thing {
        name: "concert",
        parts: ["singer", "light show", "drummer", "seating"],
        neutral: [
            "It began at eight.",
            "The hall holds about two thousand people.",
            "They played for ninety minutes.",
            "We came by bus.",
        ],
    },
    Thing {
        name: "tent",
        parts: ["zip", "fabric", "ground sheet", "instructions"],
        neutral: [
            "It weighs two kilos.",
            "We took it to the lakes in August.",
            "There is room for three people.",
            "It comes with twelve pegs.",
        ],
    },
    Thing {
        name: "museum",
        parts: ["guide", "exhibition", "café", "audio tour"],
        neutral: [
            "The entrance is at the back.",
            "It took us about three hours.",
            "It is closed on Mondays.",
            "The building was once a factory.",
        ],
    },
    Thing {
        name: "bicycle shop",
        parts: ["repair", "advice", "price", "choice of parts"],
        neutral: [
            "I brought my old bike in on Tuesday.",
            "They moved to the market square last year.",
            "My wheel was bent.",
            "There are two of them in town.",
        ],
    },
];

const GOOD: [&str; 12] = [
    "wonderful",
    "excellent",
    "delightful",
    "superb",
    "charming",
    "brilliant",
    "lovely",
    "impressive",
    "first-rate",
    "outstanding",
    "flawless",
    "splendid",
];
const BAD: [&str; 12] = [
    "awful",
    "terrible",
    "disappointing",
    "dreadful",
    "sloppy",
    "useless",
    "miserable",
    "shabby",
    "second-rate",
    "appalling",
    "faulty",
    "dismal",
];
const GOOD_WHOLE: [&str; 6] = [
    "I would come back at once.",
    "I recommend it to everyone.",
    "It was worth every penny.",
    "It made my week.",
    "We loved it.",
    "I could not be happier with it.",
];
const BAD_WHOLE: [&str; 6] = [
    "I want my money back.",
    "I would not wish it on anyone.",
    "It was a waste of money.",
    "It ruined my week.",
    "We hated it.",
    "I regret every minute of it.",
];
const HOW: [&str; 5] = ["really", "quite", "simply", "truly", "just"];

/// The text of `reviews.csv`.
pub(super) fn csv(mut rng: ChaCha8Rng) -> String {
    let mut text = "text,label\n".to_owned();
    let mut seen = std::collections::HashSet::new();
    let mut n_written = 0;
    while n_written < N_REVIEWS {
        let is_good = n_written % 2 == 0;
        let review = review(is_good, &mut rng);
        // Twins in training and test would make a model look better than it is.
        if seen.insert(review.clone()) {
            let label = if is_good { "positive" } else { "negative" };
            text.push_str(&format!("\"{review}\",{label}\n"));
            n_written += 1;
        }
    }
    text
}

fn review(is_good: bool, rng: &mut ChaCha8Rng) -> String {
    let thing = pick(&THINGS, rng);
    let mut parts = thing.parts;
    parts.shuffle(rng);
    let n_opinions = rng.random_range(1..=2);
    let mut sentences: Vec<String> = parts[..n_opinions].iter().map(|part| opinion(part, is_good, rng)).collect();
    if rng.random_bool(0.45) {
        sentences.push((*pick(if is_good { &GOOD_WHOLE } else { &BAD_WHOLE }, rng)).to_owned());
    }
    // One in four reviews admits something; "but" tells which side wins.
    if rng.random_bool(0.25) {
        let (part, other) = (parts[2], parts[3]);
        let (against, with) = (pick(words(!is_good), rng), pick(words(is_good), rng));
        sentences.push(format!("The {part} was {against}, but the {other} was so {with} that it did not matter."));
    }
    let n_neutral = rng.random_range(1..=2);
    let mut neutral = thing.neutral;
    neutral.shuffle(rng);
    sentences.extend(neutral[..n_neutral].iter().map(|&sentence| sentence.to_owned()));
    sentences.shuffle(rng);
    let opening = match rng.random_range(0..4) {
        0 => format!("This is about the {}. ", thing.name),
        1 => format!("My notes on this {}. ", thing.name),
        2 => format!("Our first {} this year. ", thing.name),
        _ => String::new(),
    };
    opening + &sentences.join(" ")
}

fn opinion(part: &str, is_good: bool, rng: &mut ChaCha8Rng) -> String {
    let word = pick(words(is_good), rng);
    let how = pick(&HOW, rng);
    match rng.random_range(0..5) {
        0 => format!("The {part} was {how} {word}."),
        1 if word.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("What an {word} {part}!"),
        1 => format!("What a {word} {part}!"),
        2 => format!("I found the {part} {word}."),
        3 => format!("The {part} was not {} at all.", pick(words(!is_good), rng)),
        _ => format!("Everyone called the {part} {word}, and so do I."),
    }
}

fn words(is_good: bool) -> &'static [&'static str] {
    if is_good { &GOOD } else { &BAD }
}

fn pick<'a, T>(choices: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    choices.choose(rng).unwrap_or(&choices[0])
}
