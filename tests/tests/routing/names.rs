//! Names: what a pattern binds is the user's own, whatever the generated code calls its
//! variables.

use penguiflow::prelude::*;

use super::{output, outputs, plus_one, same, times_ten};

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
enum Way {
    Step(u32),
    Out(u32),
    Course(u32),
    Runtime(u32),
    Host(u32),
    Input(u32),
    Branches(u32),
}

#[node]
async fn ways(number: u32) -> Way {
    match number {
        0 => Way::Step(0),
        1 => Way::Out(1),
        2 => Way::Course(2),
        3 => Way::Runtime(3),
        4 => Way::Host(4),
        5 => Way::Input(5),
        _ => Way::Branches(6),
    }
}

#[node]
async fn show(way: Way) -> u32 {
    match way {
        Way::Step(n) | Way::Out(n) | Way::Course(n) | Way::Runtime(n) => n + 100,
        Way::Host(n) | Way::Input(n) | Way::Branches(n) => n + 200,
    }
}

/// Each of these is what the expansion calls something of its own.
#[tokio::test]
async fn bindings_may_have_any_name() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        ways -> match {
            Way::Step(step) => plus_one(step),
            Way::Out(out) => plus_one(out),
            Way::Course(course) => plus_one(course),
            Way::Runtime(runtime) => plus_one(runtime),
            Way::Host(host) => plus_one(host),
            Way::Input(input) => plus_one(input),
            Way::Branches(branches) => plus_one(branches),
        }
    };
    for input in 0..=6 {
        assert_eq!(output(&flow, input).await?, input + 1);
    }
    Ok(())
}

#[tokio::test]
async fn bindings_in_arms_that_pass_the_whole_value_on_may_have_any_name() -> Result<(), FlowError>
{
    let flow = flow! {
        #[flow(durable)]
        ways -> [
            match {
                Way::Step(step) if *step == 0 => show,
                Way::Out(out) if *out == 1 => show,
                Way::Course(course) if *course == 2 => show,
                Way::Runtime(runtime) if *runtime == 3 => show,
                Way::Host(host) if *host == 4 => show,
                Way::Input(input) if *input == 5 => show,
                branches => show,
            },
            match { out => show(out) },
        ]
    };
    for input in 0..=6 {
        let shown = if input < 4 { input + 100 } else { input + 200 };
        assert_eq!(outputs(&flow, input).await?, [shown; 2]);
    }
    Ok(())
}

/// A binding may be called as a node is.
#[tokio::test]
async fn a_binding_may_be_called_as_its_node() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        same -> match {
            plus_one if *plus_one == 0 => plus_one,
            times_ten => times_ten(times_ten),
        }
    };
    assert_eq!(output(&flow, 0u32).await?, 1);
    assert_eq!(output(&flow, 2u32).await?, 20);
    Ok(())
}
