//! Where nodes may stand and what they may be called: other modules, other crates, inside
//! functions, keywords, and the words that the expansion itself uses.

use penguiflow::prelude::*;
use penguiflow_tests::{Checkout, Price, discounts, price};

mod kitchen {
    use penguiflow::prelude::node;

    /// Not importable from where it is used: only the node is.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Dish(pub(super) String);

    #[node]
    pub(super) async fn cook(order: &str) -> Dish {
        Dish(order.to_owned())
    }

    pub(super) mod bar {
        #[penguiflow::node]
        pub(in super::super) async fn pour(dish: super::Dish) -> String {
            format!("{} with wine", dish.0)
        }
    }
}

#[tokio::test]
async fn nodes_are_named_by_paths() -> Result<(), FlowError> {
    let order = || "fish".to_owned();
    let output = flow! { kitchen::cook -> kitchen::bar::pour }
        .run(order())
        .await?;
    assert_eq!(output, "fish with wine");
    let output = flow! { self::kitchen::cook -> crate::places::kitchen::bar::pour }
        .run(order())
        .await?;
    assert_eq!(output, "fish with wine");
    Ok(())
}

#[tokio::test]
async fn one_use_brings_function_and_node() -> Result<(), FlowError> {
    use kitchen::bar::pour as serve;
    use kitchen::cook;
    let dish = cook("krill").await;
    assert_eq!(serve(dish).await, "krill with wine");
    let flow = flow! { cook -> serve };
    assert_eq!(flow.run("krill".to_owned()).await?, "krill with wine");
    Ok(())
}

#[tokio::test]
async fn nodes_and_flows_come_from_other_crates() -> Result<(), FlowError> {
    let flow = flow! { price -> discounts::tenth_off };
    assert_eq!(flow.run("fish".to_owned()).await?, Price(225));
    let flow = flow! { penguiflow_tests::price -> penguiflow_tests::discounts::tenth_off };
    assert_eq!(flow.run("fish".to_owned()).await?, Price(225));
    Ok(())
}

/// `check`, `charge` and `Checked` are private to their crate.
#[tokio::test]
async fn a_public_flow_may_have_private_nodes() -> Result<(), FlowError> {
    assert_eq!(Checkout::flow().run(250).await?, Price(250));
    Ok(())
}

#[tokio::test]
async fn nodes_may_stand_inside_functions() -> Result<(), FlowError> {
    #[node]
    async fn local(n: u32) -> u32 {
        n + 1
    }
    flow! {
        struct Local(u32) -> u32;
        local;
    }
    assert_eq!(Local::flow().run(1).await?, 2);
    assert_eq!(flow! { local }.run(1).await?, 2);
    Ok(())
}

#[node]
async fn r#type(n: u32) -> u32 {
    n + 1
}

#[node]
async fn r#match(n: u32) -> u32 {
    n * 2
}

struct Add(u32);

#[node]
impl Add {
    async fn call(&self, n: u32) -> u32 {
        n + self.0
    }
}

#[tokio::test]
async fn keywords_are_names_too() -> Result<(), FlowError> {
    let flow = flow! {
        let r#in: Add = Add(100);
        r#type -> r#match -> r#in
    };
    assert_eq!(flow.run(1).await?, 104);
    let names: Vec<_> = flow.graph().nodes.iter().map(|node| node.name).collect();
    assert_eq!(names, ["type", "match", "in"]);
    Ok(())
}

/// Words of the expansion, and of the prelude.
mod words {
    use penguiflow::prelude::node;

    macro_rules! nodes {
        ($($name:ident)*) => {$(
            #[node]
            pub(super) async fn $name(n: u32) -> u32 {
                n + 1
            }
        )*};
    }
    nodes! { p input out step course host runtime visit advance enter flow node mention1 result last }
}

#[tokio::test]
async fn a_node_may_be_called_like_a_word_of_the_expansion() -> Result<(), FlowError> {
    use words::*;
    let flow = flow! {
        p -> input -> out -> step -> course -> host -> runtime -> visit;
        visit -> advance -> enter -> words::flow -> words::node -> mention1 -> result;
        result -> words::last;
    };
    assert_eq!(flow.run(0).await?, 15);
    Ok(())
}

#[tokio::test]
async fn functions_stay_callable() {
    assert_eq!(r#type(1).await, 2);
    assert_eq!(price("fish").await, Ok(Price(250)));
    assert_eq!(discounts::tenth_off(Price(100)).await, Price(90));
}
