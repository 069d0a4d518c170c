//! One transaction of the writer: rolled back unless it is committed.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rusqlite::{
    CachedStatement, Connection, Params, Row, Statement, Transaction, TransactionBehavior, params,
};

use crate::store::clock::now;
use crate::store::error::StoreError;
use crate::store::failpoint::Failpoints;
use crate::store::records::{FlowId, Millis, State};

const COUNT: &str = "INSERT INTO ended_counts(flow, state, count) VALUES(?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET count = count + ?3";

pub(crate) struct Batch<'a> {
    connection: &'a Connection,
    /// Those that it has used, by where their texts are: to find one in the connection's cache takes a
    /// hash of the whole text, and there are as many writes as traces.
    statements: RefCell<Vec<(&'static str, CachedStatement<'a>)>>,
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
            connection,
            statements: RefCell::default(),
            transaction,
            failpoints,
            now: now(),
            ended: RefCell::default(),
        })
    }

    /// How many rows the statement changed.
    pub(crate) fn execute(
        &self,
        sql: &'static str,
        params: impl Params,
    ) -> Result<usize, StoreError> {
        self.failpoints.pass()?;
        let changed = self.run(sql, |statement| statement.execute(params))?;
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
        sql: &'static str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.run(sql, |statement| statement.query_row(params, read)) {
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            found => Ok(Some(found?)),
        }
    }

    fn run<T>(
        &self,
        sql: &'static str,
        run: impl FnOnce(&mut Statement<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let mut statements = self.statements.borrow_mut();
        if let Some((_, statement)) = statements.iter_mut().find(|(of, _)| std::ptr::eq(*of, sql)) {
            return run(statement);
        }
        let mut statement = self.connection.prepare_cached(sql)?;
        let outcome = run(&mut statement);
        statements.push((sql, statement));
        outcome
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
