//! FS-H by the rule of the protocol, with what a reader needs to judge it.

mod arm;

use serde::Serialize;

pub use arm::ArmData;

use super::StudyError;
use super::design::{ArmKind, Form, Protocol};
use super::key::Key;
use super::responses::{Exclusion, Response, Responses};
use super::stats::{self, Level};

/// A share with its intervals, in percent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share, 0..=100; `None` where there is nothing to count.
    pub percent: Option<f64>,
    /// What was counted as a hit; a fraction where ties count by parts.
    pub hits: f64,
    /// Of how many.
    pub n: usize,
    /// Wilson's 95 % interval of `hits` of `n`.
    pub wilson: [f64; 2],
    /// 95 % interval by a bootstrap over people and items.
    pub cluster: Option<[f64; 2]>,
}

impl Share {
    /// Of `hits` of `n`, without a bootstrap.
    pub fn of(hits: f64, n: usize) -> Self {
        let percent = (n > 0).then(|| 100.0 * hits / n as f64);
        let wilson = stats::wilson(hits, n as f64).map(|share| 100.0 * share);
        Self { percent, hits, n, wilson, cluster: None }
    }
}

/// What one arm gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmScore {
    /// Name.
    pub name: String,
    /// What it shows.
    pub kind: ArmKind,
    /// Scored answers.
    pub answers: usize,
    /// Items with an answer.
    pub items: usize,
    /// People with an answer.
    pub people: usize,
    /// FS-H by the protocol.
    pub fs_h: Share,
    /// The same with the people who are left out.
    pub fs_h_everybody: Share,
    /// Answers that were "can't decide".
    pub undecided_answers: Share,
    /// Items left undecided by all their answers together (L2X); 0 of 0 elsewhere.
    pub undecided_items: Share,
    /// Decided answers that give the true class.
    pub accuracy: Share,
    /// Answers to the second question that give the true class.
    pub second_accuracy: Share,
    /// Chance of a guess, in percent.
    pub chance: f64,
    /// One-sided exact binomial test of FS-H against chance.
    pub p_chance: Option<f64>,
    /// FS-M of the same stimuli, and how it goes with FS-H item by item.
    pub model: AgainstModel,
    /// Agreement between people.
    pub agreement: Agreement,
    /// Seconds from presentation to the key event.
    pub seconds: Times,
    /// How confidence goes with being right.
    pub calibration: Option<Calibration>,
}

/// FS-H beside FS-M.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgainstModel {
    /// Items whose class by the model stays when it sees only what people saw.
    pub fs_m: Share,
    /// FS-H minus FS-M, in points.
    pub difference: Option<f64>,
    /// Items that both give the model's class for, only people, only the model, neither.
    pub table: [usize; 4],
    /// Exact McNemar test of the two.
    pub p: f64,
}

/// Agreement between the people of an arm; "can't decide" counts as an answer of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Items with two answers or more.
    pub items: usize,
    /// Pairs of answers that agree, in percent, averaged over items.
    pub percent: Option<f64>,
    /// Cohen's kappa, where exactly two people share items.
    pub cohen: Option<f64>,
    /// Fleiss' kappa, where every item has the same number of answers.
    pub fleiss: Option<f64>,
    /// Krippendorff's alpha, nominal.
    pub alpha: Option<f64>,
    /// Krippendorff's alpha, interval, of the normalised score of the first class.
    pub alpha_scores: Option<f64>,
    /// Gwet's AC1.
    pub ac1: Option<f64>,
}

/// Response times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    /// Median.
    pub median: Option<f64>,
    /// First and third quartile.
    pub quartiles: Option<[f64; 2]>,
    /// 5th and 95th percentile.
    pub spread: Option<[f64; 2]>,
    /// Largest frame interval: the error of a single time.
    pub error: Option<f64>,
}

/// How confidence goes with being right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// For each level from 1 to 5, the decided answers that are right.
    pub levels: Vec<Share>,
    /// Chance that a right answer has the higher confidence than a wrong one.
    pub auroc: Option<f64>,
}

