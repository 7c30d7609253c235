//! What each command does to the session, and what it asks of the workers.

use std::path::Path;

use super::before::Way;
use super::command::view_title;
use super::explore::MAX_COLUMNS;
use super::items::Said;
use super::notices::Level;
use super::reading::Action;
use super::train::{Makes, RunState, TrainingRun};
use super::undo::Step;
use super::{Command, Dialog, Lane, Place, Purpose, Request, Run, Session, items, settings, slots};
use crate::figure::layout::series::Scales;
use crate::figure::layout::{Hidden, View};
use crate::jobs::{FitBox, Task, TrainExplainer};
use crate::work::{Notice, Priority, Slot};

/// Items per page of the list.
const PAGE: i64 = 20;

impl Session {
    /// Does a command. One that cannot be used now changes nothing but the bottom line, which says why.
    pub fn apply(&mut self, command: Command) -> Vec<Request> {
        if let Err(reason) = command.availability(self) {
            self.last_action = format!("{}: {}", command.info().title.trim_end_matches('…'), reason);
            return Vec::new();
        }
        let command = self.resolve(command);
        match command {
            Command::Undo => {
                if let Some(requests) = self.begin_reopening(Way::Back) {
                    return requests;
                }
                let Some(step) = self.undo.take_undo() else { return Vec::new() };
                let requests = self.perform(step.back);
                let place = self.lead_to(step.place, &step.forward);
                self.last_action = format!("Taken back{place}: {}", step.title);
                requests
            }
            Command::Redo => {
                if let Some(requests) = self.begin_reopening(Way::Forth) {
                    return requests;
                }
                let Some(step) = self.undo.take_redo() else { return Vec::new() };
                let place = self.lead_to(step.place, &step.forward);
                let requests = self.perform(step.forward);
                self.last_action = format!("Done again{place}: {}", step.title);
                requests
            }
            command => {
                let (back, done_in) = (self.inverse(&command), self.place);
                let n_kept = self.figures.kept.len();
                let requests = self.perform(command.clone());
                // What is in view may be another item by then: done again, the same figure comes back. One that could not be drawn is no step.
                let forward = match command {
                    Command::KeepFigure | Command::MakeSheet(_) => match self.figures.kept.get(n_kept) {
                        Some(kept) => Command::RestoreFigure(n_kept, Box::new(kept.clone())),
                        None => return requests,
                    },
                    command => command,
                };
                if let Some(back) = back.filter(|back| *back != forward) {
                    self.unsaved = true;
                    let title = self.step_title(&forward);
                    self.undo.push(Step { back, forward, title, place: done_in });
                }
                requests
            }
        }
    }

    /// What the bottom line calls an edit that was just made, when it is taken back. How many items were listed is no longer true by then.
    fn step_title(&self, edit: &Command) -> String {
        match edit {
            Command::SetFilter(_) => "Change of filter or search".to_owned(),
            Command::SetSort(sort) => format!("Sorted by {}", super::describe::sort_words(*sort, self.data.as_deref())),
            _ => self.last_action.clone(),
        }
    }

    /// Goes to where an edit is seen, unless it is seen, or was done, here: nothing changes unseen. Gives ` in` and the place, where it is another.
    fn lead_to(&mut self, done_in: Place, edit: &Command) -> String {
        let seen = edit.seen_in();
        match seen.first() {
            Some(&place) if self.place != done_in && !seen.contains(&self.place) => {
                self.place = place;
                format!(" in {}", place.title())
            }
            _ => String::new(),
        }
    }

