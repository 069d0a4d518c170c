//! The agent against a small model on loopback, where its packages are: `PENGUIFLOW_LOCAL_MODEL` names the
//! folder that `local_model/fetch` has filled.

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const COMMAND: &str = env!("CARGO_BIN_EXE_agent_tools");
const SERVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/local_model/serve");

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Starts it, and returns its address as well.
    fn start(folder: &str) -> Result<(Self, String), Box<dyn Error>> {
        let mut command = Command::new("node");
        let command = command.args([SERVE, folder, "0"]).stdout(Stdio::piped());
        let mut server = Self(command.spawn()?);
        let stdout = server.0.stdout.take().ok_or("its output is piped")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        match url.trim() {
            "" => Err("the server did not start".into()),
            url => Ok((server, url.to_owned())),
        }
    }
}

/// Protects the loop from a model that chooses anything: it takes edges that exist, and its trace ends in an
/// answer, or in one error.
#[test]
fn a_small_model_takes_edges_that_exist() -> Result<(), Box<dyn Error>> {
    let Ok(folder) = env::var("PENGUIFLOW_LOCAL_MODEL") else {
        println!(
            "skipped: no model (examples/agent_tools/local_model/fetch, PENGUIFLOW_LOCAL_MODEL)"
        );
        return Ok(());
    };
    let (_server, url) = Server::start(&folder)?;
    for question in ["What is 3 * 5 + 0.5?", "How are retries configured?"] {
        let mut command = Command::new(COMMAND);
        let command = command.args(["--refuse", "--hops", "3", question]);
        let output = command
            .env("OPENAI_BASE_URL", &url)
            .env("OPENAI_MODEL", "smollm2")
            .output()?;
        let (out, err) = (
            String::from_utf8(output.stdout)?,
            String::from_utf8(output.stderr)?,
        );
        println!("{out}{err}");
        match output.status.code() {
            Some(0) => assert!(steps(&out) <= 3, "{out}"),
            _ => assert!(
                err.starts_with("error: ") && err.lines().count() == 1,
                "{err}"
            ),
        }
    }
    Ok(())
}

/// How many tools were used: each of them is one that there is.
fn steps(out: &str) -> usize {
    let lines = out.lines().filter_map(|line| line.strip_prefix("  "));
    let steps = lines
        .filter_map(|line| line.split_once(". "))
        .map(|(_, step)| step);
    let steps = steps.inspect(|step| {
        let is_tool = ["search ", "calculate ", "fetch ", "send "];
        assert!(is_tool.iter().any(|tool| step.starts_with(tool)), "{step}");
    });
    steps.count()
}
