//! Figures for papers in the window: their width, what is left out of them, rows of contact sheets; projects keep it all.
use egui::accesskit::Role;
use unmask::figure::layout::Page;
use unmask::figure::{Annotation, Element, Rect, point};
use unmask::session::figures::{Arrangement, Change};
use unmask::session::settings::Appearance;
use unmask::session::sheet::{SheetLook, SheetOf};
use unmask::session::{Command, Place};

use super::project::{open, run, saved_project};
use super::support::{Window, act, click, click_on, explained};
use super::texts::reviews;

const SIZE: [f32; 2] = [1280.0, 800.0];
const ONE_COLUMN: &str = "Width: one column of a journal, 85 mm";
const TWO_COLUMNS: &str = "Width: two columns of a journal, 175 mm";

/// Width of the first kept figure in millimetres.
fn width(app: &Window) -> f32 {
    app.state().session.figures.kept[0].figure.width * 25.4 / 72.0
}

/// Where its picture lies.
fn raster(app: &Window) -> Rect {
    let raster = |element: &Element| match element {
        Element::Raster(raster) => Some(raster.rect),
        _ => None,
    };
    app.state().session.figures.kept[0].figure.elements.iter().find_map(raster).expect("a picture")
}

#[test]
fn a_kept_figure_gets_the_width_of_a_journals_column_and_its_answers_are_left_out() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    let before = width(&app);
    click(&mut app, ONE_COLUMN);
    assert!((width(&app) - 85.0).abs() < 0.01, "{} mm", width(&app));
    act(&mut app, [Command::Undo]);
    assert_eq!(width(&app), before);
    act(&mut app, [Command::Redo]);
    let answers = |app: &Window| app.state().session.figures.kept[0].figure.description.contains("Selected only: ");
    assert!(answers(&app));
    click_on(&mut app, Role::CheckBox, "What the model answers");
    assert!(!answers(&app));
    let page = Page { width_mm: Some(85.0), hides_answers: true };
    assert_eq!(app.state().session.figures.kept[0].page, page);
}

#[test]
fn what_was_drawn_on_a_picture_stays_where_it_points_in_another_width() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    let area = raster(&app);
    let at = point(area.x + 0.25 * area.width, area.y + 0.5 * area.height);
    let mut changed = app.state().session.figures.kept[0].clone();
    changed.annotations.push(Annotation::Letter { at, letter: "a".to_owned() });
    act(&mut app, [Command::ChangeFigure(0, Box::new(changed), Change::Added)]);
    click(&mut app, TWO_COLUMNS);
    let wide = raster(&app);
    assert!(wide.width > 1.5 * area.width, "{wide:?} for {area:?}");
    let [Annotation::Letter { at, .. }] = app.state().session.figures.kept[0].annotations[..] else {
        panic!("one letter")
    };
    let share = ((at.x - wide.x) / wide.width, (at.y - wide.y) / wide.height);
    assert!((share.0 - 0.25).abs() < 1e-3 && (share.1 - 0.5).abs() < 1e-3, "{share:?}");
}

#[test]
fn what_is_drawn_on_a_text_follows_a_width_that_is_dragged_by_little_and_little() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::KeepFigure]);
    let change = |app: &mut Window, width_mm: f32| {
        let mut changed = app.state().session.figures.kept[0].clone();
        changed.page.width_mm = Some(width_mm);
        act(app, [Command::ChangeFigure(0, Box::new(changed), Change::Width(1))]);
    };
    let x = |app: &Window| match app.state().session.figures.kept[0].annotations[..] {
        [Annotation::Letter { at, .. }] => at.x,
        _ => panic!("one letter"),
    };
    change(&mut app, 100.0);
    let mut changed = app.state().session.figures.kept[0].clone();
    changed.annotations.push(Annotation::Letter { at: point(80.0, 30.0), letter: "a".to_owned() });
    act(&mut app, [Command::ChangeFigure(0, Box::new(changed), Change::Added)]);
    let before = width(&app);
    (1..=20).for_each(|step| change(&mut app, 100.0 + 0.2 * step as f32));
    let wider = width(&app) / before;
    assert!(wider > 1.03, "{wider}");
    assert!((x(&app) - 80.0 * wider).abs() < 0.1, "{} for {}", x(&app), 80.0 * wider);
}

#[test]
fn rows_of_a_contact_sheet_are_even_or_as_its_form_says() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, (0..8).map(|item| Command::SetMarked(item, true)));
    act(&mut app, [Command::StartSheet(SheetOf::Marked)]);
    app.run();
    let arrangement = |app: &Window, at: usize| app.state().session.figures.kept[at].arrangement;
    assert_eq!(arrangement(&app, 0), Arrangement::Sheet { columns: 4 }, "4 and 4, not 6 and 2");
    act(&mut app, [Command::ToggleSheet]);
    click(&mut app, ONE_COLUMN);
    click_on(&mut app, Role::CheckBox, "What the model answers");
    let look = SheetLook { columns: None, page: Page { width_mm: Some(85.0), hides_answers: true } };
    assert_eq!(app.state().session.figures.sheet_look, look);
    let look = SheetLook { columns: Some(2), ..look };
    act(&mut app, [Command::SetSheetLook(look), Command::StartSheet(SheetOf::Marked)]);
    app.run();
    assert_eq!(arrangement(&app, 1), Arrangement::Sheet { columns: 2 });
    let sheet = &app.state().session.figures.kept[1];
    assert!(sheet.page == look.page && !sheet.figure.description.contains("Same class"));
    // What no page can be is brought within what one can.
    let odd = SheetLook { columns: Some(0), page: Page { width_mm: Some(3.0), ..Page::default() } };
    act(&mut app, [Command::SetSheetLook(odd)]);
    let within = SheetLook { columns: Some(1), page: Page { width_mm: Some(60.0), ..Page::default() } };
    assert_eq!(app.state().session.figures.sheet_look, within);
}

#[test]
fn a_project_keeps_widths_and_what_is_left_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [Command::KeepFigure]);
    let mut changed = app.state().session.figures.kept[0].clone();
    changed.page = Page { width_mm: Some(120.0), hides_answers: true };
    let look = SheetLook { columns: Some(3), page: changed.page };
    run(
        &mut app,
        [Command::ChangeFigure(0, Box::new(changed.clone()), Change::Look), Command::SetSheetLook(look), Command::Save],
    );
    let drawn = app.state().session.figures.kept[0].figure.clone();
    drop(app);
    let app = open(&folder);
    let session = &app.state().session;
    let kept = &session.figures.kept[0];
    assert_eq!((kept.page, &kept.figure, session.figures.sheet_look), (changed.page, &drawn, look));
    assert!((width(&app) - 120.0).abs() < 0.01 && !session.unsaved);
}