    /// Turns commands that depend on what is in view into the plain edit that undo can take back.
    fn resolve(&self, command: Command) -> Command {
        let explore = &self.explore;
        match command {
            Command::KBy(by) => {
                // More than a short text has counts as all of it. Steps of ten land on round numbers.
                let most = self.most_selectable() as i64;
                let k = (explore.k as i64).min(most);
                let k = match by {
                    10 => (k / 10 + 1) * 10,
                    -10 => (k + 9) / 10 * 10 - 10,
                    by => k + by,
                };
                Command::SetK(k.clamp(1, most) as usize)
            }
            Command::SetK(k) => Command::SetK(k.clamp(1, self.unit_count().max(1))),
            Command::SetUnit(unit, k) => {
                let most =
                    self.active_box().map_or(1, |active| crate::data::Units::new(unit, active.card.shape).count());
                Command::SetUnit(unit, k.clamp(1, most.max(1)))
            }
            Command::NextFill => {
                let offered = super::reading::fills_for(self.modality());
                let at = offered.iter().position(|&fill| fill == explore.fill).unwrap_or(0);
                Command::SetFill(offered[(at + 1) % offered.len()])
            }
            Command::Pin => match explore.item {
                Some(item) => Command::SetPinned(item, !explore.pinned.contains(&item)),
                None => command,
            },
            Command::Mark => match explore.item {
                Some(item) => Command::SetMarked(item, !explore.marked.contains(&item)),
                None => command,
            },
            Command::NextMethod => self.step_method(1).map_or(command, Command::SetColumns),
            Command::PreviousMethod => self.step_method(-1).map_or(command, Command::SetColumns),
            Command::AddColumn => match self.next_unshown() {
                Some(explainer) if explore.columns.len() < MAX_COLUMNS => {
                    Command::SetColumns(explore.columns.iter().copied().chain([explainer]).collect())
                }
                _ => command,
            },
            Command::RemoveColumn(column) => {
                let mut columns = explore.columns.clone();
                if column < columns.len() && columns.len() > 1 {
                    columns.remove(column);
                }
                Command::SetColumns(columns)
            }
            Command::SetMethod { column, explainer } => {
                let mut columns = explore.columns.clone();
                if let Some(shown) = columns.get_mut(column) {
                    *shown = explainer;
                } else if columns.len() < MAX_COLUMNS {
                    columns.push(explainer);
                }
                Command::SetColumns(columns)
            }
            Command::ToggleHidden => Command::SetHidden(match explore.hidden {
                Hidden::AsModelSees => Hidden::Hatched,
                Hidden::Hatched => Hidden::AsModelSees,
            }),
            Command::ToggleListStyle => Command::SetListStyle(match explore.list.style {
                items::ListStyle::Strip => items::ListStyle::Table,
                items::ListStyle::Table => items::ListStyle::Strip,
            }),
            Command::FocusClass(class) if class == explore.class_focus => Command::FocusClass(None),
            Command::ChooseGroup(first) if first == explore.group => Command::ChooseGroup(None),
            Command::TurnChannels(forward) => self.turned(forward),
            Command::Flip => Command::SetView(match explore.view {
                View::Selected => View::Unselected,
                View::Unselected | View::Overlay | View::Side | View::Heat => View::Selected,
            }),
            Command::Save => match &self.project {
                Some(dir) => Command::SaveProjectIn(dir.clone()),
                None => Command::Ask(Dialog::SaveProject),
            },
            other => other,
        }
    }

