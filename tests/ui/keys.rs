//! Keys: none collide, also on German and French keyboards, and text fields get theirs first.

use std::collections::HashMap;

use egui::{Event, Key, Modifiers};
use unmask::session::shortcut::also_typed_as;
use unmask::session::{Chord, Command};
use unmask::ui::shortcuts::chord_of;

#[test]
fn no_two_commands_share_a_key() {
    let mut taken: HashMap<Chord, Command> = HashMap::new();
    for command in Command::fixed() {
        for chord in command.info().keys.iter().flat_map(|&chord| also_typed_as(chord)) {
            if let Some(other) = taken.insert(chord, command.clone()) {
                panic!("{chord} is bound to {other:?} and {command:?}");
            }
        }
    }
    assert!(taken.len() > 40);
}

fn press(key: Key, physical_key: Key, modifiers: Modifiers) -> Option<Chord> {
    chord_of(&Event::Key { key, physical_key: Some(physical_key), pressed: true, repeat: false, modifiers })
}

#[test]
fn signs_are_told_by_what_they_write_on_any_keyboard() {
    // German: ? is Shift+ß, French: Shift+comma. Both write "?".
    assert_eq!(chord_of(&Event::Text("?".to_owned())), Some(Chord::Sign('?')));
    // French: the period takes Shift, and still means one more.
    assert_eq!(chord_of(&Event::Text(".".to_owned())), Some(Chord::Sign('.')));
    // US: Shift+period writes ">", German: ":". Both mean ten more.
    assert!(also_typed_as(Chord::Sign('>')).contains(&Chord::Sign(':')));
}

#[test]
fn ctrl_and_a_digit_work_where_digits_take_shift() {
    // French: the key of 1 is "&" without Shift.
    assert_eq!(press(Key::Exclamationmark, Key::Num1, Modifiers::COMMAND), Some(Chord::CtrlDigit(1)));
    assert_eq!(press(Key::Num1, Key::Num1, Modifiers::COMMAND), Some(Chord::CtrlDigit(1)));
}

#[test]
fn letters_follow_the_layout_and_not_the_place_of_the_key() {
    // German: Z lies where Y is on US keyboards.
    assert_eq!(press(Key::Z, Key::Y, Modifiers::COMMAND), Some(Chord::Ctrl('Z')));
}

#[test]
fn alt_is_left_to_the_system_and_a_letter_with_ctrl_is_no_plain_one() {
    assert_eq!(press(Key::F, Key::F, Modifiers::ALT), None);
    assert_eq!(press(Key::F, Key::F, Modifiers::COMMAND), Some(Chord::Ctrl('F')));
    // A Mac tells Ctrl from Cmd.
    assert_eq!(press(Key::F, Key::F, Modifiers::CTRL), None);
}
