//! What mdBook only warns about — a tag left open, a footnote nobody refers to — is wrong in this
//! book: the warnings of a piece of work, collected.

use std::fmt::{Debug, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// What the work under way has logged.
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Does `work`; returns what it returned and what was logged as warning or error meanwhile, by
/// whatever thread: KaTeX works on several. One piece of work at a time.
pub fn collect<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    static TURN: Mutex<()> = Mutex::new(());
    static LISTEN: Once = Once::new();
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    LISTEN.call_once(|| {
        // It fails where another listener has come first, which nothing in this process does.
        let _ = tracing::subscriber::set_global_default(Collector);
    });
    heard().clear();
    let result = work();
    (result, std::mem::take(&mut heard()))
}

fn heard() -> MutexGuard<'static, Vec<String>> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        heard().push(message.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing into a String cannot fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_errors_are_collected() {
        let (result, warnings) = collect(|| {
            tracing::info!("nothing to see");
            tracing::warn!("tag {} is open", "p");
            // On another thread, as from a pool of them.
            std::thread::spawn(|| tracing::error!("no file")).join().unwrap();
            7
        });
        assert_eq!(result, 7);
        assert_eq!(warnings, ["tag p is open", "no file"]);
    }
}
