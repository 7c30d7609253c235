//! A few pictures of the window. They are looked at before they are accepted.

use unmask::figure::layout::View;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Session};

use super::support::{explained, window};

const SIZE: [f32; 2] = [1000.0, 640.0];

#[test]
fn welcome() {
    let mut session = Session::new();
    session.settings.appearance = Appearance::Light;
    session.samples = vec![("Drawn digits".to_owned(), "mnist:sample_data/digits".to_owned())];
    window(SIZE, session).snapshot("welcome_light");
}

#[test]
fn explorer_in_both_themes() {
    for (appearance, name) in [(Appearance::Dark, "explorer_dark"), (Appearance::Light, "explorer_light")] {
        let mut app = explained(SIZE, appearance);
        app.state_mut().command(Command::AddColumn);
        app.run();
        app.state_mut().command(Command::SetView(View::Side));
        app.run();
        app.state_mut().command(Command::ToggleHidden);
        app.run();
        app.snapshot(name);
    }
}