    /// What takes an edit back; `None` for what is no edit.
    fn inverse(&self, command: &Command) -> Option<Command> {
        let explore = &self.explore;
        Some(match command {
            Command::SetK(_) => Command::SetK(explore.k),
            Command::SetUnit(..) => Command::SetUnit(explore.unit, explore.k),
            Command::SetFill(_) => Command::SetFill(explore.fill),
            Command::SetFit(_) => Command::SetFit(explore.fit),
            Command::SetView(_) => Command::SetView(explore.view),
            Command::SetHidden(_) => Command::SetHidden(explore.hidden),
            Command::FocusClass(_) => Command::FocusClass(explore.class_focus),
            Command::Reading(Action::Against(_)) => Action::Against(explore.reading.against).into(),
            Command::SetColumns(columns) if *columns == explore.columns => return None,
            // Columns may bring the unit and k that they were trained for.
            Command::SetColumns(_) => Command::RestoreColumns {
                columns: explore.columns.clone(),
                unit: explore.unit,
                k: explore.k,
                k_is_set: explore.k_is_set,
            },
            Command::SetFilter(_) => Command::SetFilter(explore.list.filter.clone()),
            Command::SetSort(_) => Command::SetSort(explore.list.sort),
            Command::SetPinned(item, pinned) => Command::SetPinned(*item, !pinned),
            Command::SetMarked(item, marked) => Command::SetMarked(*item, !marked),
            Command::SetNote(item, _) => Command::SetNote(*item, explore.notes.get(item).cloned().unwrap_or_default()),
            Command::KeepFigure => Command::RemoveFigure(self.figures.kept.len()),
            Command::RemoveFigure(at) => Command::RestoreFigure(*at, Box::new(self.figures.kept.get(*at)?.clone())),
            Command::RestoreFigure(at, _) => Command::RemoveFigure(*at),
            Command::ChangeFigure(at, _, change) => {
                Command::ChangeFigure(*at, Box::new(self.figures.kept.get(*at)?.clone()), *change)
            }
            Command::MoveFigure(from, to) => Command::MoveFigure(*to, *from),
            Command::MakeSheet(_) => Command::RemoveFigure(self.figures.kept.len()),
            _ => return None,
        })
    }

