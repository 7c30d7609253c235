//! Everything that is tested from outside without a window, in one program: one file per part.

mod integration {
    mod figure;
    mod store;
    mod tidy;
    mod work;
}
