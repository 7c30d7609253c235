//! Tables of text: a head with explained words, rows that are striped.

use egui::{Grid, RichText, Ui};

use super::terms::term;
use crate::ui::theme::{space, tokens};

/// A table; rows are as long as `head`. The first column names the row.
pub fn table(ui: &mut Ui, id: &str, head: &[&str], rows: &[Vec<String>]) {
    egui::ScrollArea::horizontal().id_salt(id).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new(id).striped(true).spacing([space::L, 5.0]).show(ui, |ui| {
            for word in head {
                term(ui, word);
            }
            ui.end_row();
            for row in rows {
                for (at, cell) in row.iter().enumerate() {
                    let text = RichText::new(cell);
                    ui.label(if at == 0 { text.color(tokens(ui).text) } else { text });
                }
                ui.end_row();
            }
        });
    });
}
