//! How requests and answers cross into the browser: bytes in memory that both see.
//!
//! The page asks for room, writes its request there, and asks. An answer is its length, four bytes
//! with the lowest first, and UTF-8. Three functions and no generator of bindings: no more is needed.

#![allow(unsafe_code)] // Names without mangling, which the page calls.

use std::cell::RefCell;

thread_local! {
    static ASKED: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
    static SAID: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
}

/// Room for the next request, `length` bytes.
#[no_mangle]
pub extern "C" fn room(length: usize) -> *mut u8 {
    ASKED.set(vec![0; length]);
    ASKED.with_borrow_mut(|asked| asked.as_mut_ptr())
}

/// Answers the request that stands in the room; where the answer stands until the next one.
#[no_mangle]
pub extern "C" fn ask() -> *const u8 {
    // Without unwinding a panic ends in a trap: `last_words` then says why.
    std::panic::set_hook(Box::new(|panic| {
        let why = panic.payload_as_str().unwrap_or("it gave no reason");
        say(why);
    }));
    let request = ASKED.take();
    say(&crate::answer(&String::from_utf8_lossy(&request)));
    last_words()
}

/// Where the last answer stands; after a trap, its reason.
#[no_mangle]
pub extern "C" fn last_words() -> *const u8 {
    SAID.with_borrow(|said| said.as_ptr())
}

fn say(text: &str) {
    let length = u32::try_from(text.len()).unwrap_or(0).to_le_bytes();
    SAID.set(length.into_iter().chain(text.bytes()).collect());
}
