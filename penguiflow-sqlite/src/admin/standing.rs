//! Where a trace stands, read from its stored frontier and journal without the flow's code. What it
//! does not recognise it leaves out: a newer version may store more. The steps that are parked are in
//! the trace's row, and not here.

mod stored;

use serde::Serialize;
use serde_json::Value;

use super::Time;
use stored::{EmitOf, Entry, EntryEnd, Join, JoinKey, Pending, Reliance, Retried, StoredFrontier};

/// Where a trace stands, beside the steps that wait for a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// The steps to run, those under way among them.
    pub to_run: Vec<StepRow>,
    /// The steps whose next attempt comes later.
    pub retrying: Vec<StepRow>,
    /// The open joins.
    pub joins: Vec<JoinRow>,
    /// How many outputs there are so far.
    pub outputs: usize,
    /// How many tokens were spent so far.
    pub tokens: u64,
    /// The joins that parked steps are in.
    #[serde(skip)]
    held: Vec<JoinKey>,
}

/// A step of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepRow {
    /// Its id.
    pub step: String,
    /// The node that it runs.
    pub node: String,
    /// How many of its attempts have failed.
    pub attempts: u32,
    /// When its next attempt comes.
    pub until: Option<Time>,
    #[serde(skip)]
    scopes: Vec<JoinKey>,
}

/// An open join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JoinRow {
    /// What it is: `join of [price, count]`.
    pub join: String,
    /// How many inputs have arrived.
    pub arrived: usize,
    /// How many inputs nothing will fill.
    pub lost: usize,
    /// How many items of a map have not begun.
    pub waiting_items: usize,
    #[serde(skip)]
    key: JoinKey,
    /// Whether something came since the frontier was stored.
    #[serde(skip)]
    has_changed: bool,
}

impl Standing {
    /// Reads a frontier and the entries that came after it. `parked` are the ids of the steps that
    /// wait for a value.
    pub(super) fn read(frontier: &[u8], journal: &[Vec<u8>], parked: &[String]) -> Option<Self> {
        let stored: StoredFrontier = serde_json::from_slice(frontier).ok()?;
        let open = stored.joins.iter().filter(|join| !join.is_complete);
        let held = stored
            .parked
            .iter()
            .flat_map(|step| &step.pending.cursor.scopes);
        let mut standing = Self {
            to_run: stored.steps.iter().map(StepRow::of).collect(),
            retrying: stored.retried.iter().map(StepRow::retried).collect(),
            joins: open
                .map(|join| JoinRow::of(join, &stored.relies_on))
                .collect(),
            outputs: stored.outputs.len(),
            tokens: stored.spent,
            held: held.cloned().collect(),
        };
        let entries = journal
            .iter()
            .filter_map(|entry| serde_json::from_slice(entry).ok());
        entries.for_each(|entry| standing.absorb(entry, parked));
        standing.close_joins();
        Some(standing)
    }

    fn absorb(&mut self, entry: Entry, parked: &[String]) {
        self.tokens = self.tokens.saturating_add(entry.spent);
        let row = self.take(&entry.step);
        match (entry.end, row) {
            (EntryEnd::Again { attempts, until }, Some(row)) => {
                let until = Some(until.into());
                self.retrying.push(StepRow {
                    attempts,
                    until,
                    ..row
                });
            }
            (EntryEnd::Emitted(emits), row) => {
                // A step that was not to run is an item that has begun since, or a full join.
                let scope = row
                    .is_none()
                    .then(|| emits.iter().find_map(EmitOf::scope))
                    .flatten();
                self.begin_item(scope);
                let emits = emits.into_iter();
                emits.for_each(|emit| self.add(emit, &entry.relies_on, parked));
            }
            (EntryEnd::Again { .. } | EntryEnd::Failed(..), _) => {}
        }
    }

    fn begin_item(&mut self, scope: Option<&JoinKey>) {
        let mut joins = self.joins.iter_mut();
        if let Some(join) = scope.and_then(|scope| joins.find(|join| join.key == *scope)) {
            join.waiting_items = join.waiting_items.saturating_sub(1);
        }
    }