    fn perform(&mut self, command: Command) -> Vec<Request> {
        if let Some(requests) = self.perform_on_window(&command) {
            return requests;
        }
        match command {
            Command::OpenPaths(paths) => return self.open_paths(&paths),
            Command::TakePart(path) => return vec![Request::TakePart(path)],
            Command::OpenSpec(spec) => return self.open_spec(&spec),
            Command::RetryData => return self.retry_data(),
            Command::LookAtData(spec) => return self.look_at_data(spec),
            Command::ShowReading(_) => self.show_reading(),
            Command::DismissFailed => self.failed_open = None,
            Command::SaveProjectIn(dir) => return self.save_in(dir),
            Command::RevertProject => return self.revert_project(),
            Command::RestoreUntitled => return self.restore_untitled(),
            Command::DiscardUntitled => return self.discard_untitled(),
            Command::NextItem => return self.step_item(1),
            Command::PreviousItem => return self.step_item(-1),
            Command::PageDown => return self.step_item(PAGE),
            Command::PageUp => return self.step_item(-PAGE),
            Command::FirstItem => return self.step_item(i64::MIN / 2),
            Command::LastItem => return self.step_item(i64::MAX / 2),
            Command::SelectItem(item) => return self.go_to(item),
            Command::GoToNumber(number) => {
                let Some(item) = self.item_numbered(number) else { return Vec::new() };
                self.place = Place::Explore;
                return self.go_to(item);
            }
            Command::FocusColumn(column) => {
                self.explore.focus = column.min(self.explore.columns.len().saturating_sub(1));
                return self.refresh_fidelity();
            }
            Command::SetColumns(columns) => {
                self.forget_awaited();
                return self.set_columns(columns);
            }
            Command::RestoreColumns { columns, unit, k, k_is_set } => {
                self.forget_awaited();
                self.put_columns(columns);
                (self.explore.unit, self.explore.k, self.explore.k_is_set) = (unit, k, k_is_set);
                return self.refresh();
            }
            Command::UseBox(index) => {
                self.forget_awaited();
                return self.use_box(index);
            }
            Command::UseNoBox => return self.use_no_box(),
            Command::SetView(view) => {
                self.explore.view = view;
                self.last_action = format!("View: {}", view_title(view).to_lowercase());
            }
            Command::SetForm(form) => {
                self.explore.form = Some(form);
                self.last_action = format!("Series: {}", form.title().to_lowercase());
            }
            Command::ChooseGroup(first) => {
                self.explore.group = first;
                self.explore.picked.clear();
                self.last_action = match self.chosen_group() {
                    Some(name) => format!("Stacked and Overlaid show channels of {name}"),
                    None => "Stacked and Overlaid show all channels".to_owned(),
                };
            }
            Command::PickChannels(mut channels) => {
                channels.sort_unstable();
                channels.dedup();
                self.explore.group = None;
                self.explore.picked = channels;
                self.last_action = self.picked_words();
            }
            Command::SetScales(scales) => {
                self.explore.scales = scales;
                self.last_action = match scales {
                    Scales::Own => "Each channel has a scale of its own",
                    Scales::One => "All channels share one scale",
                    Scales::Auto => "Each channel has a scale of its own where ranges differ much",
                }
                .to_owned();
            }
            Command::SetHidden(hidden) => {
                self.explore.hidden = hidden;
                self.last_action = match hidden {
                    Hidden::Hatched => "Hidden units are hatched".to_owned(),
                    Hidden::AsModelSees => "Hidden units are drawn as the model sees them".to_owned(),
                };
            }
            Command::SetUpCommand => {
                self.place = super::Place::Train;
                self.train.commands_asked += 1;
            }
            Command::SetUpStandIn => {
                self.place = super::Place::Train;
                self.train.stand_ins_asked += 1;
            }
            Command::ToggleTruth => {
                self.explore.shows_truth = !self.explore.shows_truth;
                let done = if self.explore.shows_truth { "marked" } else { "no longer marked" };
                self.last_action = format!("Units that truly decide the class are {done}");
            }
            Command::ToggleClasses => {
                self.explore.shows_classes = !self.explore.shows_classes;
                let done = if self.explore.shows_classes { "shown" } else { "hidden" };
                self.last_action = format!("What speaks for each class is {done}");
            }
            Command::Peek(on) => self.explore.peek = on,
            Command::SetK(k) => {
                (self.explore.k, self.explore.k_is_set) = (k, true);
                self.last_action = self.select_words();
                return self.refresh();
            }
            Command::SetUnit(unit, k) => {
                (self.explore.unit, self.explore.k) = (unit, k);
                self.last_action = self.select_words();
                return self.refresh();
            }
            Command::SetFill(fill) => {
                self.explore.fill = fill;
                let words = self.fill_words(fill);
                self.last_action = format!("Hidden units become {words}");
                return self.refresh();
            }
            Command::SetFit(fit) => {
                self.explore.fit = fit;
                self.last_action = "The picture is fitted in another way".to_owned();
                let mut requests = self.refresh();
                requests.extend(self.predict_all());
                return requests;
            }
            Command::FocusClass(class) => {
                self.explore.class_focus = class;
                let name = class.and_then(|class| self.active_box()?.card.classes.get(class).cloned());
                self.last_action = match name {
                    Some(name) => format!("Following class {name}"),
                    None => "Following the predicted class".to_owned(),
                };
                // With a contrast it is another pair of classes that the black box is asked about.
                return self.runs(Self::refresh_explanation);
            }
            Command::Reading(action) => return self.read(action),
            Command::Study(action) => return self.study_action(action),
            Command::Go(super::Place::Study) => {
                self.place = super::Place::Study;
                return self.read_studies();
            }
            Command::SetFilter(filter) => {
                let is_other_search = filter.words != self.explore.list.filter.words;
                self.explore.list.filter = filter;
                self.rebuild_list();
                self.say_of_list(Said::Listed);
                let mut requests = self.refresh_fidelity();
                let sought = if is_other_search { self.go_to_sought() } else { None };
                requests.extend(sought.unwrap_or_else(|| self.keep_item_listed()));
                return requests;
            }
            Command::SetSort(sort) => {
                self.explore.list.sort = sort;
                self.rebuild_list();
                self.say_of_list(Said::Sorted);
                return self.refresh_fidelity();
            }
            Command::SetListStyle(style) => {
                self.explore.list.style = style;
                return self.refresh_fidelity();
            }
            Command::SetPinned(item, pinned) => {
                if pinned {
                    self.explore.pinned.insert(item)
                } else {
                    self.explore.pinned.remove(&item)
                };
                self.rebuild_list();
                self.last_action = format!("Item {item} {}", if pinned { "pinned" } else { "no longer pinned" });
            }
            Command::SetMarked(item, marked) => {
                if marked {
                    self.explore.marked.insert(item)
                } else {
                    self.explore.marked.remove(&item)
                };
                if self.explore.list.filter.marked {
                    self.rebuild_list();
                }
                self.last_action = format!("Item {item} {}", if marked { "marked" } else { "no longer marked" });
            }
            Command::SetNote(item, note) => {
                self.last_action = format!("Note on item {item}");
                if note.is_empty() {
                    self.explore.notes.remove(&item);
                } else {
                    self.explore.notes.insert(item, note);
                }
            }
            Command::GoOn => return self.go_on(),
            Command::RetryExplanation => {
                if let Some(key) = self.explore.wanted.take() {
                    self.explore.cache.remove(&key);
                }
                return self.refresh();
            }
            Command::KeepFigure => self.keep_figure(),
            Command::RemoveFigure(at) if at < self.figures.kept.len() => {
                let removed = self.figures.kept.remove(at);
                self.last_action = format!("Removed figure \"{}\"", removed.title);
            }
            Command::RestoreFigure(at, figure) => {
                self.last_action = format!("Put back figure \"{}\"", figure.title);
                self.figures.kept.insert(at.min(self.figures.kept.len()), *figure);
            }
            Command::ExportFigure(path) => return self.export_figure(&path),
            Command::ChangeFigure(at, figure, change) => self.change_figure(at, *figure, change),
            Command::MoveFigure(from, to) => self.move_figure(from, to),
            Command::StartSheet(of) => return self.start_sheet(of),
            Command::MakeSheet(of) => self.make_sheet(&of),
            Command::SetSheetLook(look) => self.figures.set_sheet_look(look),
            Command::SetPngScale(scale) => self.figures.set_scale(scale),
            Command::ExportAllKept(dir, format) => return self.export_all_kept(&dir, format),
            Command::ExportKept(at, path) => return self.export_kept(at, &path),
            Command::ExportScores(path) => return self.export_scores(&path),
            Command::ExportListedScores(path) => return self.export_listed_scores(&path),
            Command::ExportTable(path) => return self.export_table(&path),
            // From the root: the project that keeps it may be opened from another folder.
            Command::SetEmbedding(path) => {
                self.measure.embedding = path.map(|path| std::path::absolute(&path).unwrap_or(path));
            }
            Command::StartFit(form) => return self.start_fit(&form),
            Command::StartTraining(form) => return self.start_training(&form),
            Command::RetryTraining(number) => return self.retry_training(number),
            Command::SelectRun(number) => self.train.selected = Some(number),
            Command::StartEvaluation(form) => return self.start_evaluation(&form),
            Command::CancelJob(id) => {
                let job = self.running.get(id);
                self.last_action = job.map(|job| format!("Cancelling: {}", job.title)).unwrap_or_default();
                return job.map(|job| Request::Cancel(job.lane, id)).into_iter().collect();
            }
            Command::PauseJob(id, paused) => {
                let Some(job) = self.running.get_mut(id) else { return Vec::new() };
                job.paused = paused;
                self.last_action = format!("{}: {}", if paused { "Paused" } else { "Going on" }, job.title);
                return vec![Request::Pause(job.lane, id, paused)];
            }
            Command::CancelAll => {
                self.last_action = "Cancelling all jobs".to_owned();
                return self.running.listed().map(|job| Request::Cancel(job.lane, job.id)).collect();
            }
            _ => {}
        }
        Vec::new()
    }

