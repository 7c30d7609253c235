//! Designs: what is refused and with which sentence, the papers' presets, the planner's numbers.

use unmask::study::design::{ArmKind, Form, Only, Order, PRESETS, Protocol, Sees, Spec, half_width, plan, preset};

use super::support::{arm, refused, spec};

/// The sentence about a design with one change.
fn sentence(change: impl FnOnce(&mut Spec)) -> String {
    let mut spec = spec();
    change(&mut spec);
    let text = refused(spec.check());
    assert!(
        !text.contains('\n') && text.starts_with("design, ") && text.contains("expected") && text.contains("; "),
        "{text}"
    );
    text
}

#[test]
fn a_design_survives_toml() {
    for preset_id in PRESETS {
        let spec = preset(preset_id.id).unwrap();
        spec.check().unwrap();
        assert_eq!(Spec::from_toml(&spec.to_toml().unwrap(), "x").unwrap(), spec, "{}", preset_id.id);
    }
    spec().check().unwrap();
}

#[test]
fn an_exclusion_rule_that_is_not_written_does_not_apply() {
    let read = |text: &str| Spec::from_toml(&format!("title = 'x'\n{text}"), "x").unwrap().exclude;
    assert_eq!(read("").catch_below, Some(0.75), "without the table: the default rules");
    let one = read("[exclude]\nsame-above = 9\n");
    assert_eq!((one.catch_below, one.fast_above, one.same_above, one.fast_below_ms), (None, None, Some(9), 300));
}

#[test]
fn every_wrong_field_is_named_in_one_sentence() {
    assert!(sentence(|s| s.title = " ".to_owned()).contains("title"));
    assert!(sentence(|s| s.format = 2).contains("format"));
    assert!(sentence(|s| s.arms.clear()).contains("arms"));
    assert!(sentence(|s| s.arms[1].name = "alpha".to_owned()).contains("arms[1]"));
    assert!(sentence(|s| s.arms[0].method.clear()).contains("neither"));
    assert!(sentence(|s| s.arms[0].explainer = "x".to_owned()).contains("both"));
    assert!(sentence(|s| s.arms[2].method = "grad".to_owned()).contains("control"));
    assert!(sentence(|s| s.items.count = 0).contains("items.count"));
    assert!(sentence(|s| s.items.listed = vec![1]).contains("items.listed"));
    assert!(sentence(|s| s.people.each = Some(25)).contains("people.each"));
    assert!(sentence(|s| s.people.count = 0).contains("people.count"));
    assert!(sentence(|s| s.people.max_run = 0).contains("people.max-run"));
    assert!(sentence(|s| s.checks.repeats = 25).contains("checks.repeats"));
    assert!(sentence(|s| s.data.split = "dev".to_owned()).contains("data.split"));
    assert!(sentence(|s| s.show.k = Some(0)).contains("show.k"));
    assert!(sentence(|s| s.exclude.catch_below = Some(75.0)).contains("exclude.catch-below"));
    assert!(sentence(|s| s.resume.within_hours = f64::NAN).contains("resume.within-hours"));
    assert!(sentence(|s| s.answer.form = Form::ClassOrUndecided).contains("answer.form"));
    assert!(sentence(|s| s.protocol = Protocol::L2x).contains("answer.form"));
    assert!(sentence(|s| s.protocol = Protocol::Aim).contains("answer.form"));
    let named = |s: &mut Spec| s.texts.instructions = "You will see what Alpha selects.".to_owned();
    assert!(sentence(named).contains("\"alpha\""), "a text that names an arm unblinds");
    let mut unknown = spec();
    unknown.texts.instructions = "An alphabet is no arm.".to_owned();
    unknown.check().unwrap();
}

#[test]
fn toml_that_is_none_is_refused_with_its_line() {
    let text = refused(Spec::from_toml("title = 'x'\n[people]\nheads = 3\n", "my.toml"));
    assert!(
        text.contains("my.toml") && text.contains("heads") && text.contains("line 3") && !text.contains('\n'),
        "{text}"
    );
    assert!(refused(Spec::from_toml("title = ", "my.toml")).contains("expected a study design"));
}

#[test]
fn presets_hold_what_the_papers_say() {
    let l2x = preset("l2x-imdb").unwrap();
    assert_eq!((l2x.items.count, l2x.show.k, l2x.answer.form), (500, Some(10), Form::ClassOrUndecided));
    let meed = preset("meed-imdb").unwrap();
    assert_eq!((meed.items.count, meed.people.count, meed.answer.form), (500, 20, Form::Class));
    let images = preset("meed-mnist").unwrap();
    assert_eq!((images.items.count, images.people.count, images.answer.form), (500, 15, Form::Scores));
    let aim = preset("aim-imdb").unwrap();
    assert_eq!((aim.items.count, aim.people.count, aim.arms.len()), (50, 30, 3));
    assert_eq!(
        (aim.people.sees, aim.people.order, aim.items.only),
        (Sees::EveryArm, Order::Sections, Only::ModelRight)
    );
    assert!(refused(preset("nobody")).contains("l2x-imdb, meed-imdb, meed-mnist, aim-imdb"));
}

#[test]
fn a_protocol_that_overrides_a_rule_says_so() {
    let overridden = |id: &str| preset(id).unwrap().remarks().join(" ");
    for rule in ["Rule 1", "Rule 7"] {
        assert!(overridden("l2x-imdb").contains(rule));
    }
    for rule in ["Rule 1", "Rule 4", "Rule 7"] {
        assert!(overridden("aim-imdb").contains(rule));
    }
    let mut careful = spec();
    careful.checks.repeats = 2;
    assert_eq!(careful.remarks(), Vec::<String>::new());
    careful.arms.retain(|arm| arm.kind == ArmKind::Selected);
    assert!(careful.remarks().join(" ").contains("ceiling") && careful.remarks().join(" ").contains("floor"));
}

/// `anchors-products` 2.3, rule 15: at 80 % correct n = 50: 10.9 points, 100: 7.8, 200: 5.5, 300: 4.5, 500: 3.5, 1,000: 2.5.
#[test]
fn the_planner_gives_the_known_half_widths() {
    for (n, points) in [(50, 10.9), (100, 7.8), (200, 5.5), (300, 4.5), (500, 3.5), (1000, 2.5)] {
        assert!((100.0 * half_width(0.8, n) - points).abs() < 0.051, "{n}: {}", half_width(0.8, n));
    }
}

#[test]
fn the_planner_counts_items_or_answers_by_the_protocol() {
    let mut spec = spec();
    let planned = plan(&spec, 0.8);
    // 6 people x 24 items / 3 arms
    assert_eq!((planned.answers_per_arm, planned.counted_per_arm, planned.answers_each), (48, 48, 28));
    assert_eq!(planned.answers_per_item, 2.0);
    spec.protocol = Protocol::L2x;
    assert_eq!(plan(&spec, 0.8).counted_per_arm, 24);
    assert!(planned.lines().join("\n").contains("48 answers per arm"));
    spec.arms = vec![arm("alpha", ArmKind::Selected)];
    assert_eq!(spec.slots(), 6);
}
