//! The process with the flow, as it is seen from outside: what it is told, and what it says.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::Place;

/// So long a process may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Voyager {
    process: Child,
    told: ChildStdin,
    said: Receiver<Said>,
}

/// Something that the process knows to be stored.
#[derive(Debug)]
pub(crate) enum Said {
    Ready,
    Emitted { number: u64, id: String },
    Resumed { id: String },
    Result { seq: i64, id: String, value: u64 },
    Acked { seq: i64 },
    Stopped { ledgers: serde_json::Value },
}

impl Voyager {
    /// Starts a process over the store, which dies at its nth write if one is given.
    pub(crate) fn start(place: &Place, failpoint: Option<u32>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voyager"));
        command.arg(place.store());
        command.args([place.runs(), place.runs_at_awaits()]);
        command.args(failpoint.map(|nth| nth.to_string()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the process starts");
        let told = process.stdin.take().expect("its input");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            lines
                .filter_map(|line| Said::read(&line))
                .all(|said| sender.send(said).is_ok())
        });
        Self {
            process,
            told,
            said,
        }
    }

    /// Tells the process something, which may be dead.
    pub(crate) fn tell(&mut self, line: &str) {
        let _ = writeln!(self.told, "{line}");
    }

    /// What it says next; `None` once it is dead and all was heard.
    pub(crate) fn hear(&self) -> Option<Said> {
        match self.said.recv_timeout(PATIENCE) {
            Ok(said) => Some(said),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the process says nothing for {PATIENCE:?}"),
        }
    }

    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it is killed");
    }

    /// How it ended.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.process.wait().expect("it has ended")
    }
}

impl Said {
    /// Reads a line; `None` if the kill has cut it.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next();
        Some(match word()? {
            "ready" => Self::Ready,
            "emitted" => Self::Emitted {
                number: word()?.parse().ok()?,
                id: word()?.to_owned(),
            },
            "resumed" => Self::Resumed {
                id: word()?.to_owned(),
            },
            "result" => Self::Result {
                seq: word()?.parse().ok()?,
                id: word()?.to_owned(),
                value: word()?.parse().ok()?,
            },
            "acked" => Self::Acked {
                seq: word()?.parse().ok()?,
            },
            "stopped" => Self::Stopped {
                ledgers: serde_json::from_str(word()?).ok()?,
            },
            _ => panic!("it says `{line}`"),
        })
    }
}
