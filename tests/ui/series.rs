//! Series and rows of tables in the window: a world of movements, one of many channels and one of people, whose answers are known; the flows of
//! the explorer on them, kept figures, and pictures of both panels.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::series::{FILLED_UP, SeriesItems};
use unmask::data::table::{Column, ColumnKind, Table, TableFit, TableItems};
use unmask::data::{Dataset, Items, Shape, Unit};
use unmask::figure::layout::View;
use unmask::figure::layout::series::{Form, OWN_SCALES, Scales};
use unmask::model::SavedBox;
use unmask::session::items::ListStyle;
use unmask::session::settings::Appearance;
use unmask::session::sheet::SheetOf;
use unmask::session::{Command, Place};

use super::support::{
    Input, Window, act, box_for, click, dataset_of, explainer, press, random, session_with, show_trained, typed,
    window_on,
};

const SIZE: [f32; 2] = [1280.0, 720.0];
const ITEMS: usize = 24;
const STEPS: usize = 48;

/// Movements that swing; those of class "jerky" stand still for steps 20 to 23 and leap at 24.
fn movements(shape: Shape) -> Dataset {
    let mut values = Vec::new();
    for item in 0..ITEMS {
        for channel in 0..shape.channels {
            for step in 0..shape.width {
                let turn = (step as f32 + item as f32) * 0.35 + channel as f32 * 1.3;
                let value = match (item % 2, step) {
                    (1, 20..24) => 0.0,
                    (1, 24) => 4.0,
                    _ => turn.sin(),
                };
                values.push(value);
            }
        }
    }
    let names = match shape.channels {
        2 => vec!["x".to_owned(), "y".to_owned()],
        n => (0..n).map(|channel| format!("group{}/f{}", channel / 8, channel % 8)).collect(),
    };
    let items = Items::Series(SeriesItems::all(shape, values).called(names));
    dataset_of("movements", items, &["smooth", "jerky"], (0..ITEMS).map(|item| item % 2), [12, 12])
}

/// Steps of the items of even number among [`shortened`] ones.
const OWN: usize = 30;

/// The same movements, of which those of even number end early and were filled up.
fn shortened(data: Dataset) -> Dataset {
    let Items::Series(series) = &data.items else { return data };
    let mut values = series.values.to_vec();
    for item in values.chunks_mut(series.shape.len()).step_by(2) {
        item.chunks_mut(STEPS).for_each(|channel| channel[OWN..].fill(FILLED_UP));
    }
    let items = SeriesItems::all(series.shape, values).called(series.names.to_vec());
    Dataset { items: Items::Series(items), hash: format!("short {}", data.hash), ..data }
}

/// The same movements, as a file has them that names each.
fn called(data: Dataset) -> Dataset {
    let Items::Series(series) = &data.items else { return data };
    let names = (1..=ITEMS).map(|item| format!("machine {item}")).collect();
    let items = SeriesItems { item_names: Arc::new(names), ..series.clone() };
    Dataset { items: Items::Series(items), ..data }
}

fn people() -> Dataset {
    let kinds = ["Private", "Public", "None"].map(str::to_owned).to_vec();
    let columns = vec![
        Column { name: "age".to_owned(), kind: ColumnKind::Number },
        Column { name: "workclass".to_owned(), kind: ColumnKind::Category(kinds) },
        Column { name: "capital-gain".to_owned(), kind: ColumnKind::Number },
        Column { name: "hours-per-week".to_owned(), kind: ColumnKind::Number },
    ];
    let cells = (0..ITEMS).flat_map(|item| [20.0 + item as f64, (item % 3) as f64, 500.0 * (item % 5) as f64, 40.0]);
    let table = Table { columns, cells: cells.collect(), as_is: false };
    let items = Items::Table(TableItems::all(table));
    dataset_of("people", items, &["low", "high"], (0..ITEMS).map(|item| item % 2), [12, 12])
}

