//! The engine and two workers of a test, which are killed, cut off, and started again.

use std::time::Duration;

use local_restate::{Balancer, Binary, Error, Namespace, Server, Worker, free_port};
use penguiflow_restate::{Client, Running};
use penguiflow_store_tests::{Runs, Voyage};
use tempfile::TempDir;

pub(crate) struct Cluster {
    pub(crate) server: Server,
    pub(crate) workers: Vec<Worker>,
    pub(crate) balancer: Balancer,
    folder: TempDir,
}

impl Cluster {
    /// Two workers on loopback.
    pub(crate) async fn start(binary: &Binary) -> Result<Self, Error> {
        let homes = [Home::here()?, Home::here()?];
        Self::of(binary, &homes).await
    }

    /// Two workers, each in a network of its own.
    pub(crate) async fn apart(binary: &Binary, networks: &[Namespace; 2]) -> Result<Self, Error> {
        let homes = [Home::apart(&networks[0])?, Home::apart(&networks[1])?];
        Self::of(binary, &homes).await
    }

    async fn of(binary: &Binary, homes: &[Home; 2]) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(|error| Error::Io {
            path: "a temporary folder".into(),
            error,
        })?;
        let runs = folder.path().join("runs").display().to_string();
        let server = Server::start(binary).await?;
        let mut workers = Vec::new();
        for home in homes {
            workers.push(home.worker(&runs).await?);
        }
        let addresses = homes.iter().map(|home| home.address.clone());
        let balancer = Balancer::start(addresses.collect()).await?;
        server.register(&balancer.url()).await?;
        Ok(Self {
            server,
            workers,
            balancer,
            folder,
        })
    }

    /// The flow, as a client sees it.
    pub(crate) fn client(&self) -> Running<u64, u64> {
        let client = Client::new(self.server.ingress(), self.server.admin());
        // No node runs here.
        let voyage = Voyage::flow().with_state(Runs::open(&self.folder.path().join("none")));
        client.flow(voyage)
    }

    /// The file of the node runs.
    pub(crate) fn runs(&self) -> std::path::PathBuf {
        self.folder.path().join("runs")
    }

    /// `kill -9` of a worker, which is gone for a while.
    pub(crate) async fn kill_worker(&mut self, nth: usize, gone: Duration) -> Result<(), Error> {
        self.workers[nth].kill().await?;
        tokio::time::sleep(gone).await;
        self.workers[nth].start_again().await
    }

    /// `kill -9` of the engine, which is gone for a while.
    pub(crate) async fn kill_server(&mut self, gone: Duration) -> Result<(), Error> {
        self.server.kill().await?;
        tokio::time::sleep(gone).await;
        self.server.start_again().await
    }
}

/// Where a worker lives.
struct Home {
    address: String,
    /// The command that the worker is started by.
    command: Vec<String>,
}

impl Home {
    fn here() -> Result<Self, Error> {
        Ok(Self {
            address: format!("127.0.0.1:{}", free_port()?),
            command: vec![env!("CARGO_BIN_EXE_worker").to_owned()],
        })
    }

    fn apart(network: &Namespace) -> Result<Self, Error> {
        let prefix = network.prefix().map(str::to_owned);
        let worker = env!("CARGO_BIN_EXE_worker").to_owned();
        Ok(Self {
            address: format!("{}:{}", network.address(), free_port()?),
            command: prefix.into_iter().chain([worker]).collect(),
        })
    }

    async fn worker(&self, runs: &str) -> Result<Worker, Error> {
        let (program, prefix) = self.command.split_first().expect("a worker is a program");
        let mut arguments: Vec<_> = prefix.iter().map(String::as_str).collect();
        arguments.extend([&*self.address, runs]);
        Worker::start(program, &arguments, &self.address).await
    }
}