/// Two arms compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Names.
    pub arms: [String; 2],
    /// FS-H of the first minus FS-H of the second, in points.
    pub difference: Option<f64>,
    /// 95 % interval of it by a bootstrap over people and items.
    pub cluster: Option<[f64; 2]>,
    /// Items with a verdict in both.
    pub items: usize,
    /// Items that only the first arm gets right, and only the second.
    pub discordant: [usize; 2],
    /// Exact McNemar test over items.
    pub p: f64,
    /// The same after Holm's correction over all pairs.
    pub p_holm: f64,
}

/// Answers to stimuli that were shown twice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retest {
    /// Same answer both times.
    pub same: Share,
    /// Cohen's kappa of first and second.
    pub kappa: Option<f64>,
}

/// All results of a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Title.
    pub title: String,
    /// Protocol.
    pub protocol: Protocol,
    /// Its rule in a sentence.
    pub rule: String,
    /// Rules of a careful study that it overrides, and what else a reader should know.
    pub remarks: Vec<String>,
    /// People who answered.
    pub people: usize,
    /// People who withdrew.
    pub withdrawn: usize,
    /// People left out, with the rule.
    pub excluded: Vec<Exclusion>,
    /// Arms in the design's order.
    pub arms: Vec<ArmScore>,
    /// All pairs of arms.
    pub pairs: Vec<Pair>,
    /// Test-retest.
    pub retest: Option<Retest>,
    /// Catch items right.
    pub catch: Share,
}

/// Computes everything.
pub fn score(responses: &Responses, key: &Key) -> Result<Scores, StudyError> {
    let spec = &key.spec;
    let n_classes = key.classes.len();
    let data: Vec<ArmData> = (0..key.arms.len())
        .map(|arm| ArmData::new(key, responses.scored(false).filter(|r| r.arm == Some(arm))))
        .collect();
    let arms: Vec<ArmScore> = (0..key.arms.len()).map(|arm| arm_score(responses, key, arm, &data[arm])).collect();
    let mut pairs = Vec::new();
    for first in 0..arms.len() {
        for second in first + 1..arms.len() {
            pairs.push(pair(&data[first], &data[second], [&arms[first], &arms[second]], spec.seed));
        }
    }
    let adjusted = stats::holm(&pairs.iter().map(|pair| pair.p).collect::<Vec<_>>());
    pairs.iter_mut().zip(adjusted).for_each(|(pair, p)| pair.p_holm = p);
    let repeats = responses.repeats();
    let as_class = |r: &Response| r.class().unwrap_or(n_classes as u16);
    let retest = (!repeats.is_empty()).then(|| {
        let answers: Vec<(u16, u16)> = repeats.iter().map(|(a, b)| (as_class(a), as_class(b))).collect();
        let same = answers.iter().filter(|(a, b)| a == b).count();
        Retest { same: Share::of(same as f64, answers.len()), kappa: stats::cohen_kappa(&answers) }
    });
    let catch: Vec<&Response> = responses
        .all
        .iter()
        .filter(|r| r.stands && r.role == super::allocate::Role::Catch && !responses.is_excluded(r.person))
        .collect();
    let caught = catch.iter().filter(|r| r.class().is_some() && r.class() == r.target).count();
    let mut remarks = spec.remarks();
    let mut taken: Vec<usize> = responses.people.iter().map(|person| person.slot).collect();
    taken.sort_unstable();
    let twice = taken.windows(2).filter(|pair| pair[0] == pair[1]).count();
    if twice > 0 {
        remarks
            .push(format!("{twice} places were taken twice, by copies of one file, so arms are not quite balanced."));
    }
    let restarted = responses.people.iter().filter(|person| person.attempt > 1).count();
    if restarted > 0 {
        remarks.push(format!("{restarted} people began anew; only their last attempt is scored."));
    }
    Ok(Scores {
        title: spec.title.clone(),
        protocol: spec.protocol,
        rule: spec.protocol.rule().to_owned(),
        remarks,
        people: responses.people.len(),
        withdrawn: responses.withdrawn,
        excluded: responses.excluded.clone(),
        arms,
        pairs,
        retest,
        catch: Share::of(caught as f64, catch.len()),
    })
}