/// The same data, of which it is known that these places of a row decide the second class and none the first.
fn planted(data: Dataset, places: &[u32]) -> Dataset {
    let truth = (0..ITEMS).map(|item| if item % 2 == 1 { places.to_vec() } else { Vec::new() }).collect();
    Dataset { truth: Some(Arc::new(truth)), hash: format!("planted {}", data.hash), ..data }
}

/// The world of a name.
pub fn dataset(name: &str) -> Option<Dataset> {
    match name {
        "movements" => Some(movements(Shape::new(2, 1, STEPS))),
        "short movements" => Some(shortened(movements(Shape::new(2, 1, STEPS)))),
        "called movements" => Some(called(movements(Shape::new(2, 1, STEPS)))),
        "player" => Some(movements(Shape::new(40, 1, 3))),
        "people" => Some(people()),
        "planted movements" => Some(planted(movements(Shape::new(2, 1, STEPS)), &[24, STEPS as u32 + 24])),
        "planted player" => Some(planted(movements(Shape::new(40, 1, 3)), &[0, 4, 62])),
        "planted people" => Some(planted(people(), &[1, 3])),
        _ => None,
    }
}

fn black_box(data: &Dataset) -> SavedBox {
    let table = TableFit::of(data);
    let architecture = if table.is_some() { "table-mlp" } else { "dorar-series" };
    let shape = table.as_ref().map_or_else(|| data.shape().expect("series"), TableFit::shape);
    let mut made = box_for(data, &format!("Box of {}", data.name), architecture, shape);
    made.card.table = table;
    made
}

/// The larger the largest value, the surer of the second class.
pub fn answer(row: &[f32]) -> Vec<f32> {
    let largest = row.iter().filter(|value| **value < 500.0).fold(0.0_f32, |most, value| most.max(value.abs()));
    let p = 1.0 / (1.0 + (-(largest - 2.0) * 2.0).exp());
    vec![1.0 - p, p]
}

/// What a method says of each unit: how large its values are, or something at random.
pub fn scores(method: &str, input: &Input<'_>) -> Vec<f32> {
    let mut scores = vec![0.0_f32; input.units.count()];
    for (value, unit) in input.row().iter().zip(input.units.unit_of_values()) {
        let unit = unit as usize;
        scores[unit] += if method == "random" { random(unit) } else { value.abs().min(5.0) };
    }
    // As every explainer does.
    let padding = input.units.padding(input.row());
    let ends = scores.iter_mut().zip(padding).filter(|(_, is_padding)| *is_padding);
    ends.for_each(|(score, _)| *score = f32::NEG_INFINITY);
    scores
}

/// A window on a world with its black box.
pub fn opened(size: [f32; 2], appearance: Appearance, name: &str) -> Window {
    opened_with(size, appearance, name, |_| {})
}

/// The same with a changed black box.
pub fn opened_with(size: [f32; 2], appearance: Appearance, name: &str, change: impl Fn(&mut SavedBox)) -> Window {
    let mut made = black_box(&dataset(name).expect("a world"));
    change(&mut made);
    window_on(size, session_with(appearance, Some(made)), name)
}

/// Looks at an item and gives commands there.
pub fn on_item(app: &mut Window, item: usize, commands: &[Command]) {
    act(app, [Command::SelectItem(item)].iter().chain(commands).cloned());
}

fn selected(app: &Window) -> Vec<usize> {
    let session = &app.state().session;
    let result = session.explore.focused_result().expect("a result");
    session.explore.mask(result).selected()
}

