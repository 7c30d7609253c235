//! Black boxes: networks, losses, optimizers and initialisers against PyTorch and NumPy; training, saving, refusing.

mod golden;
mod saved;
mod text_nets;
mod training;
