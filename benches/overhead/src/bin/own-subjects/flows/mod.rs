//! The works as flows.

mod branches;
mod features;
mod line;
mod memory;
mod policies;
mod run;
mod steps;

use branches::{Broadcast, Map, Rounds, SlowMap};
use harness::{Feature, HOPS, IN_FLIGHT, Question, Subject, Walk, Work};
use line::{Computing, Line, Slow};
use policies::Persistent;
use run::{awaited, streamed};
use tracing::level_filters::LevelFilter;

pub(crate) fn subject() -> Subject {
    let subject = Subject::new("penguiflow", env!("CARGO_PKG_VERSION"));
    let works = [lines, waiting, branches, features, steps, cores].into_iter();
    works.fold(subject, |subject, add| add(subject))
}

fn lines(subject: Subject) -> Subject {
    subject
        .can(Work::Line, |sample| {
            streamed(sample, Line::flow(), IN_FLIGHT)
        })
        .note(Work::Line, "one task emits, another one fetches")
        .can(Work::Request, |sample| {
            awaited(sample, Line::flow(), Question::new)
        })
        .can(Work::Policies, |sample| {
            awaited(sample, Persistent::flow(), Question::new)
        })
}

fn waiting(subject: Subject) -> Subject {
    subject
        .can(Work::Waits, |sample| {
            streamed(sample, Slow::flow(), sample.count as usize)
        })
        .can(Work::Memory, memory::emitted)
        .can(Work::MemoryHeld, memory::held)
        .can(Work::MemoryParked, memory::parked)
        .note(Work::MemoryParked, "an `await` before the last node")
}

fn branches(subject: Subject) -> Subject {
    subject
        .can(Work::Broadcast, |sample| {
            awaited(sample, Broadcast::flow(), Question::new)
        })
        .can(Work::Rounds, |sample| {
            awaited(sample, Rounds::flow().hops(HOPS), Walk::new)
        })
        .can(Work::Map, |sample| awaited(sample, Map::flow(), |id| id))
        .can(Work::MapWaits, |sample| {
            awaited(sample, SlowMap::flow(), |id| id)
        })
}

fn features(subject: Subject) -> Subject {
    subject
        .can(Work::Features(Feature::None), |sample| {
            awaited(sample, Line::flow(), Question::new)
        })
        .can(Work::Features(Feature::Policy), |sample| {
            awaited(sample, Persistent::flow(), Question::new)
        })
        .can(Work::Features(Feature::Observer), features::observed)
        .can(Work::Features(Feature::Quiet), |sample| {
            features::traced(sample, LevelFilter::WARN)
        })
        .can(Work::Features(Feature::Tracing), |sample| {
            features::traced(sample, LevelFilter::TRACE)
        })
        .can(Work::Event, features::event)
}

fn steps(subject: Subject) -> Subject {
    subject
        .can(Work::Nodes(10), steps::nodes_10)
        .can(Work::Nodes(100), steps::nodes_100)
}

fn cores(subject: Subject) -> Subject {
    subject.can(Work::Cores(2), |sample| {
        streamed(sample, Computing::flow(), IN_FLIGHT)
    })
}