#[test]
fn a_series_is_explained_flipped_stepped_and_k_follows_the_keys() {
    let mut app = opened(SIZE, Appearance::Dark, "movements");
    let session = &app.state().session;
    assert_eq!((session.explore.item, session.explore.unit), (Some(0), Unit::Step));
    assert_eq!(session.series_form(), Some(Form::Path), "two channels lead along a path");
    app.get_by_label_contains("Overlay of item 0");
    press(&mut app, Key::ArrowRight);
    // The leap of a jerky movement is the largest value.
    act(&mut app, [Command::SetK(1)]);
    assert_eq!((app.state().session.explore.item, selected(&app)), (Some(1), vec![24]));
    app.get_by_label_contains("Selected only: jerky");
    app.get_by_label_contains("Unselected only: smooth");
    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Selected);
    app.get_by_label_contains("Selected only of item 1");
    press(&mut app, Key::Space);
    app.get_by_label_contains("Unselected only of item 1");
    typed(&mut app, ".");
    assert_eq!((app.state().session.explore.k, selected(&app).len()), (2, 2));
    act(&mut app, [Command::SetUnit(Unit::Segment { steps: 4 }, 1)]);
    assert_eq!(selected(&app), [6], "steps 24 to 27");
}

#[test]
fn of_a_series_that_was_filled_up_its_own_steps_are_counted_and_drawn() {
    let mut app = opened(SIZE, Appearance::Light, "short movements");
    act(&mut app, [Command::SetK(40)]);
    app.get_by_label("of 30");
    assert_eq!(selected(&app), (0..OWN).collect::<Vec<_>>(), "all that there are");
    assert_eq!(app.state().session.last_action, "Select 30 of 30 time steps");
    assert!(Command::KBy(1).availability(&app.state().session).is_err(), "there are no more");
    press(&mut app, Key::K);
    let kept = &app.state().session.figures.kept[0].figure;
    assert!(kept.description.replace('\u{A0}', " ").contains("30 of 30 time steps"), "{}", kept.description);
    for form in Form::ALL {
        act(&mut app, [Command::SetForm(form), Command::SetView(View::Unselected), Command::SetView(View::Overlay)]);
    }
    // The next one has all steps.
    press(&mut app, Key::ArrowRight);
    app.get_by_label("of 48");
    assert_eq!(selected(&app).len(), 40);
}

#[test]
fn each_form_has_a_button_and_only_those_that_fit() {
    let mut app = opened(SIZE, Appearance::Light, "movements");
    for (name, form) in
        [("Stacked", Form::Stacked), ("Overlaid", Form::Overlaid), ("Map", Form::Map), ("With path", Form::Path)]
    {
        click(&mut app, name);
        assert_eq!(app.state().session.series_form(), Some(form), "by the button {name}");
        app.get_by_label_contains("Overlay of item 0");
    }
    let app = opened(SIZE, Appearance::Light, "player");
    assert_eq!(app.state().session.series_form(), Some(Form::Map), "forty channels are a map");
    assert!(app.query_by_role_and_label(Role::Button, "With path").is_none());
}

#[test]
fn many_channels_are_seen_as_curves_where_most_is_selected() {
    let mut app = opened(SIZE, Appearance::Light, "player");
    act(&mut app, [Command::SetUnit(Unit::ChannelStep, 20)]);
    assert!(app.query_by_label_contains("8 of 40 channels").is_none(), "a map shows all");
    app.get_by_label("not selected");
    for (name, form) in [("Stacked", Form::Stacked), ("Overlaid", Form::Overlaid)] {
        click(&mut app, name);
        assert_eq!(app.state().session.series_form(), Some(form), "by the button {name}");
        app.get_by_label_contains("Overlay of item 0");
        app.get_by_label("8 of 40 channels: those with most selected steps");
    }
    // The figure says the same.
    press(&mut app, Key::K);
    let kept = &app.state().session.figures.kept[0].figure;
    assert!(kept.texts().iter().any(|text| text.text.contains("8 of 40 channels")), "{}", kept.description);
}

#[test]
fn the_palette_finds_a_form_by_the_word_on_its_button() {
    let titles: Vec<String> = Command::fixed().iter().map(|command| command.info().title.to_lowercase()).collect();
    for form in Form::ALL {
        let word = form.title().to_lowercase().replace("with ", "");
        assert!(titles.iter().any(|title| title.starts_with("series: ") && title.contains(&word)), "{word}");
    }
}

