//! An editor, to rust-analyzer: it opens the project in `fixture`, types into
//! one of its files, and asks what stands at the cursor.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::{env, fs};

use serde_json::{Value, json};

/// The file that is typed into.
pub const TYPED: &str = "src/flows.rs";

/// A running rust-analyzer, with the fixture open in it.
#[derive(Debug)]
pub struct Editor {
    /// The folder of the fixture.
    pub folder: PathBuf,
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// How many messages were sent, which numbers them.
    sent: i64,
}

impl Editor {
    /// Starts the rust-analyzer that `RUST_ANALYZER` names, or the one in `PATH`, and waits
    /// until it knows the project, which is built in `target`. `None` if there is none, or if
    /// the sources of the standard library, which it reads, are not installed.
    ///
    /// # Errors
    ///
    /// If it ends, or does not speak as it should.
    pub fn open(target: &Path) -> Result<Option<Self>> {
        let program = env::var_os("RUST_ANALYZER").unwrap_or_else(|| "rust-analyzer".into());
        if output(&program, "--version").is_none() || !has_sources() {
            return Ok(None);
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixture");
        // The same versions as in the workspace, so that nothing has to be looked up.
        fs::copy(folder.join("../../Cargo.lock"), folder.join("Cargo.lock"))?;
        let mut server = Command::new(program)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (input, output) = (server.stdin.take(), server.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            return Err(Error::other("a server has an input and an output"));
        };
        let mut editor = Self {
            folder,
            server,
            input,
            output: BufReader::new(output),
            sent: 0,
        };
        editor.begin(target)?;
        Ok(Some(editor))
    }

    fn begin(&mut self, target: &Path) -> Result<()> {
        let uri = self.uri("");
        self.ask(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri,
                "workspaceFolders": [{ "uri": uri, "name": "fixture" }],
                "capabilities": {
                    "textDocument": {
                        "hover": { "contentFormat": ["markdown"] },
                        "definition": { "linkSupport": false },
                        "diagnostic": {},
                    },
                    "workspace": { "workspaceEdit": { "documentChanges": true } },
                    "experimental": { "serverStatusNotification": true },
                },
                "initializationOptions": {
                    "checkOnSave": false,
                    "cachePriming": { "enable": false },
                    "cargo": { "targetDir": target },
                },
            }),
        )?;
        self.tell("initialized", json!({}))?;
        let text =
            json!({ "uri": self.uri(TYPED), "languageId": "rust", "version": 0, "text": "" });
        self.tell("textDocument/didOpen", json!({ "textDocument": text }))?;
        loop {
            let message = self.receive()?;
            if message["params"]["quiescent"] == true {
                return Ok(());
            }
        }
    }

    /// Types a text, with `$0` where the cursor is; returns the cursor's document and position,
    /// as questions want them.
    ///
    /// # Errors
    ///
    /// If the server has ended.
    pub fn write(&mut self, text: &str) -> Result<Value> {
        let (before, after) = text.split_once("$0").unwrap_or((text, ""));
        let document = json!({ "uri": self.uri(TYPED), "version": self.sent });
        let change = json!({ "text": format!("{before}{after}") });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        self.tell("textDocument/didChange", params)?;
        let line = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
        Ok(json!({
            "textDocument": { "uri": self.uri(TYPED) },
            "position": { "line": line, "character": column },
        }))
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    ///
    /// If the server has ended, or refuses to answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        loop {
            self.sent += 1;
            let (id, params) = (self.sent, &params);
            self.send(&json!({ "id": id, "method": method, "params": params }))?;
            let answer = self.answer(id)?;
            match answer.get("error") {
                None => return Ok(answer["result"].clone()),
                // It was still busy with what had been typed before.
                Some(error) if error["code"] == -32801 || error["code"] == -32802 => {}
                Some(error) => return Err(Error::other(error["message"].to_string())),
            }
        }
    }

    /// The address of a file of the fixture.
    pub fn uri(&self, file: &str) -> String {
        format!("file://{}", self.folder.join(file).display())
    }

    fn tell(&mut self, method: &str, params: Value) -> Result<()> {
        self.sent += 1;
        self.send(&json!({ "method": method, "params": params }))
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        let mut message = message.clone();
        message["jsonrpc"] = json!("2.0");
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        self.input.flush()
    }

    fn answer(&mut self, id: i64) -> Result<Value> {
        loop {
            let message = self.receive()?;
            if message["id"] == id && message.get("method").is_none() {
                return Ok(message);
            }
        }
    }

    /// The next message: headers, an empty line, and as many bytes as they say.
    fn receive(&mut self) -> Result<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if let Some(bytes) = line.strip_prefix("Content-Length: ") {
                length = bytes.trim().parse().map_err(Error::other)?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
    }
}

fn has_sources() -> bool {
    let sysroot = output("rustc".as_ref(), "--print=sysroot");
    let sources = |sysroot: String| Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
    sysroot.map(sources).is_some_and(|sources| sources.exists())
}

/// What a program prints, if it is there and succeeds.
fn output(program: &OsStr, option: &str) -> Option<String> {
    let output = Command::new(program).arg(option).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}
