//! Serves the built book to this machine.
//!
//! While labs draw beside the server, every page that it sends carries a script that asks for the
//! edition and loads the page again when there is a new one. The built book itself has none.

use axum::body::Body;
use axum::http::{header, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::{Listener, ListenerExt};
use axum::Router;
use minigrad_cli::{terminal, Failure};
use std::future::IntoFuture;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
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
    Server::bind(port)?.run(book, None)
}

/// How often the book was built anew while it is served.
pub type Edition = Arc<AtomicU64>;

/// A server that has its port.
#[derive(Debug)]
pub struct Server {
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
    address: SocketAddr,
    asked: u16,
}

impl Server {
    /// Takes `port` or the next free one after it; 0 lets the system choose.
    ///
    /// # Errors
    /// If no port is free.
    pub fn bind(port: u16) -> Result<Server, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(format_args!("the server cannot start: {error}")))?;
        let (listener, address) = runtime.block_on(bind(port))?;
        Ok(Server { runtime, listener, address, asked: port })
    }

    /// Where it will serve.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the folder `book` until Ctrl-C; with an edition, pages load again when it grows.
    ///
    /// # Errors
    /// If the server fails, or cannot say where it is.
    pub fn run(self, book: &Path, edition: Option<Edition>) -> Result<(), Failure> {
        let Server { runtime, listener, address, asked } = self;
        if asked != 0 && address.port() != asked {
            terminal::print(&format!("Port {asked} is in use, taking {}.\n", address.port()))?;
        }
        terminal::print(&format!("The book is at http://{address} (Ctrl-C stops it)\n"))?;
        let pages = router(book, edition);
        // A reader's open connection must not keep Ctrl-C waiting: both race, the first one ends it.
        runtime.block_on(async {
            tokio::select! {
                served = axum::serve(prompt(listener), pages).into_future() => {
                    served.map_err(|error| Failure::new(format_args!("the server stopped: {error}")))
                }
                _ = tokio::signal::ctrl_c() => {
                    terminal::print("\nStopped.\n")
                }
            }
        })
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

fn router(book: &Path, edition: Option<Edition>) -> Router {
    let not_there = ServeFile::new(book.join("404.html"));
    let mut router =
        Router::new().fallback_service(ServeDir::new(book).not_found_service(not_there));
    if let Some(edition) = edition {
        let now = edition.clone();
        let asked = move || async move { now.load(Ordering::SeqCst).to_string() };
        router = router.route("/edition", get(asked)).layer(map_response(move |page| {
            let edition = edition.load(Ordering::SeqCst);
            async move { asking(page, edition).await }
        }));
    }
    router
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

/// A page of this edition that asks, every two seconds, whether there is another one.
async fn asking(page: Response, edition: u64) -> Response {
    let kind = page.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page || page.status() != StatusCode::OK {
        return page;
    }
    let (mut parts, body) = page.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let script = format!(
        "<script>setInterval(async () => {{ const now = await fetch(\"/edition\").then(r => r.text(), \
         () => \"{edition}\"); if (now !== \"{edition}\") location.reload(); }}, 2000);</script>"
    );
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from([&bytes[..], script.as_bytes()].concat()))
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
        ask(path, None)
    }

    fn ask(path: &str, edition: Option<u64>) -> String {
        let edition = edition.map(|number| Arc::new(AtomicU64::new(number)));
        let book = tempfile::tempdir().unwrap();
        for (name, text) in
            [("index.html", "<p>book"), ("404.html", "<p>lost"), ("x.svg", "<svg/>")]
        {
            std::fs::write(book.path().join(name), text).unwrap();
        }
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        on_runtime(async {
            let (listener, address) = bind(0).await.unwrap();
            let served = axum::serve(prompt(listener), router(book.path(), edition)).into_future();
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
    fn pages_ask_for_the_edition_while_there_is_one() {
        assert!(!get("/").contains("<script>"));
        assert!(get("/edition").starts_with("http/1.1 404"));
        let page = ask("/", Some(7));
        assert!(page.contains("<p>book<script>") && page.contains("now !== \"7\""), "{page}");
        assert!(ask("/edition", Some(7)).ends_with("\r\n\r\n7"));
        // Nothing is added to what is no page.
        assert!(ask("/x.svg", Some(7)).ends_with("<svg/>"));
        assert!(ask("/nowhere", Some(7)).ends_with("<p>lost"));
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