    /// Commands that only change the window's own state.
    fn perform_on_window(&mut self, command: &Command) -> Option<Vec<Request>> {
        let open = &mut self.open;
        match command {
            Command::Go(place) if *place != super::Place::Study => self.place = *place,
            Command::Ask(dialog) => return Some(vec![Request::Ask(*dialog)]),
            Command::ToggleFit => open.fit = !open.fit,
            Command::ToggleSheet => open.sheet = !open.sheet,
            Command::ToggleSpec => open.spec = !open.spec,
            Command::ToggleViewerAlone => open.viewer_alone = !open.viewer_alone,
            Command::ToggleItems => self.settings.show_items = !self.settings.show_items,
            Command::ToggleInspector => self.settings.show_inspector = !self.settings.show_inspector,
            Command::ToggleJobs => open.jobs = !open.jobs,
            Command::TogglePalette => open.palette = !open.palette,
            Command::Find => self.find(),
            Command::ToggleShortcuts => open.shortcuts = !open.shortcuts,
            Command::ToggleNotices => {
                open.notices = !open.notices;
                self.notices.mark_read();
            }
            Command::RemoveNotice(number) => self.notices.remove(*number),
            Command::ClearNotices => self.notices.clear(),
            Command::CloseTop => {
                let was_listed = open.notices;
                let flags = [
                    &mut open.palette,
                    &mut open.shortcuts,
                    &mut open.sheet,
                    &mut open.spec,
                    &mut open.jobs,
                    &mut open.notices,
                    &mut open.fit,
                    &mut open.viewer_alone,
                ];
                match flags.into_iter().find(|flag| **flag) {
                    Some(flag) => *flag = false,
                    None => self.failed_open = None,
                }
                if was_listed && !self.open.notices {
                    // What came in while the list was open was seen there.
                    self.notices.mark_read();
                }
            }
            Command::ZoomIn => self.settings.step_scale(1),
            Command::ZoomOut => self.settings.step_scale(-1),
            Command::ZoomReset => self.settings.scale = 1.0,
            Command::SetAppearance(appearance) => {
                self.settings.appearance = *appearance;
                self.last_action = format!("Appearance: {}", appearance.title());
            }
            Command::SetPanelWidth(name, width) => {
                self.settings.panels.insert((*name).to_owned(), *width);
            }
            Command::SetDevice(device) => {
                self.settings.device.clone_from(device);
                self.last_action = if self.devices.in_use == *device {
                    format!("Networks are computed on {}", super::devices::title(device))
                } else {
                    format!("From the next start, networks are computed on: {}", super::devices::title(device))
                };
            }
            Command::ResetLayout => {
                let version = self.settings.layout_version + 1;
                let kept = self.settings.clone();
                self.settings = settings::Settings {
                    layout_version: version,
                    appearance: kept.appearance,
                    device: kept.device,
                    recent: kept.recent,
                    ..settings::Settings::default()
                };
                self.last_action = "The layout is as at first".to_owned();
            }
            Command::HideUntitled => self.leftovers.clear(),
            Command::DismissGuide => self.settings.guide_closed = true,
            Command::CopyDiagnostics => {
                self.last_action = "Diagnostics are on the clipboard".to_owned();
                return Some(vec![Request::Copy(self.diagnostics())]);
            }
            Command::Quit => return Some(vec![Request::Close]),
            _ => return None,
        }
        Some(Vec::new())
    }

