//! The words of the participant's screens. A design may say each in another language (`[texts.words]`).

use super::store::Shown;

macro_rules! words {
    ($($name:ident, $id:literal, $english:literal;)*) => {
        /// A word or sentence of the participant's screens. Names in braces are filled in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word {
            $(#[doc = $english] $name,)*
        }

        impl Word {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Name in a design.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What is shown where a design says nothing.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $english,)* }
            }
        }
    };
}

words! {
    Begin, "begin", "Begin";
    ComeBack, "come-back", "Have you begun already? Type your code:";
    Code, "code", "Your code";
    GoOn, "go-on", "Go on";
    Agree, "agree", "I agree and take part";
    Disagree, "disagree", "I do not take part";
    Continue, "continue", "Continue";
    Start, "start", "Start";
    Chance, "chance", "Who only guesses is right in about {n} of 100 answers.";
    CodeNote, "code-note", "Your code is {code}. Write it down: with it you can stop and go on later.";
    PracticeNote, "practice-note", "First come {n} items for practice. After each, you are told whether it was right.";
    Practice, "practice", "Practice {n} of {of}";
    Progress, "progress", "{n} of {of}";
    Section, "section", "Part {n} of {of}";
    SectionNote, "section-note", "Take a short break if you like.";
    Sure, "sure", "How sure are you?";
    NotSure, "not-sure", "not at all";
    VerySure, "very-sure", "very";
    Confirm, "confirm", "Confirm";
    Next, "next", "Next";
    Undo, "undo", "Take back the last answer";
    Clear, "clear", "Clear";
    Pause, "pause", "Pause";
    ScoreNote, "score-note", "Type a digit for tenths (7 is 0.7, 10 is 1), or use the arrow keys.";
    ScoreShare, "score-share", "counts {n} %";
    Right, "right", "Right";
    Wrong, "wrong", "Not right. The answer was: {class}";
    Paused, "paused", "Pause";
    Answered, "answered", "{n} of {of} answered. Everything is saved.";
    Leave, "leave", "Leave";
    LeaveQuestion, "leave-question", "Leave the study now?";
    LeaveNote, "leave-note", "Everything you have answered is saved. With the code {code} you can go on later.";
    LeaveNothing, "leave-nothing", "Nothing has been stored yet.";
    EndNote, "end-note", "This is for the researcher: nobody can take part until the study is opened again.";
    Stay, "stay", "Stay";
    NothingStored, "nothing-stored", "You do not take part, and nothing was stored.";
    Done, "done", "Done";
    TextSize, "text-size", "Text";
    PictureSize, "picture-size", "Item";
    Smaller, "smaller", "smaller";
    Larger, "larger", "larger";
    More, "more", "more below: Page Down";
    TryAgain, "try-again", "Try again";
    Checking, "checking", "Checking the study";
    Space, "space", "Space";
    Enter, "enter", "Enter";
    Escape, "escape", "Esc";
    Backspace, "backspace", "Backspace";
}

impl Word {
    /// The word in the study's language.
    pub fn of(self, shown: Option<&Shown>) -> &str {
        match shown.and_then(|shown| shown.words.get(self.id())) {
            Some(own) if !own.trim().is_empty() => own,
            _ => self.english(),
        }
    }

    /// The same with its braces filled in.
    pub fn filled(self, shown: Option<&Shown>, values: &[(&str, String)]) -> String {
        let mut text = self.of(shown).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// The word of this id.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.id() == id)
    }
}
