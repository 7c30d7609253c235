//! Key events of a frame as presses, read by what is printed on the keys of any keyboard: digits also from the number pad and from the
//! physical row above the letters, which writes signs on French keyboards. A held key answers once.

use egui::{Event, Key, Modifiers};

use super::looks::Change;
use crate::session::participant::Press;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Taken {
    /// In the study.
    Press(Press),
    /// Sizes.
    Looks(Change),
    /// Scrolls a long text by so many screens.
    Scroll(f32),
}

/// Takes the keys out of the input. At the door, text goes to its field. `held` are the keys that are down, by where they are: the sign of
/// a key can be another when it is let go, where Shift was let go before, and egui then takes its next press for a repetition.
pub(super) fn take(ctx: &egui::Context, at_door: bool, held: &mut Vec<Key>) -> Vec<Taken> {
    let mut taken = Vec::new();
    ctx.input_mut(|input| {
        if !input.focused {
            held.clear();
        }
        input.events.retain(|event| match event {
            Event::Key { key, physical_key, pressed, repeat, modifiers } => {
                let is_repeat = match physical_key {
                    None => *repeat,
                    Some(place) => {
                        let was_held = held.contains(place);
                        held.retain(|known| known != place);
                        if *pressed {
                            held.push(*place);
                        }
                        was_held
                    }
                };
                let Some(found) = taken_of(*key, *physical_key, *modifiers) else {
                    // Nothing else of the window answers to keys, apart from the field at the door.
                    return at_door;
                };
                let belongs_to_field =
                    at_door && !matches!(found, Taken::Press(Press::Enter | Press::Escape) | Taken::Looks(_));
                if belongs_to_field {
                    return true;
                }
                let may_repeat = matches!(
                    found,
                    Taken::Looks(_)
                        | Taken::Scroll(_)
                        | Taken::Press(Press::Up | Press::Down | Press::Left | Press::Right)
                );
                if *pressed && (!is_repeat || may_repeat) {
                    taken.push(found);
                }
                false
            }
            Event::Text(_) | Event::Paste(_) => at_door,
            _ => true,
        });
    });
    taken
}

/// The press of a key, if it is one.
pub fn press_of(key: Key, physical: Option<Key>) -> Option<Press> {
    match taken_of(key, physical, Modifiers::NONE) {
        Some(Taken::Press(press)) => Some(press),
        _ => None,
    }
}

fn digit_of(key: Key) -> Option<char> {
    const DIGITS: [Key; 10] =
        [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    DIGITS.iter().position(|&digit| digit == key).and_then(|at| char::from_digit(at as u32, 10))
}

fn taken_of(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Taken> {
    if modifiers.alt {
        return None;
    }
    if modifiers.command {
        return match key {
            Key::Plus | Key::Equals => Some(Taken::Looks(Change::PictureLarger)),
            Key::Minus => Some(Taken::Looks(Change::PictureSmaller)),
            _ => None,
        };
    }
    if let Some(digit) = digit_of(key).or_else(|| physical.and_then(digit_of)) {
        return Some(Taken::Press(Press::Sign(digit)));
    }
    let press = match key {
        Key::Plus | Key::Equals => return Some(Taken::Looks(Change::TextLarger)),
        Key::Minus => return Some(Taken::Looks(Change::TextSmaller)),
        Key::PageUp => return Some(Taken::Scroll(-0.8)),
        Key::PageDown => return Some(Taken::Scroll(0.8)),
        Key::Home => return Some(Taken::Scroll(f32::NEG_INFINITY)),
        Key::End => return Some(Taken::Scroll(f32::INFINITY)),
        Key::Enter => Press::Enter,
        Key::Backspace => Press::Back,
        Key::Escape => Press::Escape,
        Key::Space => Press::Space,
        Key::ArrowUp => Press::Up,
        Key::Tab if modifiers.shift => Press::Up,
        Key::ArrowDown | Key::Tab => Press::Down,
        Key::ArrowLeft => Press::Left,
        Key::ArrowRight => Press::Right,
        Key::Period | Key::Comma => Press::Point,
        _ => {
            let mut letters = key.name().chars();
            match (letters.next(), letters.next()) {
                (Some(letter @ 'A'..='Z'), None) => Press::Sign(letter),
                _ => return None,
            }
        }
    };
    Some(Taken::Press(press))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_from_any_keyboard() {
        let sign = |sign| Some(Press::Sign(sign));
        assert_eq!(press_of(Key::Num3, Some(Key::Num3)), sign('3'));
        // French: the key of the 1 writes an ampersand, that of the 6 a minus.
        assert_eq!(press_of(Key::Minus, Some(Key::Num6)), sign('6'));
        assert_eq!(press_of(Key::Exclamationmark, Some(Key::Num1)), sign('1'));
        // German: Y and Z change places, and what is printed counts.
        assert_eq!(press_of(Key::Z, Some(Key::Y)), sign('Z'));
        assert_eq!(press_of(Key::Comma, Some(Key::Comma)), Some(Press::Point));
        assert_eq!(taken_of(Key::Minus, Some(Key::Minus), Modifiers::NONE), Some(Taken::Looks(Change::TextSmaller)));
        assert_eq!(
            taken_of(Key::Plus, Some(Key::Equals), Modifiers::COMMAND),
            Some(Taken::Looks(Change::PictureLarger))
        );
        assert_eq!(taken_of(Key::A, None, Modifiers::ALT), None);
    }
}
