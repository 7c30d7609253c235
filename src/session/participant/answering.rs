//! Which question the keys answer, and what a key enters there.

use super::{Act, Participant, Press, Scene, class_keys};
use crate::study::design::Form;
use crate::study::session::{Choice, Clock, Draft, Input, Step, TrialView, View};
use crate::study::store::Shown;

/// A question of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The answer: a class or "can't decide".
    Class,
    /// The score of the button at this position.
    Score(usize),
    /// Confidence.
    Confidence,
    /// The true class.
    Truth,
}

/// Where the keys go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answering {
    /// Number of the question among [`questions`].
    at: usize,
    /// A score as it is typed.
    typed: String,
}

/// One step of the arrow keys.
const SCORE_STEP: f64 = 0.05;

/// Questions in their order.
pub fn questions(shown: &Shown) -> Vec<Question> {
    let mut out = match shown.form {
        Form::Class | Form::ClassOrUndecided => vec![Question::Class],
        Form::Scores => (0..shown.classes.len()).map(Question::Score).collect(),
    };
    out.extend(shown.confidence.then_some(Question::Confidence));
    out.extend(shown.truth_question.is_some().then_some(Question::Truth));
    out
}

fn is_answered(question: Question, draft: &Draft, buttons: &[u16]) -> bool {
    match (question, &draft.choice) {
        (Question::Class, choice) => *choice != Choice::None,
        (Question::Score(at), Choice::Scores(scores)) => {
            buttons.get(at).and_then(|class| scores.get(usize::from(*class))).is_some_and(Option::is_some)
        }
        (Question::Score(_), _) => false,
        (Question::Confidence, _) => draft.confidence.is_some(),
        (Question::Truth, _) => draft.truth.is_some(),
    }
}

/// A score as it was typed: `7` is 0.7, `10` is 1, `0.75`, `,75` and `1.0` are themselves.
fn score_of(typed: &str) -> Option<f64> {
    let value = match typed {
        "10" => 1.0,
        _ if typed.contains('.') => format!("0{typed}").parse::<f64>().ok()?,
        _ => typed.parse::<f64>().ok()? / 10.0,
    };
    (0.0..=1.0).contains(&value).then_some(value)
}

impl Answering {
    /// The question that the keys answer.
    pub fn question(&self, shown: &Shown) -> Question {
        let all = questions(shown);
        all.get(self.at).or(all.first()).copied().unwrap_or(Question::Class)
    }

    /// What a sign or a point makes of the score that is typed: the text from now on and its value.
    fn type_score(&self, sign: char) -> Option<(String, f64)> {
        let longer = format!("{}{sign}", self.typed);
        if (longer == "." || longer == "0." || longer == "1.") && sign == '.' {
            return Some((longer, if self.typed == "1" { 1.0 } else { 0.0 }));
        }
        let fits = longer.len() <= 4 && (longer.contains('.') || longer == "10" || longer.len() == 1);
        match score_of(&longer).filter(|_| fits) {
            Some(value) => Some((longer, value)),
            // Anything else begins anew.
            None => Some((sign.to_string(), score_of(&sign.to_string())?)),
        }
    }
}

/// What a key asks for.
enum Wish {
    Input(Input),
    Turn(usize),
    Act(Act),
    Type(String, Input),
    Nothing,
}

impl<C: Clock + Clone> Participant<C> {
    /// A key is pressed at `at`, in nanoseconds of the clock.
    pub fn press(&mut self, press: Press, at: u64) -> Step {
        let before = self.answering.clone();
        match self.wish(press) {
            Wish::Nothing => Step::Ignored,
            Wish::Act(act) => self.act(act, at),
            Wish::Turn(question) => {
                self.answering = Answering { at: question, typed: String::new() };
                Step::Changed
            }
            Wish::Type(typed, input) => {
                let step = self.input(input, at);
                if step == Step::Changed && self.answering == before {
                    self.answering.typed = typed;
                }
                step
            }
            Wish::Input(input) => {
                let step = self.answer(input, at);
                if step == Step::Changed && press == Press::Back {
                    self.answering = Answering::default();
                }
                step
            }
        }
    }

