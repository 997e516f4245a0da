//! Serves the built book to this machine.

use axum::http::{header, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::serve::{Listener, ListenerExt};
use axum::Router;
use minigrad_labs::{say, Failure};
use std::future::IntoFuture;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// Where the book is served unless a reader asks for another port.
pub const DEFAULT_PORT: u16 = 3000;

/// Serves the folder `book` on `port`, or on the next free one, until Ctrl-C.
///
/// # Errors
/// If there is no book in the folder, or no port is free.
pub fn serve(book: &Path, port: u16) -> Result<(), Failure> {
    if !book.join("index.html").is_file() {
        return Err(Failure::new(format_args!(
            "there is no book in {}: run `cargo run -- build`",
            book.display()
        )));
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("the server cannot start: {error}")))?
        .block_on(run(book.to_path_buf(), port))
}

async fn run(book: PathBuf, port: u16) -> Result<(), Failure> {
    let (listener, address) = bind(port).await?;
    if port != 0 && address.port() != port {
        say::print(&format!("Port {port} is in use, taking {}.\n", address.port()))?;
    }
    say::print(&format!("The book is at http://{address} (Ctrl-C stops it)\n"))?;
    // A reader's open connection must not keep Ctrl-C waiting: both race, the first one ends it.
    tokio::select! {
        served = axum::serve(prompt(listener), router(&book)).into_future() => {
            served.map_err(|error| Failure::new(format_args!("the server stopped: {error}")))
        }
        _ = tokio::signal::ctrl_c() => {
            say::print("\nStopped.\n")
        }
    }
}

/// Answers go out at once, not when the reader has acknowledged the one before.
fn prompt(listener: TcpListener) -> impl Listener<Addr = SocketAddr> {
    listener.tap_io(|stream| {
        // Without it the page only comes later.
        let _ = stream.set_nodelay(true);
    })
}

/// Takes `port` or the next free one after it; 0 lets the system choose.
async fn bind(port: u16) -> Result<(TcpListener, SocketAddr), Failure> {
    for candidate in port..=u16::MAX {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, candidate)).await {
            Ok(listener) => {
                let address = listener.local_addr();
                let address =
                    address.map_err(|error| Failure::new(format_args!("port: {error}")))?;
                return Ok((listener, address));
            }
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(Failure::new(format_args!("port {candidate}: {error}")));
            }
        }
    }
    Err(Failure::new(format_args!("no port from {port} on is free")))
}

fn router(book: &Path) -> Router {
    let not_there = ServeFile::new(book.join("404.html"));
    Router::new()
        .fallback_service(ServeDir::new(book).not_found_service(not_there))
        // A name that no file system can have is the name of no page.
        .layer(map_response(|response: Response| async move {
            match response.status() {
                StatusCode::INTERNAL_SERVER_ERROR => StatusCode::NOT_FOUND.into_response(),
                _ => response,
            }
        }))
        // Authors reload and want the page they have just written.
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn on_runtime<T>(future: impl std::future::Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// The answer to a GET of `path` from a book of one page and one figure.
    fn get(path: &str) -> String {
        let book = tempfile::tempdir().unwrap();
        for (name, text) in
            [("index.html", "<p>book"), ("404.html", "<p>lost"), ("x.svg", "<svg/>")]
        {
            std::fs::write(book.path().join(name), text).unwrap();
        }
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        on_runtime(async {
            let (listener, address) = bind(0).await.unwrap();
            let served = axum::serve(prompt(listener), router(book.path())).into_future();
            let asked = async {
                let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await.unwrap();
                answer
            };
            tokio::select! {
                _ = served => unreachable!("the server does not stop"),
                answer = asked => answer.to_lowercase(),
            }
        })
    }

    #[test]
    fn a_page_has_its_type_and_is_never_cached() {
        let answer = get("/");
        assert!(answer.starts_with("http/1.1 200"), "{answer}");
        assert!(answer.contains("content-type: text/html"), "{answer}");
        assert!(answer.contains("cache-control: no-store"), "{answer}");
        assert!(get("/x.svg").contains("content-type: image/svg+xml"));
    }

    #[test]
    fn a_page_that_is_not_there_is_a_404() {
        let answer = get("/nowhere/at/all.html");
        assert!(answer.starts_with("http/1.1 404"), "{answer}");
        assert!(answer.contains("<p>lost"), "{answer}");
    }

    #[test]
    fn a_name_too_long_for_any_file_is_a_404() {
        for path in [format!("/{}", "a".repeat(256)), "/a".repeat(5000)] {
            let answer = get(&path);
            assert!(answer.starts_with("http/1.1 404"), "{answer}");
        }
    }

    #[test]
    fn nothing_outside_the_book_is_served() {
        assert!(get("/../../../etc/passwd").starts_with("http/1.1 404"));
    }

    #[test]
    fn a_port_in_use_yields_to_the_next() {
        on_runtime(async {
            let (_taken, first) = bind(0).await.unwrap();
            let (_next, second) = bind(first.port()).await.unwrap();
            assert!(second.port() > first.port());
        });
    }
}
