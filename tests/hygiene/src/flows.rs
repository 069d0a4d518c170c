//! Every stage of the language and every option of a node, without a prelude.

use ::core::option::Option::{self, None, Some};
use ::core::result::Result::{self, Err, Ok};
use ::core::time::Duration;
use ::penguiflow::{AnyFlow, BoxError, Ctx, Failed, FromRef, Headers, Message, NodeError, State};
use ::penguiflow::{Retryable, flow, node};
use ::std::ops::ControlFlow;
use ::std::vec::Vec;

/// What the nodes of a flow share.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, FromRef)]
pub struct App {
    step: Step,
    #[from_ref(skip)]
    spare: Step,
}

impl App {
    /// Counts by this step.
    #[must_use]
    pub const fn by(step: u32) -> Self {
        Self {
            step: Step(step),
            spare: Step(0),
        }
    }

    /// What is left over.
    #[must_use]
    pub const fn spare(&self) -> u32 {
        self.spare.0
    }
}

/// How far a number is moved on.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct Step(u32);

/// Why a number is refused.
#[derive(::core::fmt::Debug, Retryable)]
enum Refused {
    #[fatal]
    Odd,
    #[retry]
    Busy,
    #[after(0)]
    Throttled(Option<Duration>),
    #[after(wait)]
    Closed { wait: Duration },
}

impl ::core::fmt::Display for Refused {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Debug::fmt(self, f)
    }
}

impl ::core::error::Error for Refused {}

/// A failure of a struct's shape.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, Retryable)]
#[retry]
pub struct Dropped;

/// Starts.
#[node]
async fn number(number: u32) -> u32 {
    number
}

/// Moves on by the step of the state.
#[node(timeout = "1s", concurrency = 4, name = "moved on")]
async fn step(mut number: u32, State(step): State<Step>, ctx: &Ctx, _: Headers) -> u32 {
    number += step.0 + ctx.attempt();
    number
}

/// Refuses odd numbers.
#[node(retries = 2, backoff = "1ms..2ms", jitter = true)]
async fn even(number: u32) -> Result<u32, Refused> {
    match number {
        7 => Err(Refused::Busy),
        9 => Err(Refused::Throttled(None)),
        11 => Err(Refused::Closed {
            wait: Duration::ZERO,
        }),
        odd if odd % 2 == 1 => Err(Refused::Odd),
        even => Ok(even),
    }
}

const fn is_busy(refused: &Refused) -> bool {
    ::core::matches!(refused, Refused::Busy)
}

/// The same, by its own rule.
#[node(retries = 1, backoff = "1ms", retry_if = is_busy)]
async fn even_by_rule(&number: &u32) -> Result<u32, Refused> {
    if number == 7 {
        return Err(Refused::Busy);
    }
    Ok(number)
}

/// Takes the place of what failed.
#[node]
async fn excused(failed: Failed<u32>) -> u32 {
    failed.input
}

/// On a blocking thread.
#[node(blocking)]
const fn halved(number: u32) -> u32 {
    number / 2
}

/// In a task of its own.
#[node(spawn)]
async fn doubled(Message { payload, .. }: Message<u32>) -> u32 {
    payload * 2
}

/// Ends odd numbers.
#[node]
async fn unless_odd(number: u32) -> Option<u32> {
    if number % 2 == 1 { None } else { Some(number) }
}

/// Counts down.
#[node]
async fn down(number: u32) -> ControlFlow<u32, u32> {
    match number.checked_sub(1) {
        Some(less) if less > 2 => ControlFlow::Continue(less),
        _ => ControlFlow::Break(number),
    }
}

/// Adds both.
#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

/// Adds all.
#[node]
async fn total(numbers: Vec<u32>) -> u32 {
    ::core::iter::Iterator::sum(::core::iter::IntoIterator::into_iter(numbers))
}

/// Adds what came.
#[node]
async fn settled((one, other): (Result<u32, NodeError>, Result<u32, NodeError>)) -> u32 {
    one.unwrap_or(0) + other.unwrap_or(0)
}

/// Adds what came of all.
#[node]
async fn all_settled(numbers: Vec<Result<u32, NodeError>>) -> usize {
    numbers.len()
}

/// All numbers up to it.
#[node]
async fn up_to(number: u32) -> Vec<u32> {
    ::core::iter::Iterator::collect(0..number)
}

/// A size.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
enum Size {
    Small(u32),
    Large { number: u32, even: bool },
    Zero,
}