#[test]
fn of_many_channels_only_those_with_selected_steps_are_curves_with_their_ranges() {
    let mut app = opened([1280.0, 600.0], Appearance::Light, "player");
    act(&mut app, [Command::SetUnit(Unit::ChannelStep, 12), Command::SetForm(Form::Stacked)]);
    let session = &app.state().session;
    let result = session.explore.focused_result().expect("a result");
    let channels: std::collections::BTreeSet<usize> =
        session.explore.mask(result).selected().into_iter().map(|unit| unit / 3).collect();
    let part = match channels.len() {
        n @ 2..=8 => format!("{n} of 40 channels: all that have selected steps"),
        _ => "8 of 40 channels: those with most selected steps".to_owned(),
    };
    app.get_by_label(&part);
    app.get_by_label_contains("Overlay · 12 of 120 channel-steps");
    // So low are the plots that their ranges stand beside their names.
    let ranges = app
        .query_all_by_label_contains(" to ")
        .filter(|node| node.accesskit_node().value().is_some_and(|words| words.starts_with("group")));
    assert!(ranges.count() >= 2);
}

#[test]
fn the_bar_of_a_group_chooses_whose_channels_are_curves() {
    let mut app = opened(SIZE, Appearance::Light, "player");
    act(&mut app, [Command::SetUnit(Unit::ChannelStep, 20)]);
    let group = |app: &Window| app.state().session.explore.group;
    let is_on = |app: &Window, name: &str| {
        app.get_by_role_and_label(Role::Button, name).accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(app.query_by_role_and_label(Role::Button, "All channels").is_none(), "all are");
    click(&mut app, "Group group3");
    assert_eq!((group(&app), app.state().session.series_form()), (Some(24), Some(Form::Map)), "the map stays");
    assert!(is_on(&app, "Group group3") && !is_on(&app, "Group group2"));
    assert_eq!(app.state().session.view_state().group, Some(24), "the project keeps it");
    for form in ["Stacked", "Overlaid"] {
        click(&mut app, form);
        app.get_by_label("all 8 channels of group3");
    }
    // The figure says the same.
    press(&mut app, Key::K);
    let kept = &app.state().session.figures.kept[0];
    assert_eq!(kept.pictures[0].series.as_ref().expect("a series").group, Some(24));
    assert!(kept.figure.texts().iter().any(|text| text.text == "all 8 channels of group3"));
    click(&mut app, "All channels");
    assert_eq!(group(&app), None);
    app.get_by_label("8 of 40 channels: those with most selected steps");
    // Clicked again, a bar chooses all as well.
    click(&mut app, "Map");
    click(&mut app, "Group group1");
    assert_eq!(group(&app), Some(8));
    click(&mut app, "Group group1");
    assert_eq!(group(&app), None);
    assert!(!is_on(&app, "Group group1"));
    // What is no group changes nothing, and other data have other groups.
    act(&mut app, [Command::ChooseGroup(Some(9))]);
    assert_eq!(group(&app), None);
    act(&mut app, [Command::ChooseGroup(Some(16)), Command::OpenSpec("planted player".to_owned())]);
    assert_eq!(group(&app), None);
}

#[test]
fn the_map_tells_a_cell_and_zooms_where_the_pointer_is() {
    let mut app = opened(SIZE, Appearance::Light, "planted player");
    act(&mut app, [Command::SelectItem(1), Command::SetUnit(Unit::ChannelStep, 20)]);
    let middle = app.get_by_label_contains("Overlay of item 1").rect().center();
    app.hover_at(middle);
    app.run();
    // Its words come when the pointer rests.
    app.run_steps(60);
    let told = app.get_by_label_contains("value ").accesskit_node().value().unwrap_or_default();
    let [place, value, rank] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
    assert!(place.starts_with("step ") && place.contains(", channel 1") && place.contains("(group"), "{told}");
    assert!(value.starts_with("value ") && rank.contains(", rank ") && rank.contains(" of 120, "), "{told}");
    app.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 400.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    app.run_steps(30);
    app.get_by_label_contains(": whole picture").click();
    app.run();
    assert!(app.query_by_label_contains(": whole picture").is_none());
}

/// The step that is told to be under the pointer at a place.
fn told_step(app: &mut Window, at: egui::Pos2) -> usize {
    app.hover_at(at);
    app.run_steps(4);
    let labels = app.query_all_by_role(Role::Label).filter_map(|node| node.accesskit_node().value());
    let told = labels.filter_map(|words| words.strip_prefix("step ")?.lines().next()?.parse().ok()).collect::<Vec<_>>();
    assert_eq!(told.len(), 1, "at {at}: {told:?}");
    told[0]
}

#[test]
fn scrolling_over_curves_zooms_as_over_a_map_and_the_step_is_told_beside_them() {
    for form in [Form::Stacked, Form::Overlaid] {
        let mut app = opened(SIZE, Appearance::Light, "movements");
        act(&mut app, [Command::SetForm(form)]);
        let area = app.get_by_label_contains("Overlay of item 0").rect();
        let [middle, right] = [0.5, 0.9].map(|share| area.left_top() + area.size() * egui::vec2(share, 0.25));
        let before = told_step(&mut app, right);
        assert!(before > STEPS / 2, "{form:?}: {before}");
        let is_told = |words: String| words.starts_with("step ");
        let words = app.query_all_by_role(Role::Label).find(|node| node.accesskit_node().value().is_some_and(is_told));
        let words = words.expect("words on the step").rect();
        assert!(!words.intersects(area), "{form:?}: {words} in {area}");
        let there = told_step(&mut app, middle);
        app.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 240.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::NONE,
        });
        app.run_steps(30);
        let still = told_step(&mut app, middle);
        assert!(still.abs_diff(there) <= 1, "{form:?}: what is under the pointer stays, {there}, {still}");
        let after = told_step(&mut app, right);
        assert!(after + 4 < before, "{form:?}: {after}, before {before}");
    }
}

