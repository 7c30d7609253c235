//! Black boxes: networks, losses, optimizers and initialisers against PyTorch and NumPy; training, saving, refusing.

mod exec;
mod golden;
mod queried;
mod saved;
mod series_table_nets;
mod text_nets;
mod training;
