//! A real browser, driven over its devtools protocol.

use minigrad_book::{serve::Server, site};
use minigrad_cli::root;
use serde_json::{json, Value};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
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

/// One page in a browser of its own.
pub struct Page {
    browser: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    next: u64,
    /// Requests of the page, what it wrote on the console, and what it threw.
    pub requests: Vec<String>,
    pub complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let named = ["chromium", "chromium-browser", "google-chrome"];
    named
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|p| p.is_file())
}

impl Page {
    /// An empty page, or `None` where there is no Chromium: the test is then skipped, by name, and
    /// fails where the gate runs, which installs one.
    pub fn open(test: &str) -> Option<Page> {
        let Some(chromium) = chromium() else {
            assert!(std::env::var_os("CI").is_none(), "{test}: there is no Chromium");
            eprintln!("skipped: {test}: there is no Chromium");
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
        let (requests, complaints) = (vec![], vec![]);
        let mut page = Page {
            browser,
            socket,
            session: String::new(),
            next: 0,
            requests,
            complaints,
            _profile: profile,
        };
        let target = page.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = page.call("Target.attachToTarget", target);
        page.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page.size(1280, 1000);
        Some(page)
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
            let message = self.socket.read().unwrap_or_else(|error| panic!("{method}: {error}"));
            let Message::Text(text) = message else { continue };
            let mut said: Value = serde_json::from_str(&text).expect("JSON");
            if said["id"] == id {
                assert!(said["error"].is_null(), "{method}: {}", said["error"]);
                return said["result"].take();
            }
            self.hear(&said);
        }
    }

    fn hear(&mut self, event: &Value) {
        let of = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                self.requests.extend(of["request"]["url"].as_str().map(str::to_owned));
            }
            Some("Runtime.exceptionThrown") => self.complaints.push(of.to_string()),
            Some("Runtime.consoleAPICalled") => self.complaints.push(of["args"].to_string()),
            Some("Log.entryAdded") => self.complaints.push(of["entry"].to_string()),
            _ => {}
        }
    }

    pub fn size(&mut self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Runs a script before every page that follows.
    pub fn before(&mut self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Goes to an address and waits until it is loaded.
    pub fn go(&mut self, address: &str) {
        // Away first: another fragment alone loads nothing.
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        self.call("Page.navigate", json!({ "url": address }));
        self.wait("location.href !== 'about:blank' && document.readyState === 'complete'");
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
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.get(&format!("document.querySelector({selector:?})?.textContent ?? ''"));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn wait(&mut self, expression: &str) {
        let start = Instant::now();
        while self.get(&format!("Boolean({expression})")) != true {
            assert!(start.elapsed() < PATIENCE, "never: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses and releases a key: `code` as in `KeyboardEvent.keyCode`, `text` what it types.
    pub fn press(&mut self, key: &str, code: u32, text: &str) {
        let event = |kind: &str, text: &str| json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
        self.call("Input.dispatchKeyEvent", event("keyDown", text));
        self.call("Input.dispatchKeyEvent", event("keyUp", ""));
    }
}

/// The address of a file.
pub fn file(path: &Path) -> String {
    format!("file://{}", path.display())
}
