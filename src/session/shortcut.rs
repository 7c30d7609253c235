//! Keys as data: what a command is bound to, how it is written, and the proof that none collide. The window maps them to real keys.

/// A key with its modifiers, named so that it works on US, German and French keyboards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chord {
    /// A letter, without Ctrl.
    Letter(char),
    /// A letter with Ctrl (Cmd on a Mac).
    Ctrl(char),
    /// A letter with Ctrl and Shift.
    CtrlShift(char),
    /// A sign, by the text that it writes whatever key that takes.
    Sign(char),
    /// A digit, in the upper row (also where that takes Shift) or on the number pad.
    Digit(u8),
    /// A digit with Ctrl.
    CtrlDigit(u8),
    /// A named key.
    Named(Named),
    /// Ctrl and plus (or equals, which shares its key).
    CtrlPlus,
    /// Ctrl and minus.
    CtrlMinus,
}

/// Keys with names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// Left arrow.
    Left,
    /// Right arrow.
    Right,
    /// Up arrow.
    Up,
    /// Down arrow.
    Down,
    /// Space bar.
    Space,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Escape.
    Escape,
    /// Delete.
    Delete,
}

/// One or more chords for the same command; the first is the one that is shown.
pub type Shortcut = &'static [Chord];

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Letter(letter) => write!(f, "{letter}"),
            Self::Ctrl(letter) => write!(f, "Ctrl+{letter}"),
            Self::CtrlShift(letter) => write!(f, "Ctrl+Shift+{letter}"),
            Self::Sign(sign) => write!(f, "{sign}"),
            Self::Digit(digit) => write!(f, "{digit}"),
            Self::CtrlDigit(digit) => write!(f, "Ctrl+{digit}"),
            Self::Named(named) => f.write_str(match named {
                Named::Left => "Left",
                Named::Right => "Right",
                Named::Up => "Up",
                Named::Down => "Down",
                Named::Space => "Space",
                Named::Home => "Home",
                Named::End => "End",
                Named::PageUp => "Page up",
                Named::PageDown => "Page down",
                Named::Escape => "Esc",
                Named::Delete => "Delete",
            }),
            Self::CtrlPlus => f.write_str("Ctrl++"),
            Self::CtrlMinus => f.write_str("Ctrl+-"),
        }
    }
}

/// Chords that stand for the same key press on some keyboard.
///
/// `<` and `>` are Shift with comma and period on US keyboards; German ones write `;` and `:` there. Those are taken as the same chord,
/// so nothing else may use them.
pub fn also_typed_as(chord: Chord) -> Vec<Chord> {
    match chord {
        Chord::Sign('<') => vec![chord, Chord::Sign(';')],
        Chord::Sign('>') => vec![chord, Chord::Sign(':')],
        _ => vec![chord],
    }
}
