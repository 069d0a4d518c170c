//! A worker as a process: a program with an endpoint, which is killed and started again on its port.

use std::path::PathBuf;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::Error;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that serves a deployment at an address. It is killed when it is dropped.
#[derive(Debug)]
pub struct Worker {
    program: PathBuf,
    arguments: Vec<String>,
    address: String,
    process: Option<Child>,
}

impl Worker {
    /// Starts the program with these arguments; returns once somebody listens at the address.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Ended`] and [`Error::NotReady`].
    pub async fn start(
        program: impl Into<PathBuf>,
        arguments: &[&str],
        address: &str,
    ) -> Result<Self, Error> {
        let mut worker = Self {
            program: program.into(),
            arguments: arguments.iter().copied().map(str::to_owned).collect(),
            address: address.to_owned(),
            process: None,
        };
        worker.start_again().await?;
        Ok(worker)
    }

    /// Starts a killed worker again; returns once it listens.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start).
    pub async fn start_again(&mut self) -> Result<(), Error> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).kill_on_drop(true);
        let process = command.spawn().map_err(Error::io(&self.program))?;
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
            Some(mut process) => process.kill().await.map_err(Error::io(&self.program)),
            None => Ok(()),
        }
    }

    /// The worker's process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref()?.id()
    }

    async fn is_ready(&mut self) -> Result<(), Error> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if TcpStream::connect(&self.address).await.is_ok() {
                return Ok(());
            }
            let process = self.process.as_mut();
            if let Some(Ok(Some(status))) = process.map(Child::try_wait) {
                let output = self.program.display().to_string();
                return Err(Error::Ended { status, output });
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(Error::NotReady {
            seconds: PATIENCE.as_secs(),
            output: self.program.display().to_string(),
        })
    }
}