    /// Leaves out the joins that were full since the frontier was stored: no step is in them.
    fn close_joins(&mut self) {
        let steps = self.to_run.iter().chain(&self.retrying);
        let scopes: Vec<_> = steps
            .flat_map(|step| &step.scopes)
            .chain(&self.held)
            .collect();
        self.joins.retain(|join| {
            !join.has_changed || join.waiting_items > 0 || scopes.contains(&&join.key)
        });
    }

    /// Takes out a step that is over, or goes on later.
    fn take(&mut self, step: &str) -> Option<StepRow> {
        [&mut self.to_run, &mut self.retrying]
            .into_iter()
            .find_map(|rows| {
                let place = rows.iter().position(|row| row.step == step)?;
                Some(rows.remove(place))
            })
    }

    /// Adds one thing that a step emitted.
    fn add(&mut self, emit: EmitOf, relies_on: &Reliance, parked: &[String]) {
        match emit {
            EmitOf::Step(pending) => self.add_step(&pending, relies_on, parked),
            EmitOf::Items {
                cursor,
                join,
                steps,
            } => {
                let since = cursor.id;
                let join = self.join(&JoinKey { join, since }, relies_on);
                join.waiting_items += steps.len();
            }
            EmitOf::Output(_) => self.outputs += 1,
            EmitOf::End(_) | EmitOf::Lost(..) => {}
        }
    }

    fn add_step(&mut self, pending: &Pending, relies_on: &Reliance, parked: &[String]) {
        for scope in &pending.cursor.scopes {
            self.join(scope, relies_on);
        }
        let row = StepRow::of(pending);
        // The input of a join, and the value that is parked, are stored as `node[0]`.
        match (row.node.ends_with(']'), parked.contains(&row.step)) {
            (true, true) => self.held.extend(row.scopes),
            (true, false) => {
                let scope = row.scopes.last();
                scope
                    .into_iter()
                    .for_each(|scope| self.join(scope, relies_on).arrived += 1);
            }
            (false, _) => self.to_run.push(row),
        }
    }

    /// An open join, which may be new.
    fn join(&mut self, key: &JoinKey, relies_on: &Reliance) -> &mut JoinRow {
        let place = self.joins.iter().position(|join| join.key == *key);
        let place = place.unwrap_or_else(|| {
            self.joins.push(JoinRow::new(key.clone(), relies_on));
            self.joins.len() - 1
        });
        let join = &mut self.joins[place];
        join.has_changed = true;
        join
    }
}

impl StepRow {
    fn of(pending: &Pending) -> Self {
        Self {
            step: pending.cursor.id.clone(),
            node: node_of(&pending.step),
            attempts: pending.cursor.attempts,
            until: None,
            scopes: pending.cursor.scopes.clone(),
        }
    }

    fn retried(retried: &Retried) -> Self {
        let until = Some(retried.until.into());
        Self {
            until,
            ..Self::of(&retried.pending)
        }
    }
}

impl JoinRow {
    fn new(key: JoinKey, relies_on: &Reliance) -> Self {
        let number = key.join.to_string();
        let name = relies_on.joins.get(&number).cloned();
        Self {
            join: name.unwrap_or_else(|| format!("join {number}")),
            arrived: 0,
            lost: 0,
            waiting_items: 0,
            key,
            has_changed: false,
        }
    }

    fn of(join: &Join, relies_on: &Reliance) -> Self {
        Self {
            arrived: join.inputs.len(),
            lost: join.lost.len(),
            waiting_items: join.items.as_ref().map_or(0, |items| items.waiting.len()),
            ..Self::new(join.key.clone(), relies_on)
        }
    }
}

