//! A process that serves the flow of the store's tests, and is killed.
//!
//! Usage: `worker ADDRESS RUNS`.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;

use penguiflow_store_tests::{Runs, Voyage};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [address, runs] = &*arguments else {
        return Err("usage: worker ADDRESS RUNS".into());
    };
    let address: SocketAddr = address.parse()?;
    let voyage = Voyage::flow().with_state(Runs::open(Path::new(runs)));
    let endpoint = penguiflow_restate::endpoint().flow(voyage);
    endpoint.serve(address).await?;
    Ok(())
}