/// Sorts by size.
#[node]
async fn sorted(number: u32) -> Size {
    match number {
        0 => Size::Zero,
        1..=9 => Size::Small(number),
        number => Size::Large {
            number,
            even: number % 2 == 0,
        },
    }
}

/// Back from a size.
#[node]
async fn unsorted(size: &Size) -> u32 {
    match *size {
        Size::Zero => 0,
        Size::Small(number) | Size::Large { number, .. } => number,
    }
}

/// A node with a field.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Times(u32);

#[node(retries = 1)]
impl Times {
    async fn call(&self, number: u32) -> Result<u32, BoxError> {
        Ok(self.0 * number)
    }
}

/// A node with a field, in a task of its own.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Plus(u32);

#[node(spawn)]
impl Plus {
    async fn call(&self, number: u32) -> u32 {
        self.0 + number
    }
}

/// What a trace waits for.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Approval(pub u32);

/// Adds what was approved.
#[node]
async fn approved((number, approval): (u32, Approval)) -> u32 {
    number + approval.0
}

/// Approves nothing.
#[node]
async fn refused(failed: Failed<u32>) -> (u32, Approval) {
    (failed.input, Approval(0))
}

flow! {
    /// A line.
    pub struct Line(u32) -> u32;

    let times: Times = Times(2);
    let plus: Plus = Plus(1);

    number -> step -> times -> halved -> doubled -> plus;
}

flow! {
    /// Fallbacks, in lines and alone.
    pub struct Fallbacks(u32) -> u32;

    even else even_by_rule else excused -> unless_odd;
}

flow! {
    /// Joins of all kinds.
    pub struct Joins(u32) -> u32;

    let plus: Plus = Plus(1);

    number -> [unless_odd, halved -> doubled] -> race -> up_to -> total;
    number -> [even, plus] -> settle -> settled;
    [total, settled] -> join -> sum;
}

flow! {
    /// A quorum.
    pub struct Quorum(u32) -> u32;

    number -> [unless_odd, even, halved] -> quorum(2) -> total;
}

const AT_ONCE: usize = 4;

flow! {
    /// Maps, met by joins.
    pub struct Maps(u32) -> usize;

    number -> up_to -> [halved -> doubled; 4] -> join -> total;
    total -> Numbers -> [even; AT_ONCE] -> settle -> all_settled;
}

flow! {
    /// A map whose items meet by a quorum, a race, and not at all.
    pub struct Items(u32) -> u32;

    let plus: Plus = Plus(1);

    number -> up_to -> [halved; 2] -> quorum(1) -> total -> plus -> Numbers -> [even; 2] -> race -> down;
    down -> List -> [doubled; 2];
}

flow! {
    /// A playbook.
    #[flow(timeout = "2s", retries = 1, backoff = "1ms", jitter = true, concurrency = 2, hops = 3)]
    pub struct Numbers(u32) -> Vec<u32>;

    number -> up_to;
}

use self::Numbers as List;

flow! {
    /// Routes.
    pub struct Routes(u32) -> u32;

    let times: Times = Times(3);

    number -> sorted -> match {
        Size::Small(small) => times(small),
        Size::Large { number: ref large, .. } if *large > 100 => unsorted,
        Size::Large { number, even: true } => halved(number),
        size @ (Size::Large { .. } | Size::Zero) => unsorted,
    } -> doubled;
}

flow! {
    /// A loop, which a node and a route lead out of.
    #[flow(hops = 20)]
    pub struct Loops(u32) -> u32;

    number -> sorted -> match {
        Size::Small(small) => down(small) -> sorted,
        _ => unsorted,
    };
}

flow! {
    /// Parts in parentheses, and a branch that hands on.
    #[flow(hops = 20)]
    pub struct Parts(u32) -> u32;

    let plus: Plus = Plus(1);

    number -> (halved -> (plus) -> doubled) -> [step, _] -> join -> sum;
}

flow! {
    /// A trace that parks.
    pub struct Parks(u32) -> u32;

    number -> await Approval within "1h" else refused -> approved;
}

/// A flow without a name, in a generic function.
pub fn unnamed<T>(times: T) -> impl AnyFlow<In = u32, Out = u32>
where
    T: ::core::convert::Into<u32>,
{
    flow! {
        let times: Times = Times(times.into());
        number -> [times -> even else excused, halved] -> join -> sum
    }
}