/// A step is stored as `{"node": input}`.
fn node_of(step: &Value) -> String {
    let name = step.as_object().and_then(|step| step.keys().next());
    name.map_or_else(|| "?".to_owned(), Clone::clone)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Standing, StepRow};
    use crate::admin::Time;

    const SCOPE: &str = r#"{"join": 0, "since": "a", "input": 1}"#;

    fn pending(id: &str, node: &str) -> Value {
        let scope: Value = serde_json::from_str(SCOPE).expect("a scope");
        json!({"cursor": {"id": id, "scopes": [scope]}, "step": {node: "input"}})
    }

    fn entry(step: &str, end: &Value) -> Vec<u8> {
        let relies_on = json!({"joins": {"0": "join of [facts, style]"}});
        let entry = json!({"relies_on": relies_on, "step": step, "spent": 5, "end": end});
        entry.to_string().into_bytes()
    }

    /// Where a trace stands that began with the step `a`, after these entries.
    fn after(entries: &[Vec<u8>], parked: &[&str]) -> Standing {
        let draft = json!({"cursor": {"id": "a"}, "step": {"draft": "penguins"}});
        let frontier = json!({"steps": [draft], "outputs": [], "spent": 1}).to_string();
        let parked: Vec<_> = parked.iter().map(|step| (*step).to_owned()).collect();
        Standing::read(frontier.as_bytes(), entries, &parked).expect("a frontier")
    }

    fn nodes(steps: &[StepRow]) -> Vec<&str> {
        steps.iter().map(|step| step.node.as_str()).collect()
    }

    fn fork() -> Vec<u8> {
        let steps =
            [pending("b", "facts"), pending("c", "style")].map(|step| json!({"step": step}));
        entry("a", &json!({"emitted": steps}))
    }

    #[test]
    fn what_a_step_emitted_takes_its_place() {
        let standing = after(&[fork()], &[]);
        assert_eq!(nodes(&standing.to_run), ["facts", "style"]);
        assert_eq!((standing.joins.len(), standing.tokens), (1, 6));
    }

    #[test]
    fn an_input_of_a_join_arrives_at_it_until_it_is_full() {
        let arrives = |step| {
            entry(
                step,
                &json!({"emitted": [{"step": pending(step, "join[1]")}]}),
            )
        };
        let standing = after(&[fork(), arrives("c")], &[]);
        assert_eq!(nodes(&standing.to_run), ["facts"]);
        assert_eq!(standing.joins[0].join, "join of [facts, style]");
        assert_eq!(standing.joins[0].arrived, 1);
        let standing = after(&[fork(), arrives("c"), arrives("b")], &[]);
        assert_eq!((standing.to_run.len(), standing.joins.len()), (0, 0));
    }

    #[test]
    fn the_items_of_a_map_begin_and_arrive() {
        let cursor = json!({"id": "a"});
        let items = json!({"items": {"cursor": cursor, "join": 0, "steps": [1, 2]}});
        let items = entry("a", &json!({"emitted": [items]}));
        let arrives = |step| {
            entry(
                step,
                &json!({"emitted": [{"step": pending(step, "join[0]")}]}),
            )
        };
        let joins = |entries: &[Vec<u8>]| {
            let joins = after(entries, &[]).joins.into_iter();
            joins
                .map(|join| (join.arrived, join.waiting_items))
                .collect::<Vec<_>>()
        };
        assert_eq!(joins(std::slice::from_ref(&items)), [(0, 2)]);
        assert_eq!(joins(&[items.clone(), arrives("b")]), [(1, 1)]);
        assert_eq!(joins(&[items, arrives("b"), arrives("c")]), []);
    }

    #[test]
    fn a_parked_step_arrives_nowhere() {
        let parks = entry(
            "c",
            &json!({"emitted": [{"step": pending("d", "wait[0]")}]}),
        );
        let standing = after(&[fork(), parks], &["d"]);
        assert_eq!(
            (nodes(&standing.to_run), standing.joins[0].arrived),
            (vec!["facts"], 0)
        );
    }

    #[test]
    fn an_attempt_that_failed_is_to_be_followed() {
        let until = json!({"secs_since_epoch": 2, "nanos_since_epoch": 5_000_000});
        let again = json!({"again": {"attempts": 2, "until": until, "failure": null}});
        let standing = after(&[entry("a", &again)], &[]);
        assert_eq!(
            (standing.to_run.len(), nodes(&standing.retrying)),
            (0, vec!["draft"])
        );
        let row = &standing.retrying[0];
        assert_eq!((row.attempts, row.until), (2, Some(Time(2_005))));
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        assert_eq!(Standing::read(b"{", &[], &[]), None);
        let standing = after(&[b"no entry".to_vec(), entry("a", &json!({"new": 1}))], &[]);
        assert_eq!(nodes(&standing.to_run), ["draft"]);
    }
}