fn arm_score(responses: &Responses, key: &Key, arm: usize, data: &ArmData) -> ArmScore {
    let n_classes = key.classes.len();
    let own: Vec<&Response> = responses.scored(false).filter(|r| r.arm == Some(arm)).collect();
    let everybody = ArmData::new(key, responses.scored(true).filter(|r| r.arm == Some(arm)));
    let mut fs_h = data.fs_h();
    fs_h.cluster = data.interval(key.spec.seed);
    let decided: Vec<&&Response> = own.iter().filter(|r| !r.is_undecided()).collect();
    let with_truth: Vec<_> = decided.iter().filter_map(|r| Some(arm::credit(r, n_classes, r.truth?))).collect();
    let second: Vec<bool> = own.iter().filter_map(|r| Some(r.second? == r.truth?)).collect();
    let seconds: Vec<f64> = own.iter().map(|r| r.seconds).collect();
    let ratings: Vec<(u8, bool)> =
        decided.iter().filter_map(|r| Some((r.confidence?, arm::credit(r, n_classes, r.target?) > 0.5))).collect();
    let calibration = (!ratings.is_empty()).then(|| Calibration {
        levels: (1..=5)
            .map(|level| {
                let of_level: Vec<_> = ratings.iter().filter(|(given, _)| *given == level).collect();
                Share::of(of_level.iter().filter(|(_, is_right)| *is_right).count() as f64, of_level.len())
            })
            .collect(),
        auroc: stats::auroc(
            &ratings.iter().map(|(level, is_right)| (f64::from(*level), *is_right)).collect::<Vec<_>>(),
        ),
    });
    let chance = 1.0 / n_classes as f64;
    let undecided = own.len() - decided.len();
    ArmScore {
        name: key.arms[arm].name.clone(),
        kind: key.arms[arm].kind,
        answers: own.len(),
        items: data.n_items(),
        people: data.n_people(),
        p_chance: (fs_h.n > 0).then(|| stats::binomial_greater(fs_h.hits.round() as usize, fs_h.n, chance)),
        fs_h_everybody: everybody.fs_h(),
        undecided_answers: Share::of(undecided as f64, own.len()),
        undecided_items: match key.spec.protocol {
            Protocol::L2x => Share::of(data.undecided_items() as f64, data.n_items()),
            _ => Share::of(0.0, 0),
        },
        accuracy: Share::of(with_truth.iter().sum(), with_truth.len()),
        second_accuracy: Share::of(second.iter().filter(|is_right| **is_right).count() as f64, second.len()),
        chance: 100.0 * chance,
        model: against_model(key, arm, data, &fs_h),
        agreement: agreement(key, &own, data),
        seconds: Times {
            median: (!seconds.is_empty()).then(|| stats::quantile(&seconds, 0.5)),
            quartiles: (!seconds.is_empty()).then(|| [0.25, 0.75].map(|share| stats::quantile(&seconds, share))),
            spread: (!seconds.is_empty()).then(|| [0.05, 0.95].map(|share| stats::quantile(&seconds, share))),
            error: own.iter().map(|r| r.frame_seconds).max_by(f64::total_cmp),
        },
        calibration,
        fs_h,
    }
}

