//! One transaction of the writer: rolled back unless it is committed.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rusqlite::{Connection, Params, Row, Transaction, TransactionBehavior, params};

use crate::store::clock::now;
use crate::store::error::StoreError;
use crate::store::failpoint::Failpoints;
use crate::store::records::{FlowId, Millis, State};

const COUNT: &str = "INSERT INTO ended_counts(flow, state, count) VALUES(?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET count = count + ?3";

pub(crate) struct Batch<'a> {
    transaction: Transaction<'a>,
    failpoints: &'a Failpoints,
    /// The time of all that is written in it.
    pub(crate) now: Millis,
    /// How many more traces of a flow have ended so by it: one update for all of them.
    ended: RefCell<BTreeMap<(i64, u8), i64>>,
}

impl<'a> Batch<'a> {
    pub(crate) fn begin(
        connection: &'a Connection,
        failpoints: &'a Failpoints,
    ) -> Result<Self, StoreError> {
        // Immediate: a lock that another program has is met here, and not in the middle.
        let immediate = TransactionBehavior::Immediate;
        let transaction = Transaction::new_unchecked(connection, immediate)?;
        Ok(Self {
            transaction,
            failpoints,
            now: now(),
            ended: RefCell::default(),
        })
    }

    /// How many rows the statement changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.failpoints.pass()?;
        let changed = self.transaction.prepare_cached(sql)?.execute(params)?;
        self.failpoints.pass()?;
        Ok(changed)
    }

    /// The place of the row that was added last.
    pub(crate) fn last_insert(&self) -> i64 {
        self.transaction.last_insert_rowid()
    }

    /// The statement's only row, if it has one.
    pub(crate) fn find<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        match self
            .transaction
            .prepare_cached(sql)?
            .query_row(params, read)
        {
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            found => Ok(Some(found?)),
        }
    }

    /// A trace of the flow is in this state from now on, or no more: counted, if it has ended by that.
    pub(crate) fn count(&self, flow: FlowId, state: State, change: i64) {
        if state.has_ended() {
            let of = (flow.0, state as u8);
            *self.ended.borrow_mut().entry(of).or_default() += change;
        }
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        for ((flow, state), change) in self.ended.take() {
            self.execute(COUNT, params![flow, state, change])?;
        }
        self.failpoints.pass()?;
        self.transaction.commit()?;
        // What is on disk can no longer fail; the process may die here, though.
        let _ = self.failpoints.pass();
        Ok(())
    }
}
