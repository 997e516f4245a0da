//! What mdBook only warns about — a tag left open, a footnote nobody refers to — is wrong in this
//! book: the warnings of a piece of work, collected.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use tracing::Level;

/// What the work under way has logged, a line each.
static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Does `work`; returns what it returned and what was logged as warning or error meanwhile, by
/// whatever thread: KaTeX works on several. One piece of work at a time.
pub fn collect<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    static TURN: Mutex<()> = Mutex::new(());
    static LISTEN: Once = Once::new();
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    LISTEN.call_once(|| {
        let bare = tracing_subscriber::fmt().without_time().with_level(false).with_target(false);
        let bare = bare.with_ansi(false).with_max_level(Level::WARN).with_writer(|| Ear);
        // It fails where another listener has come first, which nothing in this process does.
        let _ = tracing::subscriber::set_global_default(bare.finish());
    });
    heard().clear();
    let result = work();
    let lines = String::from_utf8_lossy(&heard()).lines().map(str::to_owned).collect();
    (result, lines)
}

fn heard() -> MutexGuard<'static, Vec<u8>> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        heard().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