    /// Enters an answer and turns to the next question that has none.
    pub fn answer(&mut self, input: Input, at: u64) -> Step {
        let moves_on = matches!(input, Input::Choose(_) | Input::Undecided | Input::Confidence(_) | Input::Truth(_));
        let own = match &input {
            Input::Choose(_) | Input::Undecided => Some(Question::Class),
            Input::Confidence(_) => Some(Question::Confidence),
            Input::Truth(_) => Some(Question::Truth),
            Input::Score { class, .. } => self.button_of(*class).map(Question::Score),
            _ => None,
        };
        let step = self.input(input, at);
        if step != Step::Changed {
            return step;
        }
        let Some(session) = self.session() else { return step };
        let View::Trial(trial) = session.view() else { return step };
        let shown = session.shown();
        let all = questions(shown);
        let Some(at) = own.and_then(|own| all.iter().position(|known| *known == own)) else { return step };
        let mut turned = Answering { at, typed: String::new() };
        if moves_on
            && let Some(next) = (at + 1..all.len()).find(|&next| !is_answered(all[next], trial.draft, trial.buttons))
        {
            turned.at = next;
        }
        self.answering = turned;
        step
    }

    fn button_of(&self, class: u16) -> Option<usize> {
        match self.session()?.view() {
            View::Trial(trial) => trial.buttons.iter().position(|&button| button == class),
            _ => None,
        }
    }

    fn wish(&self, press: Press) -> Wish {
        if self.leaving.is_some() {
            return match press {
                Press::Enter => Wish::Act(Act::Leave),
                Press::Escape => Wish::Act(Act::Stay),
                _ => Wish::Nothing,
            };
        }
        if self.trouble.is_some() {
            return match press {
                Press::Enter => Wish::Act(Act::Retry),
                Press::Escape => Wish::Act(Act::AskLeave { outside: false }),
                _ => Wish::Nothing,
            };
        }
        let ask = Wish::Act(Act::AskLeave { outside: false });
        match (self.scene(), press) {
            (Scene::Refused { .. }, Press::Enter) => Wish::Act(Act::Retry),
            (Scene::Refused { .. }, Press::Escape) => Wish::Act(Act::AskLeave { outside: true }),
            (Scene::Study(view), press) => match (view, press) {
                (View::Consent, Press::Enter) => Wish::Input(Input::Consent(true)),
                (View::Consent, Press::Escape) => Wish::Input(Input::Consent(false)),
                (
                    View::Instructions { .. } | View::Section { .. } | View::Feedback { .. },
                    Press::Enter | Press::Space,
                ) => Wish::Input(Input::Continue),
                (View::Instructions { .. } | View::Section { .. } | View::Feedback { .. }, Press::Escape) => ask,
                (View::Paused { .. }, Press::Enter | Press::Space) => Wish::Input(Input::Resume),
                (View::Paused { .. }, Press::Escape) => ask,
                (View::Finished, Press::Back) => Wish::Input(Input::Undo),
                (View::Finished | View::Declined, Press::Enter) => Wish::Act(Act::ToDoor),
                (View::Trial(trial), press) => match self.shown() {
                    Some(shown) => self.wish_in(&trial, shown, press),
                    None => Wish::Nothing,
                },
                _ => Wish::Nothing,
            },
            _ => Wish::Nothing,
        }
    }

    fn wish_in(&self, trial: &TrialView<'_>, shown: &Shown, press: Press) -> Wish {
        let all = questions(shown);
        let at = self.answering.at.min(all.len().saturating_sub(1));
        let question = self.answering.question(shown);
        match press {
            Press::Escape => Wish::Input(Input::Pause),
            Press::Back if *trial.draft != Draft::new(shown) => Wish::Input(Input::Clear),
            Press::Back => Wish::Input(Input::Undo),
            Press::Enter if trial.is_complete => Wish::Input(Input::Confirm),
            Press::Enter => (at..all.len())
                .chain(0..at)
                .find(|&next| !is_answered(all[next], trial.draft, trial.buttons))
                .map_or(Wish::Nothing, Wish::Turn),
            Press::Up => Wish::Turn(at.saturating_sub(1)),
            Press::Down => Wish::Turn((at + 1).min(all.len() - 1)),
            Press::Space if shown.form == Form::ClassOrUndecided && question == Question::Class => {
                Wish::Input(Input::Undecided)
            }
            Press::Space | Press::Point if !matches!(question, Question::Score(_)) => Wish::Nothing,
            press => self.wish_at(question, trial, shown, press),
        }
    }

