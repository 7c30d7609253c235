//! Laws of the parts below the window, one file per part.

mod integration {
    mod store;
    mod work;
}
