//! The paths through the engine whose instructions are counted. Some are there in two sizes, of which
//! `counts` knows how they are to grow.

use std::hint::black_box;

use penguiflow::prelude::*;
use penguiflow::{Event, Running};
use tokio::task::yield_now;

use crate::meter::Meter;
use crate::nodes::*;

/// A path, and how many messages it is counted over.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    pub(crate) messages: u32,
    pub(crate) run: fn(&Meter),
}

pub(crate) const PATHS: &[Path] = &[
    path("line_of_3", 640, |meter| meter.run(&flow! { a -> b -> c })),
    path("line_of_3_with_policies", 640, |meter| {
        meter.run(&flow! { patient_a -> patient_b -> patient_c });
    }),
    path("line_of_3_with_ctx", 640, |meter| {
        meter.run(&flow! { a -> with_ctx -> c });
    }),
    path("line_of_3_with_state", 640, |meter| {
        meter.run(&flow! { a -> with_state -> c }.with_state(Stamp(1)));
    }),
    path("line_of_3_observed", 640, |meter| {
        let observer = |event: &Event| _ = black_box(event);
        meter.run(&flow! { a -> b -> c }.observe(observer));
    }),
    path("line_of_3_by_steps", 640, by_steps),
    path("line_of_10", 640, |meter| {
        meter.run(&flow! { a -> b -> c -> d -> e -> f -> g -> h -> i -> j });
    }),
    path("emit_and_fetch", 640, emit_and_fetch),
    path("broadcast_to_8_and_join", 640, |meter| {
        meter.run(&flow! { a -> [b, c, d, e, f, g, h, i] -> join -> first });
    }),
    path("loop_of_100", 16, |meter| {
        meter.run(&flow! { round -> round }.hops(1000));
    }),
    path("map_of_1000", 4, |meter| {
        meter.run(&flow! { items -> [square; 64] -> join -> sum });
    }),
    path("failing_race_of_1000", 4, |meter| failing_race(meter, 1000)),
    path("failing_race_of_8000", 2, |meter| failing_race(meter, 8000)),
    path("settle_of_1000", 4, |meter| settle(meter, 1000)),
    path("settle_of_8000", 2, |meter| settle(meter, 8000)),
    path("won_race_of_1000", 4, |meter| won_race(meter, 1000)),
    path("won_race_of_8000", 2, |meter| won_race(meter, 8000)),
    path("maps_in_map_of_30", 4, |meter| maps_in_map(meter, 30)),
    path("maps_in_map_of_120", 2, |meter| maps_in_map(meter, 120)),
    path("resume_among_1000", 256, |meter| resume_among(meter, 1000)),
    path("resume_among_64000", 256, |meter| {
        resume_among(meter, 64_000)
    }),
    path("cancel_among_1000", 256, |meter| cancel_among(meter, 1000)),
    path("cancel_among_64000", 256, |meter| {
        cancel_among(meter, 64_000)
    }),
];

const fn path(name: &'static str, messages: u32, run: fn(&Meter)) -> Path {
    Path {
        name,
        messages,
        run,
    }
}

/// As many at once as may be in flight.
fn emit_and_fetch(meter: &Meter) {
    let _entered = meter.runtime.enter();
    let running = flow! { a -> b -> c }.start();
    meter.count(64, async || {
        for _ in 0..64 {
            let emitted = running.emit(Parcel::new()).await;
            emitted.expect("the flow has not been stopped");
        }
        for _ in 0..64 {
            let fetched = running.fetch().await;
            let message = fetched.expect("each message has a result");
            black_box(message.expect("no node fails"));
        }
    });
}

/// On a host that stops after every node.
fn by_steps(meter: &Meter) {
    let flow = flow! { #[flow(durable)] a -> b -> c };
    meter.count(1, async || {
        let mut frontier = flow.begin(Parcel::new());
        while let Some(step) = frontier.next_owned() {
            let emits = flow.advance(step).await;
            frontier.absorb(emits.expect("no node fails"));
        }
        black_box(frontier.finish().expect("no node fails"));
    });
}

fn failing_race(meter: &Meter, items: u64) {
    let flow = flow! {
        let list: List = List(items);
        list -> [refuse; 8] -> race
    };
    meter.count(1, async || {
        let failed = flow.run(Parcel::new()).await;
        black_box(failed.expect_err("all items fail"));
    });
}

fn settle(meter: &Meter, items: u64) {
    meter.run(&flow! {
        let list: List = List(items);
        list -> [refuse; 1_000_000] -> settle -> count
    });
}

/// All but the first item wait when that wins.
fn won_race(meter: &Meter, items: u64) {
    meter.run(&flow! {
        let list: List = List(items);
        list -> [first_wins; 1_000_000] -> race
    });
}

fn maps_in_map(meter: &Meter, items: u64) {
    meter.run(&flow! {
        let outer: List = List(items);
        let inner: Items = Items(items);
        outer -> [inner -> [square; 64] -> join -> sum; 64] -> join -> total
    });
}

/// Among that many parked traces one more parks, and is given its value.
fn resume_among(meter: &Meter, parked: usize) {
    let flow = flow! { a -> await u8 -> given };
    among_parked(meter, &flow, parked, async |_, id| {
        while flow.resume(id, 1_u8).await.is_err() {
            yield_now().await;
        }
        true
    });
}

/// The same with a trace that is cancelled.
fn cancel_among(meter: &Meter, parked: usize) {
    let flow = flow! { a -> await u8 -> given };
    among_parked(meter, &flow, parked, async |running, id| {
        yield_now().await;
        assert!(running.cancel(id));
        false
    });
}

/// Counts how one more trace is emitted, ended and fetched; `end` returns whether it has an output.
fn among_parked<F: AnyFlow<In = Parcel>>(
    meter: &Meter,
    flow: &F,
    parked: usize,
    end: impl AsyncFn(&Running<F::Topology, F::State>, TraceId) -> bool,
) {
    let _entered = meter.runtime.enter();
    let running = flow.start();
    let emit = async || {
        let emitted = running.emit(Parcel::new()).await;
        emitted.expect("the flow has not been stopped")
    };
    meter.runtime.block_on(async {
        for _ in 0..parked {
            emit().await;
        }
    });
    meter.count(1, async || {
        let has_output = end(&running, emit().await).await;
        let fetched = running.fetch().await.expect("it has a result");
        assert_eq!(black_box(fetched).is_ok(), has_output);
    });
}
