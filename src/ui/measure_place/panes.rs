//! A grid whose header and first columns stay in view while all else is scrolled, with scroll bars that are always seen where there is more.

use egui::style::ScrollStyle;
use egui::{Align, Layout, Rect, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::ui::theme::{space, tokens};

/// The size of a grid.
pub struct Panes<'a> {
    /// Width of each column in points, without the gaps between them.
    pub widths: &'a [f32],
    /// How many of them stay in view.
    pub fixed: usize,
    /// Lines below the header.
    pub lines: usize,
    /// Height in points of the view that it stands in, which scrolls itself.
    pub view: f32,
}

/// Height in points that a grid takes of which all would be so high: all of it where that fits into the view, since a list that scrolls within another is
/// hard to scroll; else so much that what stands around it is seen too.
fn height_of(total: f32, view: f32) -> f32 {
    if total <= view { total } else { (view * 0.6).max(240.0).min(total) }
}

impl Panes<'_> {
    /// Draws it: `cell` draws what stands in a line (`None`: the header) and a column into the space for it. Cells below the header that are out of view
    /// are left out.
    pub fn show(&self, ui: &mut Ui, mut cell: impl FnMut(&mut Ui, Option<usize>, usize)) {
        let height = ui.spacing().interact_size.y + space::XS;
        let mut starts: Vec<f32> = vec![0.0];
        for width in self.widths {
            starts.push(starts[starts.len() - 1] + width + space::L);
        }
        let total = vec2(starts[self.widths.len()], height * (self.lines + 1) as f32);
        let fixed_width = starts[self.fixed.min(self.widths.len())];
        ui.scope(|ui| {
            // Floating bars are seen only under the pointer: nobody looks for columns that may be there.
            ui.spacing_mut().scroll = ScrollStyle { bar_width: space::S, ..ScrollStyle::solid() };
            let most = height_of(total.y + ui.spacing().scroll.allocated_width(), self.view);
            let area = ScrollArea::both().id_salt("table").max_height(most).min_scrolled_height(most);
            area.auto_shrink([false, true]).show_viewport(ui, |ui, viewport| {
                let origin = ui.max_rect().min;
                ui.allocate_space(total);
                let seen = Rect::from_min_size(origin + viewport.min.to_vec2(), viewport.size());
                let (left, top) = (seen.left() + fixed_width, seen.top() + height);
                // What moves both ways, along, across, and not at all.
                for (is_head, is_fixed) in [(false, false), (false, true), (true, false), (true, true)] {
                    let x = if is_fixed { seen.left()..=left } else { left..=seen.right().max(left) };
                    let y = if is_head { seen.top()..=top } else { top..=seen.bottom().max(top) };
                    let pane = Rect::from_x_y_ranges(x, y);
                    let mut inner = ui.new_child(UiBuilder::new().max_rect(pane).id_salt((is_head, is_fixed)));
                    inner.set_clip_rect(pane.intersect(ui.clip_rect()));
                    let from = pos2(
                        if is_fixed { seen.left() } else { origin.x },
                        if is_head { seen.top() } else { origin.y },
                    );
                    let columns = if is_fixed { 0..self.fixed } else { self.fixed..self.widths.len() };
                    let lines = if is_head { 0..1 } else { 1..self.lines + 1 };
                    for line in lines {
                        let y = from.y + height * line as f32;
                        if !is_head && line.is_multiple_of(2) {
                            let stripe = Rect::from_x_y_ranges(pane.x_range(), y..=y + height);
                            inner.painter().rect_filled(stripe, 0.0, tokens(ui).raised);
                        }
                        for column in columns.clone() {
                            let size = vec2(self.widths[column], height);
                            let place = Rect::from_min_size(pos2(from.x + starts[column], y), size);
                            if is_head || inner.is_rect_visible(place) {
                                let builder = UiBuilder::new().max_rect(place).id_salt((line, column));
                                let layout = Layout::left_to_right(Align::Center);
                                cell(&mut inner.new_child(builder.layout(layout)), line.checked_sub(1), column);
                            }
                        }
                    }
                }
                let line = Stroke::new(1.0, tokens(ui).line);
                ui.painter().hline(seen.x_range(), top, line);
                if viewport.min.x > 0.0 {
                    ui.painter().vline(left - space::L / 2.0, seen.y_range(), line);
                }
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::height_of;

    #[test]
    fn what_fits_into_the_view_has_no_scroller_of_its_own() {
        for view in [300.0, 560.0, 700.0] {
            for total in (1..80).map(|tens| tens as f32 * 20.0) {
                let height = height_of(total, view);
                assert!(height <= total && (total > view || height == total), "{total} in {view}: {height}");
                // Of what does not fit, the header stays in sight above its lines.
                assert!(height <= view, "{total} in {view}: {height}");
            }
        }
    }
}
