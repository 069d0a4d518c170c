//! Where branches meet: what each of them came to, what the join makes of it, and what is
//! dropped then.

use penguiflow::ErrorKind;

use super::event::{Event, Loss, Time, Token, What};
use super::step_id::Step;
use super::value::Value;
use super::{Failure, Walk};
use crate::generator::JoinKind;
use crate::stamps::Stamps;

/// What a branch came to, as far as the join sees it.
enum End {
    Came(Token),
    Lost(Loss),
}

/// A branch: its end, if the join learns of one, and all else that happened in it.
struct Branch {
    end: Option<(Time, End)>,
    rest: Vec<Event>,
}

/// How a race or a quorum ends.
enum Verdict {
    /// With these, in the order in which they came.
    Full(Vec<(usize, Token)>),
    /// With a failure: too many were lost.
    GivenUp(Loss),
}

impl Walk<'_> {
    pub(super) fn meet(
        &mut self,
        kind: JoinKind,
        branches: Vec<Vec<Event>>,
        behind: &Behind,
    ) -> Vec<Event> {
        let branches = branches.into_iter();
        let branches: Vec<_> = branches
            .map(|events| self.branch(events, kind.drops()))
            .collect();
        match kind {
            JoinKind::Join => self.wait_for_all(branches, behind),
            JoinKind::Settle => settle(branches, behind),
            JoinKind::Race => self.wait_for(1, false, branches, behind),
            JoinKind::Quorum(wanted) => self.wait_for(wanted, true, branches, behind),
        }
    }

    /// Finds a branch's end. Where its failure is tolerated, that ends all of it; if not, it is over
    /// when the last of its paths is.
    fn branch(&mut self, events: Vec<Event>, tolerates: bool) -> Branch {
        let (mut came, mut lost, mut rest) = (None, Vec::new(), Vec::new());
        if !tolerates {
            return waited_for(events);
        }
        for Event { time, what } in events {
            match what {
                What::Came(token) => came = Some((time, End::Came(token))),
                What::Lost(loss) => lost.push((time, loss)),
                what => rest.push(time.of(what)),
            }
        }
        if lost.is_empty() {
            return Branch { end: came, rest };
        }
        let times: Vec<_> = lost.iter().map(|(time, _)| *time).collect();
        let (time, loss) = lost.swap_remove(self.first_of(&times));
        Branch {
            end: Some((time, End::Lost(loss))),
            rest: self.cut(rest, time),
        }
    }

    /// Waits until enough have come, or until too many are lost.
    fn wait_for(
        &mut self,
        wanted: usize,
        is_list: bool,
        branches: Vec<Branch>,
        behind: &Behind,
    ) -> Vec<Event> {
        let all = branches.len();
        let (mut ends, mut rests) = (Vec::new(), Vec::new());
        for (slot, branch) in branches.into_iter().enumerate() {
            ends.extend(branch.end.map(|(time, end)| (slot, time, end)));
            rests.push(branch.rest);
        }
        let (mut came, mut lost, mut failed) = (Vec::new(), 0, None::<Loss>);
        let times = ends.iter().map(|(_, time, _)| *time);
        let told = times.fold(behind.before.time, Time::max);
        while !ends.is_empty() {
            let times: Vec<_> = ends.iter().map(|(_, time, _)| *time).collect();
            let (slot, time, end) = ends.remove(self.first_of(&times));
            let verdict = match end {
                End::Came(token) => {
                    came.push((slot, token));
                    (came.len() == wanted).then(|| Verdict::Full(std::mem::take(&mut came)))
                }
                End::Lost(loss) => {
                    lost += 1;
                    failed = Some(loss).filter(|loss| loss.failure.is_some()).or(failed);
                    let failed = failed.clone().filter(|_| lost + wanted > all);
                    failed.map(Verdict::GivenUp)
                }
            };
            if let Some(verdict) = verdict {
                return self.decided(verdict, time, rests, is_list, behind);
            }
        }
        let mut events: Vec<_> = rests.into_iter().flatten().collect();
        events.push(told.of(What::Lost(behind.unmet(true))));
        events
    }

    /// Waits for every branch. Where one of them failed, that is the trace's end, or that of a
    /// branch around this one.
    fn wait_for_all(&mut self, branches: Vec<Branch>, behind: &Behind) -> Vec<Event> {
        let (mut events, mut came) = (Vec::new(), Vec::new());
        let (all, mut has_failed) = (branches.len(), false);
        let mut last = behind.before.time;
        for Branch { end, rest } in branches {
            events.extend(rest);
            let Some((time, end)) = end else { continue };
            last = last.max(time);
            match end {
                End::Came(token) => came.push(token),
                End::Lost(loss) => has_failed |= loss.failure.is_some(),
            }
        }
        if came.len() == all {
            let parts = came
                .iter()
                .map(|token| (token.stamps.clone(), token.rounds));
            let parts = parts.collect();
            let values = came.into_iter().map(|token| token.value);
            events.push(
                behind
                    .token(Value::Many(values.collect()), last, parts)
                    .came(),
            );
        } else if !has_failed && !self.is_borne {
            let is_unjoined = !came.is_empty();
            events.push(last.of(What::Lost(behind.unmet(is_unjoined))));
        }
        events
    }

    /// Goes on at this time, without the branches that are not among those that came.
    fn decided(
        &mut self,
        verdict: Verdict,
        time: Time,
        rests: Vec<Vec<Event>>,
        is_list: bool,
        behind: &Behind,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for (slot, rest) in rests.into_iter().enumerate() {
            let has_come = match &verdict {
                Verdict::Full(came) => came.iter().any(|(other, _)| *other == slot),
                Verdict::GivenUp(_) => false,
            };
            events.extend(match has_come {
                true => rest,
                false => self.cut(rest, time),
            });
        }
        events.push(match verdict {
            Verdict::GivenUp(loss) => time.of(What::Lost(loss)),
            Verdict::Full(mut came) => {
                let values = came.iter().map(|(_, token)| token.value.clone());
                let mut values: Vec<_> = values.collect();
                let value = match is_list {
                    true => Value::Many(values),
                    false => values.remove(0),
                };
                came.sort_by_key(|(slot, _)| *slot);
                let parts = came
                    .into_iter()
                    .map(|(_, token)| (token.stamps, token.rounds));
                behind.token(value, time, parts.collect()).came()
            }
        });
        events
    }

    /// Which of these may be the first: one that no other one is surely before.
    pub(super) fn first_of(&mut self, times: &[Time]) -> usize {
        let is_first = |time: &Time| {
            let mut others = times.iter();
            others.all(|other| other.is_before(*time) != Some(true))
        };
        let firsts: Vec<_> = (0..times.len())
            .filter(|place| is_first(&times[*place]))
            .collect();
        firsts[self.choices.choose(firsts.len())]
    }

    /// What happened in a branch until it was dropped.
    pub(super) fn cut(&mut self, events: Vec<Event>, end: Time) -> Vec<Event> {
        let mut kept = Vec::new();
        for Event { time, what } in events {
            match (what, time.is_before(end)) {
                (_, Some(false)) | (What::Came(_) | What::Lost(_), _) => {}
                (What::Ran(attempt), None) => kept.push(time.of(What::PerhapsRan(attempt))),
                (What::Left(_), None) if self.choices.choose(2) == 0 => {}
                (what, _) => kept.push(time.of(what)),
            }
        }
        kept
    }
}

