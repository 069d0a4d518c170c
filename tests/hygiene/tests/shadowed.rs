//! A crate whose own items have the names that generated code relies on.
#![deny(warnings)]
#![allow(
    dead_code,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "the names are what is tested"
)]

use ::penguiflow::FlowError;

mod types {
    use ::penguiflow::{flow, node};

    pub struct Option;
    pub struct Result;
    pub struct String;
    pub struct Vec;
    pub struct Box;
    pub struct Future;
    pub trait Send {}
    pub trait Sync {}
    pub trait Sized {}
    pub trait Clone {}
    pub trait Default {}
    pub trait From {}
    pub trait Into {}
    pub trait Iterator {}
    pub trait IntoIterator {}
    pub trait Fn {}
    pub trait FnOnce {}
    pub fn Ok() {}
    pub fn Err() {}
    pub fn Some() {}
    pub const None: () = ();
    pub fn drop() {}
    pub mod core {}
    pub mod std {}
    pub mod alloc {}
    pub mod penguiflow {}
    pub mod __private {}
    pub type u32 = i8;
    pub type usize = i8;
    pub type bool = i8;
    pub type str = i8;

    type Number = ::core::primitive::u32;
    type Fallible<T> = ::core::result::Result<T, ::std::string::String>;

    #[derive(::core::clone::Clone, ::penguiflow::FromRef)]
    pub struct State {
        number: Number,
    }

    #[derive(::penguiflow::Retryable)]
    pub enum Fault {
        #[retry]
        Once,
        #[after(wait)]
        Later { wait: ::core::time::Duration },
    }

    #[node(retries = 1, backoff = "1ms", timeout = "1s", concurrency = 2)]
    async fn number(number: Number) -> Fallible<Number> {
        ::core::result::Result::Ok(number)
    }

    #[node]
    async fn list(number: Number) -> ::std::vec::Vec<Number> {
        ::std::vec![number; 3]
    }

    #[node(spawn)]
    async fn same(number: Number, state: ::penguiflow::State<Number>) -> Number {
        number + state.0
    }

    #[node(blocking)]
    fn total(numbers: ::std::vec::Vec<Number>) -> Number {
        numbers.iter().sum()
    }

    #[node]
    async fn both((one, other): (Number, Number)) -> Number {
        one + other
    }

    #[node]
    async fn again(number: Number) -> Number {
        number
    }

    #[node]
    async fn last(number: Number) -> Number {
        number
    }

    #[node]
    async fn few(number: Number) -> ::core::option::Option<Number> {
        (number < 100).then_some(number)
    }

    #[node]
    async fn granted((number, text): (Number, String)) -> Number {
        let String = text;
        number
    }

    flow! {
        pub struct Shadowed(Number) -> Number;

        number else again -> [list -> [same; 2] -> join -> total, few] -> join -> both -> match {
            0 => last,
            many if many > 10 => last(many - 1),
            _ => last,
        };
    }

    flow! {
        pub struct Waits(Number) -> Number;

        number -> await String within "1s" -> granted;
    }

    pub fn state() -> State {
        State { number: 1 }
    }
}

#[tokio::test]
async fn what_shadows_the_prelude_is_not_taken_for_it() -> Result<(), FlowError> {
    let flow = types::Shadowed::flow().with_state(types::state());
    assert_eq!(flow.run(1u32).await?, 7);
    Ok(())
}
