//! The command as a user types it, and the same program as the README shows it.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;

use handbook::cli::documentation;
use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_agent_small");

#[test]
fn it_answers_without_a_key() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &[], "")?;
    assert_eq!((code, &*out, &*err), (Some(0), "It is 42.\n", ""));
    Ok(())
}

/// Protects the way to a real server: it is named by the environment, and asked again after a failure.
#[test]
fn it_asks_the_server_of_the_environment() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/v1", listener.local_addr()?);
    let answers = [
        ("503 Service Unavailable", String::new()),
        ("200 OK", completion(r#"{\"Add\":{\"numbers\":[1,2]}}"#)),
        (
            "200 OK",
            completion(r#"{\"Finish\":{\"answer\":\"served\"}}"#),
        ),
    ];
    let server = thread::spawn(move || -> std::io::Result<String> {
        let mut asked = String::new();
        for (status, body) in answers {
            asked = answer(listener.accept()?.0, status, &body)?;
        }
        Ok(asked)
    });
    let mut command = Command::new(COMMAND);
    let command = command
        .env("OPENAI_BASE_URL", url)
        .env("OPENAI_MODEL", "king");
    let output = command.output()?;
    assert_eq!(String::from_utf8(output.stdout)?, "served\n");
    let asked = server.join().map_err(|_| "the server panicked")??;
    assert!(asked.contains("`Add` returned: 3.0"), "{asked}");
    assert!(asked.contains(r#""model":"king""#), "{asked}");
    Ok(())
}

fn completion(content: &str) -> String {
    format!(
        r#"{{"choices":[{{"message":{{"role":"assistant","content":"{content}"}},"finish_reason":"stop"}}]}}"#
    )
}

/// Answers a request, and returns its body.
fn answer(mut stream: TcpStream, status: &str, body: &str) -> std::io::Result<String> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        let lower = line.to_lowercase();
        if let Some(number) = lower.strip_prefix("content-length:") {
            length = number.trim().parse().map_err(std::io::Error::other)?;
        }
        line.clear();
    }
    let mut request = vec![0; length];
    reader.read_exact(&mut request)?;
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n");
    let length = format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &length + body).as_bytes())?;
    Ok(String::from_utf8_lossy(&request).into_owned())
}

#[test]
fn the_readme_begins_with_it() -> Result<(), Box<dyn Error>> {
    let readme = fs::read_to_string(documentation().join("README.md"))?;
    let program = fs::read_to_string(documentation().join("examples/agent_small/src/main.rs"))?;
    let (_, block) = readme
        .split_once("```rust\n")
        .ok_or("the README has a program")?;
    assert!(block.starts_with(&format!("{program}```\n")), "{block}");
    Ok(())
}
