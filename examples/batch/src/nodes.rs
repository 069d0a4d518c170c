//! The nodes, and the types that travel between them.

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

use crate::bank::{Bank, BankError};

/// A refund of more cents than these waits for a decision.
pub(crate) const LARGE: u64 = 100_000;

/// A line of the file as it is written, so that a dead letter has what failed.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) text: String,
}

/// What a line asks for. Other fields, such as those of a dead letter, are not read.
#[derive(Debug, Deserialize)]
struct Record {
    order: String,
    customer: String,
    cents: u64,
}

/// A record with its line.
#[derive(Debug)]
pub(crate) struct Refund {
    line: u64,
    record: Record,
}

/// A refund whose account is known.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) line: u64,
    pub(crate) order: String,
    pub(crate) cents: u64,
    account: String,
}

/// What somebody decides on a large refund.
#[derive(Debug, Deserialize)]
pub(crate) struct Decision {
    pub(crate) approved: bool,
    by: String,
}

/// How a refund ended.
#[derive(Debug, Serialize)]
pub(crate) struct Settled {
    pub(crate) line: u64,
    order: String,
    cents: u64,
    pub(crate) outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Paid { receipt: String },
    Denied { by: String },
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("the line is not a record")]
    Unreadable(#[from] serde_json::Error),
    #[error("there is nothing to refund")]
    Nothing,
}

/// Reads a line, and checks what its types cannot say.
#[node]
pub(crate) async fn read(line: Line) -> Result<Refund, RecordError> {
    let record: Record = serde_json::from_str(&line.text)?;
    if record.cents == 0 {
        return Err(RecordError::Nothing);
    }
    let line = line.number;
    Ok(Refund { line, record })
}

/// Looks the account of the customer up.
#[node(timeout = "2s", retries = 2, backoff = "10ms..1s")]
pub(crate) async fn enrich(
    refund: &Refund,
    State(bank): State<Bank>,
) -> Result<Payment, BankError> {
    let Record {
        order, customer, ..
    } = &refund.record;
    Ok(Payment {
        line: refund.line,
        account: bank.account(customer).await?,
        order: order.clone(),
        cents: refund.record.cents,
    })
}

/// Pays. The bank pays each order once, so a further attempt, or another run of the file, is safe.
#[node(
    timeout = "5s",
    retries = 3,
    backoff = "10ms..1s",
    concurrency = 32,
    rate = "10000/s"
)]
pub(crate) async fn pay(payment: &Payment, State(bank): State<Bank>) -> Result<Settled, BankError> {
    let Payment { order, cents, .. } = payment;
    let receipt = bank.pay(order, &payment.account, *cents).await?;
    Ok(payment.settled(Outcome::Paid { receipt }))
}

/// Ends a refund that was not approved.
#[node]
pub(crate) async fn deny((payment, decision): (Payment, Decision)) -> Settled {
    payment.settled(Outcome::Denied { by: decision.by })
}

impl Payment {
    fn settled(&self, outcome: Outcome) -> Settled {
        Settled {
            line: self.line,
            order: self.order.clone(),
            cents: self.cents,
            outcome,
        }
    }
}
