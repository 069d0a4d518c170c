//! Nodes and flows in functions, generic ones, closures, statics, constants, traits and modules.
#![deny(warnings, clippy::pedantic)]

use std::sync::LazyLock;

use penguiflow::prelude::*;

#[node]
async fn increased(number: u32) -> u32 {
    number + 1
}

flow! {
    struct Twice(u32) -> u32;

    let by: By = By { number: 1 };

    increased -> by;
}

struct By {
    number: u32,
}

#[node]
impl By {
    async fn call(&self, number: u32) -> u32 {
        number + self.number
    }
}

static FLOW: LazyLock<Flow<Twice>> = LazyLock::new(Twice::flow);
static RUN: fn() -> Flow<Twice> = || Twice::flow().hops(3);
const NEW: fn() -> Flow<Twice> = Twice::flow;

static BOXED: LazyLock<Box<dyn Fn(u32) -> Answer + Send + Sync>> = LazyLock::new(|| {
    let flow = flow! { increased -> Twice };
    Box::new(move |number| {
        let flow = flow.clone();
        Box::pin(async move { flow.run(number).await })
    })
});

type Answer = std::pin::Pin<Box<dyn Future<Output = Result<u32, FlowError>> + Send>>;

mod outer {
    pub(super) mod inner {
        use penguiflow::{flow, node};

        #[node]
        pub(in super::super) async fn seen(number: u32) -> u32 {
            number * 2
        }

        flow! {
            pub(in super::super) struct Seen(u32) -> u32;

            super::super::increased -> seen -> crate::outer::hidden;
        }
    }

    #[penguiflow::node]
    async fn hidden(number: u32) -> u32 {
        number + 100
    }
}

trait Answers {
    fn answer(&self, number: u32) -> impl Future<Output = Result<u32, FlowError>> + Send;
}

struct Asked<'a, T> {
    text: &'a T,
}

impl<T: AsRef<str> + Sync> Answers for Asked<'_, T> {
    async fn answer(&self, number: u32) -> Result<u32, FlowError> {
        #[node]
        async fn local(number: u32) -> u32 {
            number + 10
        }

        flow! {
            struct Local(u32) -> u32;

            local -> outer::inner::Seen;
        }

        let length = u32::try_from(self.text.as_ref().len()).unwrap_or(u32::MAX);
        let by = flow! {
            let length: By = By { number: length };
            Local -> length
        };
        by.run(number).await
    }
}

/// Two flows of one name, and of no name, in two blocks of one function.
async fn blocks<const N: usize, T>(numbers: [T; N]) -> Result<u32, FlowError>
where
    T: Into<u32> + Copy,
{
    let one = {
        flow! {
            struct Block(u32) -> u32;

            increased;
        }
        Block::flow().run(numbers[0].into()).await?
    };
    let other = {
        flow! {
            struct Block(u32) -> u32;

            increased -> Twice;
        }
        Block::flow().run(numbers[N - 1].into()).await?
    };
    let both = [
        flow! { increased }.run(one).await?,
        flow! { Twice }.run(other).await?,
    ];
    Ok(both.iter().sum())
}

#[tokio::test]
async fn nodes_and_flows_stand_wherever_items_and_expressions_do() -> Result<(), FlowError> {
    assert_eq!(FLOW.run(1u32).await?, 3);
    assert_eq!(RUN().run(1u32).await?, 3);
    assert_eq!(NEW().run(1u32).await?, 3);
    assert_eq!(BOXED(1).await?, 4);
    assert_eq!(Asked { text: &"four" }.answer(1).await?, 128);
    assert_eq!(blocks([1u8, 2]).await?, 3 + 7);
    Ok(())
}
