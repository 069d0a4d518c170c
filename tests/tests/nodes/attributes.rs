//! Attributes and visibility go with the function to the type beside it. What is checked
//! here is checked by the compiler: a lint that is expected and does not fire is an error.
//! Docs and public visibility are proved by the crate in `src/lib.rs`.

#![deny(unfulfilled_lint_expectations)]

use penguiflow::prelude::*;

mod inner {
    use super::node;

    pub(super) mod deeper {
        use super::node;

        #[node]
        pub(in crate::attributes) async fn narrow(n: u32) -> u32 {
            n + 1
        }
    }

    #[node]
    pub(crate) async fn wide(n: u32) -> u32 {
        n * 2
    }
}

#[tokio::test]
async fn visibility_carries_over() -> Result<(), FlowError> {
    use inner::wide;
    assert_eq!(flow! { inner::deeper::narrow -> wide }.run(1).await?, 4);
    Ok(())
}

#[deprecated = "use `renewed`"]
#[node]
async fn outdated(n: u32) -> u32 {
    n
}

#[expect(deprecated, reason = "the type is deprecated as the function is")]
type Outdated = outdated;

#[test]
fn deprecation_carries_over() {
    assert!(std::any::type_name::<Outdated>().ends_with("::outdated"));
}

#[cfg(any())]
#[node]
async fn not_there(_: Missing) -> AlsoMissing {}

#[node]
#[cfg(any())]
async fn not_there_either(_: Missing) -> AlsoMissing {}

#[cfg(not(any()))]
#[node]
async fn chosen(n: u32) -> u32 {
    n + 1
}

#[node]
#[cfg(any())]
async fn chosen(n: u32) -> u32 {
    n + 2
}

#[cfg(any())]
#[node]
impl Missing {
    async fn call(&self, _: ()) {}
}

#[node]
#[cfg(any())]
impl Missing {
    async fn call(&self, _: ()) {}
}

/// Both orders: what is configured out takes its type and its impls along.
#[tokio::test]
async fn cfg_carries_over() -> Result<(), FlowError> {
    assert_eq!(flow! { chosen }.run(1).await?, 2);
    Ok(())
}

#[allow(non_snake_case)]
#[node]
#[allow(unused_variables)]
async fn CamelCase(unused: u32) -> u32 {
    1
}

#[must_use]
#[inline]
#[node]
async fn with_more_attributes(n: u32) -> u32 {
    n
}

#[tokio::test]
async fn other_attributes_stay_with_the_function() -> Result<(), FlowError> {
    assert_eq!(flow! { CamelCase -> with_more_attributes }.run(7).await?, 1);
    Ok(())
}