/// FS-M of the stimuli that were answered, and the item-by-item table.
fn against_model(key: &Key, arm: usize, data: &ArmData, fs_h: &Share) -> AgainstModel {
    let stays = |item: usize| {
        let found = key.stimuli.values().find(|stimulus| stimulus.item == item && stimulus.arm == Some(arm));
        found.map(|stimulus| stimulus.answer == key.items[item].model)
    };
    let of_model: Vec<(usize, bool)> = data.items().filter_map(|item| Some((item, stays(item)?))).collect();
    let fs_m = Share::of(of_model.iter().filter(|(_, stays)| *stays).count() as f64, of_model.len());
    let verdicts = data.verdicts();
    let mut table = [0; 4];
    for (item, model) in &of_model {
        if let Some((_, person)) = verdicts.iter().find(|(other, _)| other == item) {
            table[match (person, model) {
                (true, true) => 0,
                (true, false) => 1,
                (false, true) => 2,
                (false, false) => 3,
            }] += 1;
        }
    }
    let difference = fs_h.percent.zip(fs_m.percent).map(|(people, model)| people - model);
    AgainstModel { fs_m, difference, p: stats::mcnemar(table[1], table[2]), table }
}

fn agreement(key: &Key, own: &[&Response], data: &ArmData) -> Agreement {
    let n_classes = key.classes.len();
    let mut people: Vec<usize> = own.iter().map(|r| r.person).collect();
    people.sort_unstable();
    people.dedup();
    let mut table: Vec<Vec<Option<u16>>> = Vec::new();
    let mut scores: Vec<Vec<Option<f64>>> = Vec::new();
    for item in data.items() {
        let (mut classes, mut values) = (vec![None; people.len()], vec![None; people.len()]);
        for response in own.iter().filter(|r| r.item == item) {
            let column = people.partition_point(|person| *person < response.person);
            classes[column] = Some(response.class().unwrap_or(n_classes as u16));
            values[column] = response.scores.as_ref().and_then(|scores| scores.first().copied());
        }
        table.push(classes);
        scores.push(values);
    }
    let is_shared = |row: &&Vec<Option<u16>>| row.iter().flatten().count() >= 2;
    let shared: Vec<&Vec<Option<u16>>> = table.iter().filter(is_shared).collect();
    if shared.is_empty() {
        return Agreement::default();
    }
    let pairs: Vec<(u16, u16)> = match people.len() {
        2 => shared.iter().filter_map(|row| row[0].zip(row[1])).collect(),
        _ => Vec::new(),
    };
    let n_answers = n_classes + usize::from(key.spec.answer.form == Form::ClassOrUndecided);
    let numbers: Vec<Vec<Option<f64>>> =
        table.iter().map(|row| row.iter().map(|class| class.map(f64::from)).collect()).collect();
    Agreement {
        items: shared.len(),
        percent: stats::percent_agreement(&table).map(|share| 100.0 * share),
        cohen: stats::cohen_kappa(&pairs),
        fleiss: stats::fleiss_kappa(&table),
        alpha: stats::krippendorff_alpha(&numbers, Level::Nominal),
        alpha_scores: (key.spec.answer.form == Form::Scores)
            .then(|| stats::krippendorff_alpha(&scores, Level::Interval))
            .flatten(),
        ac1: stats::gwet_ac1(&table, n_answers),
    }
}

fn pair(first: &ArmData, second: &ArmData, arms: [&ArmScore; 2], seed: u64) -> Pair {
    let of_second = second.verdicts();
    let mut discordant = [0; 2];
    let mut items = 0;
    for (item, is_right) in first.verdicts() {
        let Some((_, other)) = of_second.iter().find(|(known, _)| *known == item) else { continue };
        items += 1;
        match (is_right, other) {
            (true, false) => discordant[0] += 1,
            (false, true) => discordant[1] += 1,
            _ => {}
        }
    }
    let p = stats::mcnemar(discordant[0], discordant[1]);
    Pair {
        arms: arms.map(|arm| arm.name.clone()),
        difference: arms[0].fs_h.percent.zip(arms[1].fs_h.percent).map(|(a, b)| a - b),
        cluster: arm::difference_interval(first, second, seed),
        items,
        discordant,
        p,
        p_holm: p,
    }
}
