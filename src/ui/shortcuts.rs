//! From key presses to commands. Text fields get theirs first; signs are told by the text they write, so that any keyboard works.

use egui::{Event, Key, Modifiers};

use crate::session::shortcut::{Chord, Named, also_typed_as};
use crate::session::{Command, Place, Session};

/// Takes the pressed shortcuts out of the input and gives their commands.
pub fn take(ctx: &egui::Context, session: &Session) -> Vec<Command> {
    let is_typing = ctx.text_edit_focused();
    let mut commands = Vec::new();
    let table: Vec<(Chord, Command)> = Command::fixed()
        .into_iter()
        .flat_map(|command| {
            let keys = command.info().keys;
            keys.iter().map(move |&chord| (chord, command.clone())).collect::<Vec<_>>()
        })
        .collect();
    let mut took_arrow = false;
    // Elsewhere, and under a sheet, plain keys belong to the controls: Space ticks a box, arrows move the focus.
    // An open menu or list has them first, and a form over the window, too.
    let is_popup_open = egui::Popup::is_any_open(ctx);
    let is_form_open = ctx.memory(|memory| memory.top_modal_layer().is_some());
    let takes_plain = session.place == Place::Explore
        && !session.open.palette
        && !session.open.shortcuts
        && !is_form_open
        && !is_popup_open;
    // The card of what was not opened lies under a form, which Escape closes first.
    let is_something_open = session.open != crate::session::settings::OpenPanels::default()
        || (session.failed_open().is_some() && !is_form_open);
    ctx.input_mut(|input| {
        let is_held_down = input.modifiers.alt || input.modifiers.ctrl || input.modifiers.command;
        input.events.retain(|event| {
            // What a key writes together with Alt or Ctrl is no sign of its own.
            if is_held_down && matches!(event, Event::Text(_)) {
                return true;
            }
            let Some(chord) = chord_of(event) else { return true };
            // A text field keeps what writes or moves in it, also with Ctrl where editing uses it.
            if is_typing && !works_while_typing(chord) {
                return true;
            }
            let Some((_, command)) = table.iter().find(|(known, _)| also_typed_as(*known).contains(&chord)) else {
                return true;
            };
            if !takes_plain && !works_while_typing(chord) && chord != Chord::Sign('?') && !is_ctrl(chord) {
                return true;
            }
            // With nothing to close, Escape belongs to menus and lists.
            if *command == Command::CloseTop && (!is_something_open || is_popup_open) {
                return true;
            }
            if matches!(command, Command::Peek(_)) {
                return false; // Held keys are looked at below.
            }
            took_arrow |= matches!(chord, Chord::Named(Named::Left | Named::Right | Named::Up | Named::Down));
            commands.push(command.clone());
            false
        });
    });
    if took_arrow {
        // Arrows step items here; egui would move the keyboard focus with them.
        ctx.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    }
    let is_held = takes_plain && !is_typing && ctx.input(|input| input.key_down(Key::X) && input.modifiers.is_none());
    if is_held != session.explore.peek {
        commands.push(Command::Peek(is_held));
    }
    commands
}

fn is_ctrl(chord: Chord) -> bool {
    matches!(chord, Chord::Ctrl(_) | Chord::CtrlShift(_) | Chord::CtrlDigit(_) | Chord::CtrlPlus | Chord::CtrlMinus)
}

/// Shortcuts that keep working in a text field: they neither write nor edit.
fn works_while_typing(chord: Chord) -> bool {
    match chord {
        // Ctrl+K is the way to everything else, which no field takes away; on a Mac a field keeps its own, with Ctrl rather than Cmd.
        Chord::Ctrl(letter) => !matches!(letter, 'A' | 'C' | 'V' | 'X' | 'Z' | 'Y' | 'B'),
        Chord::CtrlShift(letter) => letter != 'Z',
        Chord::CtrlDigit(_) | Chord::CtrlPlus | Chord::CtrlMinus => true,
        Chord::Named(named) => named == Named::Escape,
        Chord::Letter(_) | Chord::Sign(_) | Chord::Digit(_) => false,
    }
}

/// The chord of an event, if it is a press of one.
pub fn chord_of(event: &Event) -> Option<Chord> {
    match event {
        Event::Key { key, physical_key, pressed: true, modifiers, .. } => chord_of_key(*key, *physical_key, *modifiers),
        // Signs and digits by what they write: `?` is Shift+ß on German keyboards, digits take Shift on French ones.
        Event::Text(text) => {
            let mut letters = text.chars();
            match (letters.next(), letters.next()) {
                (Some(sign @ (',' | '.' | '<' | '>' | ';' | ':' | '?' | '/')), None) => Some(Chord::Sign(sign)),
                (Some(digit @ '0'..='9'), None) => Some(Chord::Digit(digit as u8 - b'0')),
                _ => None,
            }
        }
        _ => None,
    }
}

fn chord_of_key(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Chord> {
    // On a Mac, Ctrl is not Cmd: a letter with it is no plain letter either.
    if modifiers.alt || (modifiers.ctrl && !modifiers.command) {
        return None;
    }
    let digit_of = |key: Key| {
        const DIGITS: [Key; 10] = [
            Key::Num0,
            Key::Num1,
            Key::Num2,
            Key::Num3,
            Key::Num4,
            Key::Num5,
            Key::Num6,
            Key::Num7,
            Key::Num8,
            Key::Num9,
        ];
        DIGITS.iter().position(|&digit| digit == key).map(|digit| digit as u8)
    };
    if modifiers.command {
        if let Some(digit) = digit_of(key).or_else(|| physical.and_then(digit_of)) {
            return Some(Chord::CtrlDigit(digit));
        }
        return match key {
            Key::Plus | Key::Equals => Some(Chord::CtrlPlus),
            Key::Minus => Some(Chord::CtrlMinus),
            _ => {
                let letter = letter_of(key)?;
                Some(if modifiers.shift { Chord::CtrlShift(letter) } else { Chord::Ctrl(letter) })
            }
        };
    }
    let named = match key {
        Key::ArrowLeft => Named::Left,
        Key::ArrowRight => Named::Right,
        Key::ArrowUp => Named::Up,
        Key::ArrowDown => Named::Down,
        Key::Space => Named::Space,
        Key::Home => Named::Home,
        Key::End => Named::End,
        Key::PageUp => Named::PageUp,
        Key::PageDown => Named::PageDown,
        Key::Escape => Named::Escape,
        Key::Delete => Named::Delete,
        _ if modifiers.shift => return None,
        _ => return letter_of(key).map(Chord::Letter),
    };
    Some(Chord::Named(named))
}

fn letter_of(key: Key) -> Option<char> {
    let mut letters = key.name().chars();
    match (letters.next(), letters.next()) {
        (Some(letter @ 'A'..='Z'), None) => Some(letter),
        _ => None,
    }
}