    // --- items and methods -------------------------------------------------------------------------------------------

    /// Whether the item in view is the last of the list.
    pub fn at_end(&self) -> bool {
        self.explore.list.visible().last().map(|&last| last as usize) == self.explore.item
    }

    /// Whether the item in view is the first of the list.
    pub fn at_start(&self) -> bool {
        self.explore.list.visible().first().map(|&first| first as usize) == self.explore.item
    }

    fn step_item(&mut self, by: i64) -> Vec<Request> {
        let list = &self.explore.list;
        let Some(last) = list.visible().len().checked_sub(1) else { return Vec::new() };
        let to = match self.explore.item {
            Some(item) => match list.position(item) {
                Some(at) => (at as i64 + by).clamp(0, last as i64) as usize,
                // It has left the list (a mark taken off while only marked ones are listed): go on from where it stood, where that can be told.
                None => {
                    let before = list.visible().iter().take_while(|&&listed| (listed as usize) < item).count() as i64;
                    let to = if by > 0 { before + by - 1 } else { before + by };
                    to.clamp(0, last as i64) as usize
                }
            },
            None => 0,
        };
        let item = list.visible()[to] as usize;
        self.go_to(item)
    }

    /// The user goes to an item; the bottom line says so, so that it does not go on about what was done before.
    pub(super) fn go_to(&mut self, item: usize) -> Vec<Request> {
        if let Some(data) = self.data.as_ref().filter(|data| item < data.len()) {
            self.last_action = crate::jobs::picture::item_title(data, item);
            if self.explore.list.position(item).is_none() {
                self.last_action.push_str(", which the filter leaves out");
            }
        }
        self.select_item(item)
    }

