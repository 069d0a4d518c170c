//! A network of its own for a worker, which can be cut off: a namespace of Linux, joined to this one by a pair
//! of devices. Making one takes the rights of an administrator.

use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::Error;

/// How many were made by this process.
static MADE: AtomicU8 = AtomicU8::new(0);

/// A network namespace, until it is dropped.
#[derive(Debug)]
pub struct Namespace {
    name: String,
    /// The third byte of its addresses, which are those of networks under test.
    network: u8,
}

impl Namespace {
    /// Makes one, with addresses for both ends.
    ///
    /// # Errors
    ///
    /// What `ip` says, for one where this process may not make any.
    pub fn make() -> Result<Self, Error> {
        let nth = MADE.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        let namespace = Self {
            name: format!("pf{process}-{nth}"),
            network: (process as u8).wrapping_mul(16).wrapping_add(nth),
        };
        let (name, here, there) = (
            &*namespace.name,
            format!("198.18.{}.1/30", namespace.network),
            format!("198.18.{}.2/30", namespace.network),
        );
        ip(&["netns", "add", name])?;
        ip(&[
            "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name,
        ])?;
        ip(&["addr", "add", &here, "dev", name])?;
        ip(&["link", "set", name, "up"])?;
        ip(&["-n", name, "addr", "add", &there, "dev", "eth0"])?;
        ip(&["-n", name, "link", "set", "lo", "up"])?;
        namespace.mend()?;
        Ok(namespace)
    }

    /// The address of the namespace, as it is seen from here.
    pub fn address(&self) -> String {
        format!("198.18.{}.2", self.network)
    }

    /// What a command begins with that is to run in the namespace.
    pub fn prefix(&self) -> [&str; 4] {
        ["ip", "netns", "exec", &self.name]
    }

    /// From now on no packet passes, and nobody is told.
    ///
    /// # Errors
    ///
    /// What `ip` says.
    pub fn cut(&self) -> Result<(), Error> {
        ip(&["-n", &self.name, "link", "set", "eth0", "down"])
    }

    /// Packets pass again.
    ///
    /// # Errors
    ///
    /// What `ip` says.
    pub fn mend(&self) -> Result<(), Error> {
        ip(&["-n", &self.name, "link", "set", "eth0", "up"])
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The namespace itself stays while a process is in it, its devices do not.
        let _ = ip(&["link", "del", &self.name]);
        let _ = ip(&["netns", "del", &self.name]);
    }
}

fn ip(arguments: &[&str]) -> Result<(), Error> {
    let ran = Command::new("ip").args(arguments).output();
    let ran = ran.map_err(Error::io("ip"))?;
    match ran.status.success() {
        true => Ok(()),
        false => Err(Error::Ended {
            status: ran.status,
            output: String::from_utf8_lossy(&ran.stderr).into_owned(),
        }),
    }
}
