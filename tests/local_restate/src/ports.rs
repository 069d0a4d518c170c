//! Ports of the loopback interface that nobody listens on.

use std::net::TcpListener;

use crate::Error;

/// A port that nobody listens on now. A process that is started again needs the port that it had, so it is
/// chosen before.
///
/// # Errors
///
/// If the system gives none.
pub fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("127.0.0.1:0"))?;
    let address = listener.local_addr().map_err(Error::io("127.0.0.1:0"))?;
    Ok(address.port())
}