    pub(crate) fn select_item(&mut self, item: usize) -> Vec<Request> {
        if self.data.as_ref().is_none_or(|data| item >= data.len()) {
            return Vec::new();
        }
        self.explore.item = Some(item);
        self.close_own();
        self.explore.reading.own_row = None;
        self.explore.reading.chosen = None;
        self.runs(Self::refresh_explanation)
    }

    /// After a change of the list: if the item in view is not listed any more, the first that is.
    pub(crate) fn keep_item_listed(&mut self) -> Vec<Request> {
        let list = &self.explore.list;
        if self.explore.item.is_some_and(|item| list.position(item).is_some()) {
            return Vec::new();
        }
        match list.visible().first() {
            Some(&first) => self.select_item(first as usize),
            None => Vec::new(),
        }
    }

    pub(crate) fn rebuild_list(&mut self) {
        let Some(data) = self.data.clone() else { return };
        let active = self.active_box().cloned();
        let explore = &mut self.explore;
        explore.list.rebuild(&data, active.as_ref().map(|active| &active.card), &explore.pinned, &explore.marked);
    }

    /// Asks for the explanation in view, and for fidelity where the list needs it.
    pub(crate) fn refresh(&mut self) -> Vec<Request> {
        let mut requests = self.runs(Self::refresh_explanation);
        requests.extend(self.refresh_fidelity());
        requests
    }

    pub(super) fn runs(&mut self, make: impl FnOnce(&mut Self) -> Vec<Run>) -> Vec<Request> {
        make(self).into_iter().map(|run| Request::Run(Box::new(run))).collect()
    }

    // --- training and measuring --------------------------------------------------------------------------------------

    /// Makes explainers of the methods that need no training, where they do not exist for the black box in use.
    pub(crate) fn make_untrained(&mut self) -> Vec<Request> {
        // Without data a text of one's own may still be in view.
        let data = self.data.as_ref().or(self.own_text().map(|own| &own.data)).cloned();
        let (Some(active), Some(data)) = (self.active_box().cloned(), data) else { return Vec::new() };
        let mut requests = Vec::new();
        for (index, method) in crate::explain::METHODS.iter().map(|method| method.spec()).enumerate() {
            let exists = self.explainers.iter().any(|explainer| {
                explainer.card.method == method.id && explainer.card.blackbox_hash == active.card.hash
            });
            if method.trains || exists || !method.modalities.contains(&active.card.modality()) {
                continue;
            }
            let task = Task::TrainExplainer(Box::new(TrainExplainer {
                method: method.id.to_owned(),
                params: Default::default(),
                unit: self.explore.unit,
                k: self.explore.k,
                data: data.clone(),
                black_box: active.clone(),
                seed: self.explore.seed,
                name: method.title.to_owned(),
                out: None,
            }));
            requests.push(Request::Run(Box::new(Run {
                lane: Lane::Interactive,
                slot: Slot::new(slots::MAKE_EXPLAINER, index as u32),
                priority: Priority::Interactive,
                purpose: Purpose::MakeExplainer,
                title: format!("Preparing {}", method.title),
                task,
            })));
        }
        requests
    }

