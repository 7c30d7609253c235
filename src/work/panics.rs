//! Holds the panic of a step: its message goes to the log and into the job's error, not onto the terminal.
//!
//! libtorch reports bad shapes and lost memory by panics of the bindings, so this is a normal path, not only for bugs.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`hold`].
    static HELD: Cell<bool> = const { Cell::new(false) };
    /// Where the last held panic of this thread happened.
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `run` and turns a panic into its message with the place.
///
/// What `run` borrows may be left half-changed by a panic. Callers drop the job's state; an environment must keep its
/// own state valid between calls that can panic.
pub(super) fn hold<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    install_hook();
    let outer = HELD.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    HELD.set(outer);
    result.map_err(|payload| {
        let message = message_of(payload.as_ref());
        // The payload's own drop may panic as well; a leak of it is the smaller harm.
        std::mem::forget(payload);
        match LOCATION.take() {
            Some(location) => format!("{message} (at {location})"),
            None => message,
        }
    })
}

/// Sends held panics to the log. All others go on to the hook that was there before.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    if std::thread::panicking() {
        return; // Hooks cannot be changed now; the next call does it.
    }
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| if HELD.get() { note_held(info) } else { before(info) }));
    });
}

fn note_held(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string);
    let thread = std::thread::current();
    log::error!(
        "a job panicked on thread '{}' at {}: {}",
        thread.name().unwrap_or("without a name"),
        location.as_deref().unwrap_or("an unknown place"),
        message_of(info.payload()),
    );
    LOCATION.set(location);
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "panic without a message".to_owned()
    }
}
