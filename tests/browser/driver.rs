//! Chromium by its `DevTools` protocol, over a pipe: standard library and JSON, no other program
//! between the test and the browser.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use audit::model::base64;
use serde_json::{Value as Json, json};

use crate::support::Scratch;

/// The browser reads what it is told from descriptor 3 and answers on 4; a shell joins them to the
/// two that a child of ours has.
const JOIN: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"#;

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];

/// A browser with one tab and an empty profile.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    next: u64,
    events: VecDeque<Json>,
    _profile: Scratch,
}

impl Browser {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let profile = Scratch::new();
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let mut child = Command::new("sh")
            .args(["-c", JOIN, &program])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path("p").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts the browser");
        let mut browser = Self {
            to: child.stdin.take().expect("a pipe to it"),
            from: BufReader::new(child.stdout.take().expect("a pipe from it")),
            child,
            session: String::new(),
            next: 0,
            events: VecDeque::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attached = browser.call(
            "Target.attachToTarget",
            &json!({"targetId": target["targetId"], "flatten": true}),
        );
        browser.session = attached["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Calls a method and waits for what it answers.
    pub(crate) fn call(&mut self, method: &str, parameters: &Json) -> Json {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        loop {
            let answer = self.read();
            if answer["id"] == self.next {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push_back(answer);
        }
    }

    fn read(&mut self) -> Json {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("an answer");
        assert_eq!(
            bytes.pop(),
            Some(0),
            "the browser ended; is `chromium` installed?"
        );
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.events.clear();
        let url = format!("file://{}", file.display());
        let opened = self.call("Page.navigate", &json!({"url": url}));
        assert!(opened.get("errorText").is_none(), "{url}: {opened}");
        while !self
            .events
            .iter()
            .any(|event| event["method"] == "Page.loadEventFired")
        {
            let event = self.read();
            self.events.push_back(event);
        }
    }

    /// What the browser told by itself since the page was opened, by the name of the event.
    pub(crate) fn told(&self, method: &str) -> Vec<&Json> {
        let told = self.events.iter().filter(|event| event["method"] == method);
        told.map(|event| &event["params"]).collect()
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Json {
        let answer = self.call(
            "Runtime.evaluate",
            &json!({"expression": expression, "returnByValue": true, "awaitPromise": true}),
        );
        let shown: String = expression.chars().take(200).collect();
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{shown}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// A window of this width, light or dark.
    pub(crate) fn window(&mut self, width: u32, dark: bool) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}),
        );
        let scheme = if dark { "dark" } else { "light" };
        self.call(
            "Emulation.setEmulatedMedia",
            &json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        );
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// The page as it is printed on paper of this size, in inches, as the sheet itself says its
    /// margins.
    pub(crate) fn print(&mut self, width: f64, height: f64) -> Vec<u8> {
        let printed = self.call(
            "Page.printToPDF",
            &json!({"paperWidth": width, "paperHeight": height}),
        );
        decoded(printed["data"].as_str().expect("bytes"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends with its input; killing makes sure of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Base64 back to bytes: each letter by its place in the alphabet that the library writes.
fn decoded(text: &str) -> Vec<u8> {
    let mut places = [0_u32; 256];
    for six in 0..64_u8 {
        let letter = base64::encode(&[six << 2]).into_bytes()[0];
        places[usize::from(letter)] = u32::from(six);
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        held = (held << 6) | places[usize::from(byte)];
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).expect("a byte"));
        }
    }
    bytes
}