    fn start_fit(&mut self, form: &super::train::FitForm) -> Vec<Request> {
        let Some(data) = self.data.clone() else { return Vec::new() };
        let name = self.unused_name(Makes::Box, &form.name);
        let task = Task::FitBox(Box::new(FitBox {
            architecture: form.asked(),
            params: form.params.clone(),
            data,
            seed: form.seed,
            out: self.out_dir("blackboxes", &name, form.seed),
            name: name.clone(),
            teacher: form.distil.then(|| self.active_box().cloned()).flatten(),
            hidden_copies: u32::from(form.learns_hidden),
        }));
        self.start_run(Makes::Box, name, task)
    }

    fn start_training(&mut self, form: &super::train::TrainForm) -> Vec<Request> {
        let (Some(data), Some(black_box)) = (self.data.clone(), self.active_box().cloned()) else { return Vec::new() };
        let name = self.unused_name(Makes::Explainer, &form.name);
        let task = Task::TrainExplainer(Box::new(TrainExplainer {
            method: form.method.clone(),
            params: form.params.clone(),
            unit: form.unit,
            k: form.k,
            data,
            black_box,
            seed: form.seed,
            out: self.out_dir("explainers", &name, form.seed),
            name: name.clone(),
        }));
        self.start_run(Makes::Explainer, name, task)
    }

    /// The name, with a number where something has it already: two entries of one name could not be told apart in lists and tables.
    fn unused_name(&self, makes: Makes, name: &str) -> String {
        let name = name.trim();
        let made: Vec<&str> = match makes {
            Makes::Box => self.boxes.iter().map(|one| one.card.name.as_str()).collect(),
            Makes::Explainer => self.explainers.iter().map(|one| one.card.name.as_str()).collect(),
        };
        let runs = self.train.runs.iter().filter(|run| run.makes == makes).map(|run| run.name.as_str());
        let taken: std::collections::HashSet<&str> = runs.chain(made).collect();
        let numbered = (2..).map(|number| format!("{name} {number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name.as_str())).unwrap_or_default()
    }

    fn retry_training(&mut self, number: u32) -> Vec<Request> {
        let Some(run) = self.train.run(number).cloned() else { return Vec::new() };
        let requests = self.start_run(run.makes, run.name, run.task);
        if let Some(again) = self.train.runs.last_mut() {
            // Another project may be open by now.
            again.home = run.home;
        }
        requests
    }

    fn start_run(&mut self, makes: Makes, name: String, task: Task) -> Vec<Request> {
        let number = self.train.runs.last().map_or(1, |run| run.number + 1);
        let slot = self.fresh_slot(slots::TRAIN);
        let home = self.home().map(Path::to_path_buf);
        let run = TrainingRun {
            number,
            makes,
            name,
            job: None,
            state: RunState::Running,
            report: None,
            task: task.clone(),
            made: None,
            home,
        };
        let title = format!("{} {}", if run.connects() { "Connecting" } else { "Training" }, run.name);
        self.last_action.clone_from(&title);
        self.train.selected = Some(number);
        self.train.runs.push(run);
        let purpose = Purpose::Train(number);
        vec![Request::Run(Box::new(Run {
            lane: Lane::Training,
            slot,
            priority: Priority::Normal,
            purpose,
            title,
            task,
        }))]
    }

    /// Tells the user what went wrong.
    pub(crate) fn notify(&mut self, level: Level, notice: Notice, retry: Option<Command>) {
        let notice = Notice { summary: super::describe::in_window(&notice.summary), ..notice };
        self.last_action = notice.summary.clone();
        self.notices.push(level, notice, retry);
    }
}
