//! Small pictures for the list: one atlas texture with the least recently seen given up, files decoded on a thread of their own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use egui::{ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, Vec2, pos2, vec2};

use super::super::theme;
use crate::data::{DataError, Dataset, Items, Picture};
use crate::figure::Color;

/// Side of the atlas in texels.
const ATLAS: usize = 2048;
/// Side of a cell: 32 for the small pictures of benchmarks, else 64.
const SMALL: usize = 32;
const LARGE: usize = 64;
/// Requests that may wait for the thread.
const QUEUE: usize = 48;

enum Ask {
    Thumb(Arc<Dataset>, u32, usize),
    Full(Arc<Dataset>, u32),
}

enum Answer {
    Thumb(String, u32, Option<Picture>),
    Full(String, u32, Result<Picture, DataError>),
}

/// A picture in full, for the preview of the fit.
#[derive(Clone)]
pub enum Full {
    /// Being read.
    Pending,
    /// Read.
    Ready(Arc<Picture>),
    /// Cannot be read, with the reason.
    Failed(String),
}

/// Small pictures of one data set.
#[derive(Default)]
pub struct Thumbs {
    hash: String,
    cell: usize,
    atlas: Option<TextureHandle>,
    /// Cell of an item and the size of its picture.
    cells: HashMap<u32, (usize, Vec2)>,
    owners: Vec<Option<u32>>,
    used: Vec<u64>,
    clock: u64,
    pending: HashSet<u32>,
    unreadable: HashSet<u32>,
    full: Option<(u32, Full)>,
    thread: Option<(Sender<Ask>, Receiver<Answer>)>,
}

impl Thumbs {
    /// Call once per frame: takes in what was decoded, and starts anew for another data set.
    pub fn begin(&mut self, ctx: &Context, data: &Arc<Dataset>) {
        self.clock += 1;
        if self.hash != data.hash {
            let side = data.shape().map_or(LARGE, |shape| shape.width.max(shape.height));
            let cell = if side + 2 <= SMALL { SMALL } else { LARGE };
            let n_cells = (ATLAS / cell) * (ATLAS / cell);
            let thread = self.thread.take();
            *self = Self {
                hash: data.hash.clone(),
                cell,
                owners: vec![None; n_cells],
                used: vec![0; n_cells],
                thread,
                ..Self::default()
            };
            let blank = ColorImage::filled([ATLAS, ATLAS], theme::color(Color::grey(128)));
            self.atlas = Some(ctx.load_texture("thumbnails", blank, TextureOptions::LINEAR));
        }
        let answers: Vec<Answer> = self.thread.iter().flat_map(|(_, answers)| answers.try_iter()).collect();
        for answer in answers {
            match answer {
                Answer::Thumb(hash, item, picture) if hash == self.hash => {
                    self.pending.remove(&item);
                    match picture {
                        Some(picture) => self.put(item, &picture),
                        None => {
                            self.unreadable.insert(item);
                        }
                    }
                }
                Answer::Full(hash, item, result) if hash == self.hash => {
                    let full = result
                        .map_or_else(|error| Full::Failed(error.to_string()), |picture| Full::Ready(Arc::new(picture)));
                    self.full = Some((item, full));
                }
                Answer::Thumb(..) | Answer::Full(..) => {}
            }
        }
    }

