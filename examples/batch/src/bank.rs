//! Stands in for the services that a refund needs: a directory of accounts, and a bank. It fails on
//! purpose, by the numbers of customers and orders, so that each run shows the same.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use penguiflow::prelude::*;

/// The bank, which clones share.
#[derive(Clone)]
pub(crate) struct Bank {
    faults: Faults,
    /// The orders that were paid, and those that were sent away once.
    orders: Arc<Mutex<HashMap<String, Order>>>,
}

/// Whether the bank fails on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faults {
    Some,
    None,
}

enum Order {
    SentAway,
    Paid(String),
}

#[derive(Debug, thiserror::Error, Retryable)]
pub(crate) enum BankError {
    #[fatal]
    #[error("no account of the customer `{0}` is known")]
    UnknownCustomer(String),
    #[retry]
    #[error("the bank is busy")]
    Busy,
    #[retry]
    #[error("the branch for `{order}` cannot be reached")]
    Unreachable { order: String, source: io::Error },
}

impl Bank {
    pub(crate) fn new(faults: Faults) -> Self {
        let orders = Arc::default();
        Self { faults, orders }
    }

    /// The account of a customer.
    pub(crate) async fn account(&self, customer: &str) -> Result<String, BankError> {
        match self.fails(customer, 1250) {
            true => Err(BankError::UnknownCustomer(customer.to_owned())),
            false => Ok(customer.replace("C-", "ACC-")),
        }
    }

    /// Pays an order, at most once, and returns the receipt.
    pub(crate) async fn pay(
        &self,
        order: &str,
        account: &str,
        cents: u64,
    ) -> Result<String, BankError> {
        if self.fails(order, 1999) {
            let (order, source) = (order.to_owned(), io::ErrorKind::ConnectionRefused.into());
            return Err(BankError::Unreachable { order, source });
        }
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = orders.entry(order.to_owned());
        if let Entry::Occupied(known) = &entry
            && let Order::Paid(receipt) = known.get()
        {
            return Ok(receipt.clone());
        }
        if matches!(entry, Entry::Vacant(_)) && self.fails(order, 50) {
            entry.insert_entry(Order::SentAway);
            return Err(BankError::Busy);
        }
        let receipt = format!("{cents} cents to {account}");
        entry.insert_entry(Order::Paid(receipt.clone()));
        Ok(receipt)
    }

    /// Whether this one of so many fails.
    fn fails(&self, name: &str, every: u64) -> bool {
        let number = name
            .rsplit('-')
            .next()
            .and_then(|digits| digits.parse().ok());
        self.faults == Faults::Some
            && number.is_some_and(|number: u64| number.is_multiple_of(every))
    }
}
