//! Tests of the window: driven by name through the accessibility tree, with workers that the window steps itself.

#[path = "ui/all_items.rs"]
mod all_items;
#[path = "ui/aside.rs"]
mod aside;
#[path = "ui/box_of.rs"]
mod box_of;
#[path = "ui/by_class.rs"]
mod by_class;
#[path = "ui/columns.rs"]
mod columns;
#[path = "ui/commands_fail.rs"]
mod commands_fail;
#[path = "ui/explore.rs"]
mod explore;
#[path = "ui/keep.rs"]
mod keep;
#[path = "ui/keys.rs"]
mod keys;
#[path = "ui/layout.rs"]
mod layout;
#[path = "ui/long_texts.rs"]
mod long_texts;
#[path = "ui/opening.rs"]
mod opening;
#[path = "ui/paper.rs"]
mod paper;
#[path = "ui/participant.rs"]
mod participant;
#[path = "ui/participant_blind.rs"]
mod participant_blind;
#[path = "ui/participant_people.rs"]
mod participant_people;
#[path = "ui/places.rs"]
mod places;
#[path = "ui/project.rs"]
mod project;
#[path = "ui/reading.rs"]
mod reading;
#[path = "ui/reading_by_hand.rs"]
mod reading_by_hand;
#[path = "ui/rebuilt.rs"]
mod rebuilt;
#[path = "ui/restored.rs"]
mod restored;
#[path = "ui/rows.rs"]
mod rows;
#[path = "ui/search.rs"]
mod search;
#[path = "ui/sentences.rs"]
mod sentences;
#[path = "ui/series.rs"]
mod series;
#[path = "ui/session.rs"]
mod session;
#[path = "ui/snapshots.rs"]
mod snapshots;
#[path = "ui/stand_in.rs"]
mod stand_in;
#[path = "ui/study_place.rs"]
mod study_place;
#[path = "ui/study_runs.rs"]
mod study_runs;
#[path = "ui/support.rs"]
mod support;
#[path = "ui/texts.rs"]
mod texts;
#[path = "ui/train_measure.rs"]
mod train_measure;
#[path = "ui/truth.rs"]
mod truth;
#[path = "ui/unexplained.rs"]
mod unexplained;
#[path = "ui/untitled.rs"]
mod untitled;
#[path = "ui/verdicts.rs"]
mod verdicts;
