//! The server as a process: small, in a temporary folder, on ports that it keeps when it is started again.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::{Binary, Error, admin, free_port};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a start is tried: a port that was free may be taken by the time that the server listens.
const STARTS: usize = 3;

/// A server with a store of its own. It is killed when it is dropped, and its store is removed.
#[derive(Debug)]
pub struct Server {
    binary: Binary,
    process: Option<Child>,
    folder: TempDir,
    ingress: u16,
    admin: u16,
}

impl Server {
    /// Starts a server with an empty store; returns once it serves.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Ended`] and [`Error::NotReady`].
    pub async fn start(binary: &Binary) -> Result<Self, Error> {
        Self::start_with(binary, None).await
    }

    /// Starts a server that signs its requests to workers with this private key: Ed25519, in PKCS#8, as PEM.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start).
    pub async fn start_signing(binary: &Binary, pem: &str) -> Result<Self, Error> {
        Self::start_with(binary, Some(pem)).await
    }

    async fn start_with(binary: &Binary, pem: Option<&str>) -> Result<Self, Error> {
        for _ in 1..STARTS {
            match Self::start_on_free_ports(binary, pem).await {
                Err(Error::Ended { .. }) => {}
                started => return started,
            }
        }
        Self::start_on_free_ports(binary, pem).await
    }

    async fn start_on_free_ports(binary: &Binary, pem: Option<&str>) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        let (ingress, admin) = (free_port()?, free_port()?);
        let settings = folder.path().join("restate.toml");
        let signing = match pem {
            Some(pem) => signing_with(&folder.path().join("identity.pem"), pem)?,
            None => String::new(),
        };
        let text = settings_of(folder.path(), ingress, admin, free_port()?, &signing);
        std::fs::write(&settings, text).map_err(Error::io(&settings))?;
        let mut server = Self {
            binary: binary.clone(),
            process: None,
            folder,
            ingress,
            admin,
        };
        server.start_again().await?;
        Ok(server)
    }

    /// Starts the server over the store that a killed one has left; returns once it serves.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start).
    pub async fn start_again(&mut self) -> Result<(), Error> {
        let log = self.folder.path().join("log");
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log);
        let file = file.map_err(Error::io(&log))?;
        let path = self.binary.path();
        let mut command = Command::new(path);
        command.arg("--no-logo").arg("--config-file");
        command.arg(self.folder.path().join("restate.toml"));
        command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(Stdio::null());
        let process = command
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io(path))?;
        self.process = Some(process);
        self.is_ready().await
    }

    /// `kill -9`; returns once the process is gone.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], if the system refuses.
    pub async fn kill(&mut self) -> Result<(), Error> {
        match self.process.take() {
            Some(mut process) => process.kill().await.map_err(Error::io(self.binary.path())),
            None => Ok(()),
        }
    }

    /// Where messages are sent to.
    pub fn ingress(&self) -> String {
        format!("http://127.0.0.1:{}", self.ingress)
    }

    /// Where the server is administered.
    pub fn admin(&self) -> String {
        format!("http://127.0.0.1:{}", self.admin)
    }

    /// The server's process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref()?.id()
    }

    /// Tells the server of a deployment, which must serve.
    ///
    /// # Errors
    ///
    /// [`Error::Admin`], with the server's answer.
    pub async fn register(&self, deployment: &str) -> Result<(), Error> {
        let url = format!("{}/deployments", self.admin());
        admin::post(&url, &json!({ "uri": deployment, "force": true })).await?;
        Ok(())
    }

    /// The last lines of the server's log.
    pub fn log(&self) -> String {
        last_lines(&self.folder.path().join("log"))
    }

    async fn is_ready(&mut self) -> Result<(), Error> {
        let health = [
            format!("{}/restate/health", self.ingress()),
            format!("{}/health", self.admin()),
        ];
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if admin::answers(&health[0]).await && admin::answers(&health[1]).await {
                return Ok(());
            }
            let process = self.process.as_mut();
            if let Some(Ok(Some(status))) = process.map(Child::try_wait) {
                let output = self.log();
                return Err(Error::Ended { status, output });
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(Error::NotReady {
            seconds: PATIENCE.as_secs(),
            output: self.log(),
        })
    }
}

pub(crate) fn last_lines(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// The setting of a server that signs, whose key is written to this file.
fn signing_with(file: &Path, pem: &str) -> Result<String, Error> {
    std::fs::write(file, pem).map_err(Error::io(file))?;
    let setting = "request-identity-private-key-pem-file";
    Ok(format!("{setting} = {}", json!(file)))
}

/// Small in all that has a size, quick in what it waits for, and silent to the outside.
fn settings_of(folder: &Path, ingress: u16, admin: u16, fabric: u16, signing: &str) -> String {
    format!(
        include_str!("restate.toml"),
        folder = json!(folder.join("data")),
        ingress = ingress,
        admin = admin,
        fabric = fabric,
        signing = signing,
    )
}