    fn wish_at(&self, question: Question, trial: &TrialView<'_>, shown: &Shown, press: Press) -> Wish {
        let by_key = |sign: char| {
            class_keys(shown, trial.buttons).iter().position(|&key| key == sign).map(|at| trial.buttons[at])
        };
        // One to the left or the right of what is chosen, from the first where nothing is.
        let beside = |now: Option<u16>| -> Option<u16> {
            let at = now.and_then(|now| trial.buttons.iter().position(|&button| button == now));
            let last = trial.buttons.len().checked_sub(1)?;
            let next = match (at, press) {
                (None, _) => 0,
                (Some(at), Press::Left) => at.saturating_sub(1),
                (Some(at), _) => (at + 1).min(last),
            };
            trial.buttons.get(next).copied()
        };
        let input = match (question, press) {
            (Question::Class, Press::Sign(sign)) => by_key(sign).map(Input::Choose),
            (Question::Class, Press::Left | Press::Right) => beside(trial.draft.class()).map(Input::Choose),
            (Question::Truth, Press::Sign(sign)) => by_key(sign).map(Input::Truth),
            (Question::Truth, Press::Left | Press::Right) => beside(trial.draft.truth).map(Input::Truth),
            (Question::Confidence, Press::Sign(sign @ '1'..='5')) => Some(Input::Confidence(sign as u8 - b'0')),
            (Question::Confidence, Press::Left) => {
                Some(Input::Confidence(trial.draft.confidence.map_or(1, |level| level.saturating_sub(1).max(1))))
            }
            (Question::Confidence, Press::Right) => {
                Some(Input::Confidence(trial.draft.confidence.map_or(1, |level| (level + 1).min(5))))
            }
            (Question::Score(at), press) => return self.wish_score(at, trial, press),
            _ => None,
        };
        input.map_or(Wish::Nothing, Wish::Input)
    }

    fn wish_score(&self, at: usize, trial: &TrialView<'_>, press: Press) -> Wish {
        let Some(&class) = trial.buttons.get(at) else { return Wish::Nothing };
        let now = match &trial.draft.choice {
            Choice::Scores(scores) => scores.get(usize::from(class)).copied().flatten(),
            _ => None,
        };
        let stepped = |by: f64| ((now.unwrap_or(0.5) + by) / SCORE_STEP).round() * SCORE_STEP;
        let (typed, value) = match press {
            Press::Sign(sign @ '0'..='9') => match self.answering.type_score(sign) {
                Some(typed) => typed,
                None => return Wish::Nothing,
            },
            Press::Point => match self.answering.type_score('.') {
                Some(typed) => typed,
                None => return Wish::Nothing,
            },
            Press::Left => (String::new(), stepped(-SCORE_STEP)),
            Press::Right => (String::new(), stepped(SCORE_STEP)),
            _ => return Wish::Nothing,
        };
        let value = (value.clamp(0.0, 1.0) * 100.0).round() / 100.0;
        Wish::Type(typed, Input::Score { class, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(signs: &str) -> f64 {
        let mut answering = Answering::default();
        let mut value = f64::NAN;
        for sign in signs.chars() {
            let (typed, now) = answering.type_score(sign).expect("a score");
            answering.typed = typed;
            value = now;
        }
        value
    }

    #[test]
    fn a_digit_is_tenths_and_decimals_are_themselves() {
        for (signs, value) in [
            ("7", 0.7),
            ("10", 1.0),
            ("0", 0.0),
            ("0.75", 0.75),
            (".5", 0.5),
            ("1.0", 1.0),
            ("73", 0.3),
            ("1.", 1.0),
            ("0.7", 0.7),
        ] {
            assert_eq!(typed(signs), value, "{signs}");
        }
    }
}