    /// Texture, place in it and size in texels of an item's small picture; `None` while it is decoded.
    pub fn get(&mut self, ctx: &Context, data: &Arc<Dataset>, item: u32) -> Option<(TextureId, Rect, Vec2)> {
        if !self.cells.contains_key(&item) {
            if self.unreadable.contains(&item) {
                return None;
            }
            match &data.items {
                // Dense pictures lie in memory: cutting one out takes microseconds.
                Items::Dense(_) => match data.picture(item as usize) {
                    Ok(picture) => self.put(item, &picture.thumbnail(self.cell - 2)),
                    Err(_) => {
                        self.unreadable.insert(item);
                    }
                },
                Items::Text(_) | Items::Series(_) | Items::Table(_) => return None,
                Items::Lazy(_) => {
                    if !self.pending.contains(&item) && self.ask(ctx, Ask::Thumb(data.clone(), item, self.cell - 2)) {
                        self.pending.insert(item);
                    }
                }
            }
        }
        let &(cell, size) = self.cells.get(&item)?;
        self.used[cell] = self.clock;
        let per_row = ATLAS / self.cell;
        let (x, y) = ((cell % per_row * self.cell) as f32, (cell / per_row * self.cell) as f32);
        let scale = ATLAS as f32;
        // Half a texel in from the edge, so that a neighbour never bleeds in.
        let uv = Rect::from_min_max(
            pos2((x + 0.5) / scale, (y + 0.5) / scale),
            pos2((x + size.x - 0.5) / scale, (y + size.y - 0.5) / scale),
        );
        Some((self.atlas.as_ref()?.id(), uv, size))
    }

    /// The item's picture in full size.
    pub fn full(&mut self, ctx: &Context, data: &Arc<Dataset>, item: usize) -> Full {
        let item = item as u32;
        match &self.full {
            Some((known, full)) if *known == item => full.clone(),
            _ => {
                let full = match &data.items {
                    // A text, a series or a row of a table says in a sentence that it is no picture.
                    Items::Dense(_) | Items::Text(_) | Items::Series(_) | Items::Table(_) => data
                        .picture(item as usize)
                        .map_or_else(|error| Full::Failed(error.to_string()), |picture| Full::Ready(Arc::new(picture))),
                    Items::Lazy(_) => {
                        if !self.ask(ctx, Ask::Full(data.clone(), item)) {
                            // Too many small ones are waited for: ask again soon.
                            self.full = None;
                            ctx.request_repaint_after(std::time::Duration::from_millis(50));
                            return Full::Pending;
                        }
                        Full::Pending
                    }
                };
                self.full = Some((item, full.clone()));
                full
            }
        }
    }

    fn ask(&mut self, ctx: &Context, ask: Ask) -> bool {
        if self.thread.is_none() {
            let (asks, inbox) = bounded::<Ask>(QUEUE);
            let (outbox, answers) = unbounded();
            let ctx = ctx.clone();
            let spawned = std::thread::Builder::new().name("thumbnails".to_owned()).spawn(move || {
                for ask in inbox {
                    let answer = match ask {
                        Ask::Thumb(data, item, side) => {
                            let picture = data.picture(item as usize).ok().map(|picture| picture.thumbnail(side));
                            Answer::Thumb(data.hash.clone(), item, picture)
                        }
                        Ask::Full(data, item) => Answer::Full(data.hash.clone(), item, data.picture(item as usize)),
                    };
                    if outbox.send(answer).is_err() {
                        return;
                    }
                    ctx.request_repaint_of(egui::ViewportId::ROOT);
                }
            });
            if let Err(error) = spawned {
                log::error!("no thread for small pictures: {error}");
                return false;
            }
            self.thread = Some((asks, answers));
        }
        self.thread.as_ref().is_some_and(|(asks, _)| asks.try_send(ask).is_ok())
    }

    fn put(&mut self, item: u32, picture: &Picture) {
        let Some(atlas) = &mut self.atlas else { return };
        let Some(cell) = (0..self.owners.len()).min_by_key(|&cell| self.used[cell]) else { return };
        if let Some(before) = self.owners[cell].take() {
            self.cells.remove(&before);
        }
        let per_row = ATLAS / self.cell;
        atlas.set_partial(
            [cell % per_row * self.cell, cell / per_row * self.cell],
            color_image(picture),
            TextureOptions::LINEAR,
        );
        self.owners[cell] = Some(item);
        self.used[cell] = self.clock;
        self.cells.insert(item, (cell, vec2(picture.width as f32, picture.height as f32)));
    }
}

/// A picture as egui takes it.
pub fn color_image(picture: &Picture) -> ColorImage {
    let size = [picture.width, picture.height];
    match picture.channels {
        1 => ColorImage::from_gray(size, &picture.bytes),
        _ => ColorImage::from_rgb(size, &picture.bytes),
    }
}
