//! A few pictures of the window. They are looked at before they are accepted.
use unmask::figure::layout::View;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Session};

use super::support::{act, explained, window};

const SIZE: [f32; 2] = [1000.0, 640.0];

#[test]
fn welcome() {
    let mut session = Session::new();
    session.settings.appearance = Appearance::Light;
    session.samples = vec![("Drawn digits".to_owned(), "mnist:sample_data/digits".to_owned())];
    window(SIZE, session).snapshot("welcome_light");
}

fn explorer(appearance: Appearance, name: &str) {
    let mut app = explained(SIZE, appearance);
    for command in [Command::AddColumn, Command::SetView(View::Side), Command::ToggleHidden] {
        act(&mut app, [command]);
    }
    app.snapshot(name);
}

#[test]
fn explorer_dark() {
    explorer(Appearance::Dark, "explorer_dark");
}

#[test]
fn explorer_light() {
    explorer(Appearance::Light, "explorer_light");
}
