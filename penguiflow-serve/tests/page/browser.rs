//! A Chromium that is driven by its DevTools protocol, over pipes, without a driver or a socket.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take until it shows something. It never takes so long, unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    /// What the page complained about.
    pub(crate) complaints: Vec<String>,
    _profile: TempDir,
}

/// A colour scheme that the reader prefers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Browser {
    /// Starts the browser of this machine, if it has one.
    pub(crate) fn start() -> Option<Self> {
        let program = program()?;
        let profile = tempfile::tempdir().expect("a folder for the profile");
        // The browser reads from its third and writes to its fourth file.
        let pipes = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"#;
        let mut child = Command::new("sh")
            .args(["-c", pipes, &program])
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args([
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
            ])
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let (sent, messages) = channel();
        let output = child.stdout.take().expect("it is piped");
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let message = message
                    .ok()
                    .and_then(|text| serde_json::from_slice(&text).ok());
                if message.is_none_or(|message| sent.send(message).is_err()) {
                    break;
                }
            }
        });
        let mut browser = Self {
            input: child.stdin.take().expect("it is piped"),
            child,
            messages,
            session: None,
            last_id: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let targets = self.call("Target.getTargets", json!({}));
        let targets = targets["targetInfos"].as_array().expect("a list").clone();
        let page = targets.iter().find(|target| target["type"] == "page");
        let target = page.expect("a page")["targetId"].clone();
        let attached = json!({ "targetId": target, "flatten": true });
        let attached = self.call("Target.attachToTarget", attached);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.call(domain, json!({}));
        }
    }

    /// Calls a method of the protocol, and returns its result.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).expect("the browser reads");
        loop {
            let answer = self.messages.recv_timeout(PATIENCE);
            let answer = answer.unwrap_or_else(|_| panic!("no answer to {method}"));
            self.hear(&answer);
            if answer["id"] == self.last_id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// What breaks the page's policy, too, is in its log.
    fn hear(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                let thrown = &params["exceptionDetails"]["exception"];
                self.complaints.push(thrown["description"].to_string());
            }
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                self.complaints.push(params["entry"].to_string());
            }
            _ => {}
        }
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked);
        let failure = &answer["exceptionDetails"];
        assert!(failure.is_null(), "{expression}: {failure}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true. What cannot be computed yet is not.
    pub(crate) fn until(&mut self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        let asked = format!(
            "(() => {{ try {{ return Boolean({expression}) }} catch {{ return false }} }})()"
        );
        while self.value(&asked) != true {
            if Instant::now() > end {
                let text = self.value("document.body.innerText");
                panic!(
                    "never true: {expression}\nthe page: {text}\n{:?}",
                    self.complaints
                );
            }
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until the page has a text.
    pub(crate) fn until_text(&mut self, text: &str) {
        self.until(&format!(
            "document.body.innerText.includes({})",
            json!(text)
        ));
    }

    /// Clicks the first element that fits, and has this text.
    pub(crate) fn click(&mut self, selector: &str, text: &str) {
        let found = format!(
            "[...document.querySelectorAll({})].find((one) => one.innerText.includes({}))",
            json!(selector),
            json!(text)
        );
        self.until(&found);
        self.value(&format!("{found}.click()"));
    }

    /// Types into the control with this label, in the part of the page that is selected.
    pub(crate) fn fill(&mut self, part: &str, label: &str, text: &str) {
        let found = format!(
            "(() => {{ const label = [...document.querySelector({}).querySelectorAll('label')]\
             .find((one) => one.firstChild.textContent === {}); return label && label.control }})()",
            json!(part),
            json!(label)
        );
        self.until(&found);
        self.value(&format!("{found}.focus(), {found}.select?.()"));
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            other => panic!("no such key: {other}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Shows the page as on a device of this width, in a theme.
    pub(crate) fn look(&mut self, width: u32, theme: Theme) {
        let scheme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let is_phone = width < 500;
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": if is_phone { 2 } else { 1 }, "mobile": is_phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// Takes a picture of the whole page, as far as it is not endless.
    pub(crate) fn shoot(&mut self, file: &Path) {
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let height = size["height"].as_f64().unwrap_or(900.0).min(2_400.0);
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.call("Page.captureScreenshot", asked);
        let picture = picture["data"].as_str().expect("a picture");
        let picture = BASE64_STANDARD.decode(picture).expect("base 64");
        std::fs::write(file, picture).expect("the picture is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have died before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The browser's program: what `PENGUIFLOW_CHROMIUM` names, or one that is found.
fn program() -> Option<String> {
    if let Ok(program) = std::env::var("PENGUIFLOW_CHROMIUM") {
        return Some(program);
    }
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let path = std::env::var_os("PATH")?;
    let is_there =
        |name: &&&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    names.iter().find(is_there).map(|name| (*name).to_owned())
}