#[test]
fn channels_are_turned_and_picked_by_keyboard_and_the_figure_has_them() {
    let mut app = opened(SIZE, Appearance::Light, "player");
    act(&mut app, [Command::SetUnit(Unit::ChannelStep, 20)]);
    let picked = |app: &Window| app.state().session.explore.picked.clone();
    assert!(app.query_by_role_and_label(Role::ComboBox, "Channels").is_none(), "a map shows all");
    click(&mut app, "Stacked");
    app.get_by_role_and_label(Role::Button, "Series: next channels").focus();
    app.run();
    press(&mut app, Key::Enter);
    assert_eq!(picked(&app), (0..8).collect::<Vec<_>>());
    assert!(app.query_all_by_label("channels 0 to 7 of 40").next().is_some());
    click(&mut app, "Series: next channels");
    assert_eq!(picked(&app), (8..16).collect::<Vec<_>>());
    click(&mut app, "Series: previous channels");
    click(&mut app, "Series: previous channels");
    assert_eq!(picked(&app), (32..40).collect::<Vec<_>>(), "before the first come the last");
    assert_eq!(app.state().session.view_state().picked, picked(&app), "the project keeps them");
    // A chosen group turns to the next group, and picking ends it.
    act(&mut app, [Command::ChooseGroup(Some(8)), Command::TurnChannels(true)]);
    assert_eq!((app.state().session.explore.group, picked(&app)), (Some(16), Vec::new()));
    act(&mut app, [Command::PickChannels(vec![7, 3, 3])]);
    assert_eq!((app.state().session.explore.group, picked(&app)), (None, vec![3, 7]));
    app.get_by_label("2 of 40 channels: as picked");
    press(&mut app, Key::K);
    let kept = &app.state().session.figures.kept[0];
    assert_eq!(kept.pictures[0].series.as_ref().expect("a series").picked, [3, 7]);
    // The list ticks one more, and not more than can be told apart.
    super::support::click_on(&mut app, Role::ComboBox, "Channels");
    super::support::click_on(&mut app, Role::CheckBox, "group0/f0");
    assert_eq!(picked(&app), [0, 3, 7]);
    assert!(Command::PickChannels((0..9).collect()).availability(&app.state().session).is_err());
    assert!(Command::PickChannels(vec![40]).availability(&app.state().session).is_err());
    act(&mut app, [Command::ChooseGroup(None)]);
    assert!(picked(&app).is_empty());
    let movements = opened(SIZE, Appearance::Light, "movements");
    assert!(Command::TurnChannels(true).availability(&movements.state().session).is_err(), "both are drawn");
}

