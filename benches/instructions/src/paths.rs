//! The paths through the engine whose instructions are counted.

use std::hint::black_box;

use penguiflow::Event;
use penguiflow::prelude::*;

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
