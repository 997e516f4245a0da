//! A real browser, driven over its devtools protocol.

use minigrad_book::{serve::Server, site};
use minigrad_cli::root;
use serde_json::{json, Value};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Longer than anything in these tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The book, built once and served while the tests run: its folder and its address.
pub fn book() -> &'static (PathBuf, String) {
    static BOOK: OnceLock<(PathBuf, String)> = OnceLock::new();
    BOOK.get_or_init(|| {
        let root = root::workspace().expect("the workspace");
        let folder = site::build(&root, Some(&root.join("target/browser"))).expect("a book");
        let server = Server::bind(0).expect("a port");
        let address = format!("http://{}", server.address());
        let served = folder.clone();
        std::thread::spawn(move || server.run(&served, None));
        (folder, address)
    })
}

/// The address of a page of the served book.
pub fn served(page: &str) -> String {
    format!("{}/{page}", book().1)
}

/// The address of a page as a file.
pub fn file(page: &str) -> String {
    format!("file://{}", book().0.join(page).display())
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let named = ["chromium", "chromium-browser", "google-chrome"];
    let places = named.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// One page in a browser of its own.
pub struct Page {
    browser: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    next: u64,
    is_loaded: bool,
    /// What the page asked for, once `Network` is enabled.
    pub requests: Vec<String>,
    /// What it wrote on the console, and what it threw.
    pub complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}

impl Page {
    /// An empty page, or `None` where there is no Chromium: the test is then skipped, by name, and
    /// fails where the gate runs, which installs one.
    pub fn open() -> Option<Page> {
        let Some(chromium) = chromium() else {
            assert!(std::env::var_os("CI").is_none(), "there is no Chromium");
            let test = std::thread::current();
            eprintln!("skipped: {}: there is no Chromium", test.name().unwrap_or_default());
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder");
        let mut browser = Command::new(chromium)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
            .args(["--disable-component-update", "--remote-debugging-port=0", "about:blank"])
            // Whatever is not this machine has no address.
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Chromium starts");
        let mut said = BufReader::new(browser.stderr.take().expect("piped")).lines();
        let address =
            said.find_map(|line| Some(line.ok()?.split_once("listening on ")?.1.to_owned()));
        // Nobody reads on: a full pipe would stop the browser.
        std::thread::spawn(move || said.for_each(drop));
        let (socket, _) = tungstenite::connect(address.expect("an address")).expect("devtools");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        }
        let (session, requests, complaints) = (String::new(), vec![], vec![]);
        let (next, is_loaded, _profile) = (0, false, profile);
        let mut page =
            Page { browser, socket, session, next, is_loaded, requests, complaints, _profile };
        page.afresh();
        Some(page)
    }

    /// An empty page in the place of this one, of which it knows nothing.
    pub fn afresh(&mut self) {
        if !self.session.is_empty() {
            self.call("Page.close", json!({}));
            self.session.clear();
        }
        let mut target = self.call("Target.createBrowserContext", json!({}));
        target["url"] = json!("about:blank");
        let mut target = self.call("Target.createTarget", target);
        target["flatten"] = json!(true);
        let attached = self.call("Target.attachToTarget", target);
        self.session = attached["sessionId"].as_str().expect("a session").to_owned();
        self.complaints.clear();
        for domain in ["Page", "Runtime", "Log"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
        self.size(1280, 1000);
    }

    /// Calls a method of the protocol and waits for its answer.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut call = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            call["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(call.to_string())).expect("devtools listens");
        loop {
            let mut said = self.hear(method);
            if said["id"] == id {
                assert!(said["error"].is_null(), "{method}: {}", said["error"]);
                return said["result"].take();
            }
        }
    }

    /// What the browser says next, kept if it is of this page.
    fn hear(&mut self, method: &str) -> Value {
        let message = self.socket.read().unwrap_or_else(|error| panic!("{method}: {error}"));
        let said: Value = serde_json::from_slice(&message.into_data()).unwrap_or_default();
        if said["sessionId"] == self.session {
            let of = &said["params"];
            match said["method"].as_str() {
                Some("Page.loadEventFired") => self.is_loaded = true,
                Some("Network.requestWillBeSent") => {
                    self.requests.extend(of["request"]["url"].as_str().map(str::to_owned));
                }
                Some("Runtime.exceptionThrown") => self.complaints.push(of.to_string()),
                Some("Runtime.consoleAPICalled") => self.complaints.push(of["args"].to_string()),
                Some("Log.entryAdded") => self.complaints.push(of["entry"].to_string()),
                _ => {}
            }
        }
        said
    }

    pub fn size(&mut self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Shows the page on `media`, or on a screen if that is empty, to a reader who asks for less motion.
    pub fn still(&mut self, media: &str) {
        let less = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.call("Emulation.setEmulatedMedia", json!({ "media": media, "features": [less] }));
    }

    pub fn without_scripts(&mut self) {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    }

    /// Runs a script before every page that follows.
    pub fn before(&mut self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Goes to an address and waits until it is loaded.
    pub fn go(&mut self, address: &str) {
        self.is_loaded = false;
        let gone = self.call("Page.navigate", json!({ "url": address }));
        if gone["loaderId"].is_null() {
            // Another fragment alone loads nothing.
            self.go("about:blank");
            return self.go(address);
        }
        while !self.is_loaded {
            self.hear(address);
        }
    }

    /// The value of an expression; a promise is waited for.
    #[track_caller]
    pub fn get(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut said = self.call("Runtime.evaluate", asked);
        assert!(said["exceptionDetails"].is_null(), "{expression}: {}", said["exceptionDetails"]);
        said["result"]["value"].take()
    }

    #[track_caller]
    pub fn is(&mut self, expression: &str) -> bool {
        self.get(&format!("Boolean({expression})")) == true
    }

    #[track_caller]
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.get(&format!("document.querySelector({selector:?})?.textContent ?? ''"));
        text.as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn shows(&mut self, selector: &str) -> bool {
        self.is(&format!("document.querySelector({selector:?}).checkVisibility()"))
    }

    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        self.get(&format!("document.querySelector({selector:?}).click()"));
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn wait(&mut self, expression: &str) {
        let start = Instant::now();
        while !self.is(expression) {
            assert!(start.elapsed() < PATIENCE, "never: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until an element says something.
    #[track_caller]
    pub fn wait_for(&mut self, selector: &str, text: &str) {
        self.wait(&format!("document.querySelector({selector:?})?.textContent.includes({text:?})"));
    }

    /// Presses and releases a key.
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "ArrowRight" => (39, ""),
            " " => (32, " "),
            _ => panic!("no key: {key}"),
        };
        for (kind, text) in [("keyDown", text), ("keyUp", "")] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", event);
        }
    }
}