#[test]
fn the_switch_of_scales_says_what_the_axis_shows() {
    let mut app = opened(SIZE, Appearance::Light, "movements");
    let switch = "Own scale for each channel";
    click(&mut app, "Stacked");
    assert!(app.query_by_role_and_label(Role::Button, switch).is_none(), "each plot has its axis");
    click(&mut app, "Overlaid");
    assert!(app.query_by_label(OWN_SCALES).is_none(), "both reach equally far");
    click(&mut app, switch);
    app.get_by_label(OWN_SCALES);
    assert_eq!(app.state().session.view_state().scales, Scales::Own, "the project keeps it");
    click(&mut app, "Map");
    app.get_by_label("highest of its channel");
    click(&mut app, switch);
    assert!(app.query_by_label("highest of its channel").is_none());
    assert_eq!(app.state().session.explore.scales, Scales::One);
}

#[test]
fn scores_of_curves_have_a_colour_bar() {
    let mut app = opened(SIZE, Appearance::Dark, "movements");
    for form in [Form::Stacked, Form::Overlaid, Form::Path] {
        act(&mut app, [Command::SetForm(form), Command::SetView(View::Heat)]);
        app.get_by_label("bar over the selected");
        app.get_by_label_contains("each method's ");
        app.get_by_label_contains("Scores of item 0");
    }
}

#[test]
fn kept_figures_of_series_and_rows_show_what_was_in_view() {
    for (name, has_series) in [("movements", true), ("people", false)] {
        let mut app = opened(SIZE, Appearance::Light, name);
        if has_series {
            app.state_mut().command(Command::SetForm(Form::Overlaid));
        }
        act(&mut app, [Command::SetView(View::Side), Command::SetK(2)]);
        press(&mut app, Key::K);
        let kept = &app.state().session.figures.kept;
        assert_eq!(kept.len(), 1, "{name}");
        let picture = &kept[0].pictures[0];
        assert_eq!((picture.view, picture.k()), (View::Side, 2));
        assert_eq!(picture.series.as_ref().map(|series| series.form), has_series.then_some(Form::Overlaid));
        assert_eq!(picture.row.is_some(), !has_series);
        let said: Vec<&str> = kept[0].figure.texts().iter().map(|text| text.text.as_str()).collect();
        assert!(said.iter().any(|text| text.contains(if has_series { "y" } else { "capital-gain" })), "{said:?}");
    }
}

#[test]
fn a_contact_sheet_draws_series_in_the_form_of_the_explorer() {
    let mut app = opened(SIZE, Appearance::Light, "movements");
    act(&mut app, [Command::SetForm(Form::Overlaid), Command::StartSheet(SheetOf::Listed)]);
    app.run();
    let session = &app.state().session;
    let [sheet] = &session.figures.kept[..] else { panic!("one figure: {}", session.last_action) };
    let forms: Vec<Option<Form>> =
        sheet.pictures.iter().map(|picture| picture.series.as_ref().map(|series| series.form)).collect();
    assert_eq!(forms, [Some(Form::Overlaid); ITEMS]);
}

