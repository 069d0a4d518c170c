//! Macros of the user's that expand to nodes and flows, of fragments of every kind.
#![deny(warnings)]

use penguiflow::prelude::*;

macro_rules! node {
    (
        $(#[$attr:meta])* $vis:vis $name:ident($message:pat_param in $input:ty) -> $output:ty $body:block
        timeout $timeout:literal retries $retries:literal if $retry:path
    ) => {
        $(#[$attr])*
        #[penguiflow::node(timeout = $timeout, retries = $retries, retry_if = $retry, name = $timeout)]
        $vis async fn $name($message: $input) -> $output $body
    };
}

fn always(_: &String) -> bool {
    true
}

node! {
    /// Counts words.
    pub(crate) words((text, more) in &(String, u32)) -> Result<u32, String> {
        u32::try_from(text.split(' ').count()).map(|words| words + more).map_err(|e| e.to_string())
    }
    timeout "1s" retries 2 if always
}

node! {
    length(text in &str) -> Result<u32, String> { Ok(text.chars().map(|_| 1).sum()) }
    timeout "2s" retries 1 if self::always
}

node! {
    sum(numbers in &[u32]) -> Result<u32, String> { Ok(numbers.iter().sum()) }
    timeout "3s" retries 1 if self::always
}

/// A node of a whole item, or of its tokens.
macro_rules! annotated {
    (tokens $($tokens:tt)*) => {
        #[penguiflow::node]
        $($tokens)*
    };
    ($item:item) => {
        #[penguiflow::node]
        $item
    };
}

annotated! {
    async fn doubled(number: u32) -> u32 {
        number * 2
    }
}

annotated! {
    tokens
    async fn halved(number: u32) -> u32 {
        number / 2
    }
}

#[derive(Clone)]
struct Plus(u32);

macro_rules! fields {
    ($node:ty, $message:ty) => {
        annotated! {
            impl $node {
                async fn call(&self, number: &$message) -> $message {
                    self.0 + number
                }
            }
        }
    };
}

fields!(Plus, u32);

mod deep {
    use penguiflow::prelude::*;

    #[node]
    pub(super) async fn tripled(number: u32) -> u32 {
        number * 3
    }
}

/// Each fragment stands where it may.
macro_rules! calculation {
    (
        $(#[$attr:meta])* $vis:vis $name:ident($input:ty) -> $output:ty;
        $first:path, $second:ident, $value:ident: $ty:ty = $made:expr, $limit:expr, $count:literal,
        $pattern:pat if $guard:expr => $passed:expr, $awaited:ty, $within:literal
    ) => {
        flow! {
            $(#[$attr])*
            $vis struct $name($input) -> $output;

            let $value: $ty = $made;

            $first -> [$second, $value] -> join -> pair -> listed -> [deep::tripled; $limit]
                -> quorum($count) -> sum -> match {
                    $pattern if $guard => halved($passed),
                    _ => halved,
                } -> await $awaited within $within -> first;
        }
    };
}

#[node]
async fn pair((one, other): (u32, u32)) -> u32 {
    one + other
}

#[node]
async fn listed(number: u32) -> Vec<u32> {
    vec![number; 4]
}

#[node]
async fn first((number, bonus): (u32, Option<u32>)) -> u32 {
    number + bonus.unwrap_or(0)
}

const MANY: bool = true;

calculation! {
    /// Calculates.
    #[flow(hops = 3)]
    pub(crate) Calculation(String) -> u32;
    self::length, doubled, plus: Plus = Plus(2) , 1 + 1, 2, 99 | 100 if MANY => 4 + 4, Option<u32>, "1h"
}

/// An expression, made of a list of nodes.
macro_rules! line {
    ($first:expr; $($node:ident),+) => {{
        flow! {
            let first: Plus = $first;
            first $(-> $node)+
        }
    }};
}

/// Two nodes of one macro do not know each other's variables.
macro_rules! variables {
    ($name:ident, $variable:ident) => {
        #[node]
        async fn $name(number: u32) -> u32 {
            let shadowed = 1;
            let $variable = number + shadowed;
            $variable + shadowed
        }
    };
}

variables!(moved, shadowed);

#[tokio::test]
async fn macros_may_expand_to_nodes_and_flows() -> Result<(), FlowError> {
    assert_eq!(flow! { words }.run(("a b c".to_owned(), 2)).await?, 5);
    assert_eq!(
        line!(Plus(1 + 2); doubled, halved, moved).run(4u32).await?,
        9
    );
    assert_eq!(words(&("a b".to_owned(), 0)).await, Ok(2));

    let flow = Calculation::flow();
    let running = flow.start();
    let id = running.emit("four".to_owned()).await?;
    while flow.parked().is_empty() {
        tokio::task::yield_now().await;
    }
    flow.resume(id, Some(1u32)).await.expect("it waits for one");
    let out = running.fetch().await.expect("a result for each message")?;
    assert_eq!(out.payload, 43);
    Ok(())
}