/// A message after a join: where it is, and the message at the fork before it.
pub(super) struct Behind {
    name: String,
    /// Whether the message after it has the headers of the first input alone.
    first_headers: bool,
    /// Where it is among the steps.
    step: Step,
    before: Token,
}

impl Walk<'_> {
    pub(super) fn behind(&self, name: &str, before: Token, step: Step) -> Behind {
        Behind {
            name: name.to_owned(),
            first_headers: self.plan.first_headers,
            step,
            before,
        }
    }
}

impl Behind {
    /// Nothing goes on after it, which is a failure if something came to it.
    fn unmet(&self, is_unjoined: bool) -> Loss {
        Loss {
            failure: is_unjoined.then(|| self.unjoined()),
            stamps: self.before.stamps.clone(),
            rounds: self.before.rounds,
        }
    }

    pub(super) fn unjoined(&self) -> Failure {
        Failure {
            kind: ErrorKind::Unjoined,
            node: self.name.clone(),
            attempts: 0,
            again: true,
        }
    }

    /// The message after the join: with the headers of the first input and those that later ones
    /// add, and the most rounds of all.
    fn token(&self, value: Value, time: Time, parts: Vec<(Stamps, u32)>) -> Token {
        let before = self.before.clone();
        let rounds = parts.iter().map(|(_, rounds)| *rounds).max();
        let mut stamps = parts.into_iter().map(|(stamps, _)| stamps);
        let mut merged = stamps.next().unwrap_or(before.stamps);
        stamps
            .filter(|_| !self.first_headers)
            .for_each(|stamps| merged.add(&stamps));
        Token {
            value,
            stamps: merged,
            rounds: rounds.unwrap_or(before.rounds),
            from: self.name.clone(),
            time,
            step: self.step,
            is_among_others: before.is_among_others,
        }
    }
}

/// A branch that is waited for to its end: the time when all of it is over, and what it came to.
/// The losses stay events: a failure is the trace's.
fn waited_for(events: Vec<Event>) -> Branch {
    let ends = events.iter().filter(|event| event.is_end());
    let over = ends.map(|event| event.time).reduce(Time::max);
    let mut end = None;
    let mut rest = Vec::new();
    for Event { time, what } in events {
        let has_failed = matches!(
            &end,
            Some(End::Lost(Loss {
                failure: Some(_),
                ..
            }))
        );
        match what {
            What::Came(token) if !has_failed => end = Some(End::Came(token)),
            What::Came(_) => {}
            What::Back(head, token) => {
                // It comes to this join no more, which is no failure by itself.
                if end.is_none() {
                    end = Some(End::Lost(token.clone().loss(None)));
                }
                rest.push(time.of(What::Back(head, token)));
            }
            What::Lost(loss) => {
                if loss.failure.is_some() || end.is_none() {
                    end = Some(End::Lost(loss.clone()));
                }
                rest.push(time.of(What::Lost(loss)));
            }
            what => rest.push(time.of(what)),
        }
    }
    Branch {
        end: over.zip(end),
        rest,
    }
}

/// Waits for every branch, of which those that failed have come.
fn settle(branches: Vec<Branch>, behind: &Behind) -> Vec<Event> {
    let (mut events, mut values, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    let all = branches.len();
    let mut last = behind.before.time;
    for Branch { end, rest } in branches {
        events.extend(rest);
        let Some((time, end)) = end else { continue };
        last = last.max(time);
        let (value, stamps, rounds) = match end {
            End::Came(token) => (token.value, token.stamps, token.rounds),
            End::Lost(Loss { failure: None, .. }) => continue,
            End::Lost(Loss {
                failure: Some(failure),
                stamps,
                rounds,
            }) => (Value::Failed(failure), stamps, rounds),
        };
        values.push(value);
        parts.push((stamps, rounds));
    }
    events.push(match values.len() == all {
        true => behind.token(Value::Many(values), last, parts).came(),
        false => last.of(What::Lost(behind.unmet(true))),
    });
    events
}