#[test]
fn the_card_of_an_explainer_says_which_epoch_was_kept_and_why() {
    let mut app = opened(SIZE, Appearance::Light, "movements");
    app.state_mut().command(Command::Go(Place::Train));
    for (method, best, words) in [
        ("dorar", 10, "10; the weights of the last epoch"),
        // An earlier version kept the best.
        ("dorar", 7, "10; the weights of epoch 7, best FS-M on validation"),
        ("l2x", 10, "10; the weights of epoch 10, best FS-M on validation"),
    ] {
        let mut made = explainer(method, "Kept", Unit::Step, 3);
        (made.card.epochs, made.card.best_epoch) = (10, best);
        made.card.validation = BTreeMap::from([("fs_m".to_owned(), 90.0)]);
        made.card.hash = format!("{method} of epoch {best}");
        show_trained(&mut app, made);
        app.get_by_label_contains(words);
    }
}

#[test]
fn a_row_says_names_values_and_what_is_hidden() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    act(&mut app, [Command::SetK(1)]);
    let spoken = |app: &Window, of: &str| app.get_by_label_contains(of).accesskit_node().value().unwrap_or_default();
    // A category is the largest value in this world.
    let overlay = spoken(&app, "Overlay of item 0");
    assert!(overlay.contains("workclass Private, selected, rank 1, score ") && overlay.contains("age 20"), "{overlay}");
    assert!(app.query_by_label("Hide fill values").is_some() && app.query_by_label("Hatch hidden").is_none());
    act(&mut app, [Command::SetView(View::Selected)]);
    let only = spoken(&app, "Selected only of item 0");
    assert!(only.contains("workclass Private, selected") && only.contains("age hidden"), "{only}");
}

#[test]
fn a_list_of_rows_tells_whether_the_class_stays_and_has_no_other_style() {
    let app = opened(SIZE, Appearance::Dark, "people");
    let session = &app.state().session;
    // In the invented world it stays by an item's number.
    assert_eq!(session.explore.list.stays(4), Some((true, false)));
    assert!(app.query_by_role_and_label(Role::Button, "Items as pictures or as a table").is_none());
    assert!(Command::ToggleListStyle.availability(session).is_err());
    let app = opened(SIZE, Appearance::Dark, "movements");
    assert_eq!(app.state().session.explore.list.stays(4), None, "not asked for");
    app.get_by_role_and_label(Role::Button, "Items as pictures or as a table");
}

fn picture(name: &str, of: &str, appearance: Appearance, commands: &[Command]) {
    let mut app = opened(SIZE, appearance, of);
    on_item(&mut app, 1, commands);
    app.snapshot(name);
}

#[test]
fn series_dark() {
    picture("series_dark", "movements", Appearance::Dark, &[Command::SetUnit(Unit::Segment { steps: 4 }, 2)]);
}

#[test]
fn series_light() {
    let side = [
        Command::SetUnit(Unit::Segment { steps: 4 }, 2),
        Command::SetView(View::Side),
        Command::SetForm(Form::Stacked),
    ];
    picture("series_light", "movements", Appearance::Light, &side);
}

#[test]
fn series_map_light() {
    picture("series_map_light", "player", Appearance::Light, &[Command::SetUnit(Unit::ChannelStep, 20)]);
}

#[test]
fn table_dark() {
    picture("table_dark", "people", Appearance::Dark, &[Command::SetK(2)]);
}

#[test]
fn table_light() {
    picture("table_light", "people", Appearance::Light, &[Command::SetK(2), Command::SetView(View::Side)]);
}

#[test]
fn series_that_their_file_names_are_called_so_in_the_list_and_above_their_answers() {
    let mut app = opened(SIZE, Appearance::Dark, "called movements");
    act(&mut app, [Command::SelectItem(2)]);
    assert!(app.query_all_by_label("Item machine 3").next().is_some(), "above the answers");
    act(&mut app, [Command::SetListStyle(ListStyle::Table)]);
    let is_listed = |app: &Window, item: usize| app.query_all_by_label(&format!("machine {item}")).next().is_some();
    assert!((1..=ITEMS).any(|item| is_listed(&app, item)), "in the table");
}
