//! The further parameters of a node: the context, the state, the headers.

use std::convert::Infallible;
use std::future::Future;

use super::ctx::Ctx;
use super::visit_parts::VisitParts;
use crate::error::{BoxError, Fault};
use crate::message::Headers;
use crate::node::probe::Probe;

/// A parameter of a node beyond its first, made from the visit and the flow's state.
///
/// [`Ctx`], [`State`] and [`Headers`] are such parameters. A type of yours becomes one
/// by implementing this; a rejection ends the trace with the kind `Invalid`, unretried.
/// A node may take any of them by value or by reference.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::VisitParts;
///
/// struct Tenant(String);
///
/// impl<S: Sync> Extract<S> for Tenant {
///     type Rejection = &'static str;
///
///     async fn extract(visit: &VisitParts<'_, S>) -> Result<Self, Self::Rejection> {
///         match visit.headers().tenant.as_str() {
///             "" => Err("the message names no tenant"),
///             name => Ok(Self(name.to_owned())),
///         }
///     }
/// }
///
/// #[node]
/// async fn greet(name: String, Tenant(tenant): Tenant) -> String {
///     format!("hello {name} of {tenant}")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = flow! { greet };
/// let ada = Message::new("Ada".to_owned()).tenant("acme");
/// assert_eq!(flow.run(ada).await?, "hello Ada of acme");
/// assert_eq!(flow.run("Bo".to_owned()).await.unwrap_err().kind(), ErrorKind::Invalid);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a node cannot take `{Self}` as a further parameter in a flow whose state is `{S}`",
    label = "not an extractor",
    note = "further parameters are `Ctx`, `Headers`, `State<T>`, or a type that implements `Extract`"
)]
pub trait Extract<S>: Sized + Send {
    /// Why it could not be made.
    type Rejection: Into<BoxError>;

    /// Makes the parameter for one attempt.
    fn extract(
        visit: &VisitParts<'_, S>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

/// A further parameter of a node, for one attempt.
#[doc(hidden)]
pub async fn extract<T: Extract<S>, S>(visit: &VisitParts<'_, S>) -> Result<T, Fault> {
    let extracted = T::extract(visit).await;
    extracted.map_err(|rejection| Fault::Invalid(rejection.into()))
}

impl<S: Sync> Extract<S> for Ctx {
    type Rejection = Infallible;

    async fn extract(visit: &VisitParts<'_, S>) -> Result<Self, Infallible> {
        Ok(visit.ctx())
    }
}

impl<S: Sync> Extract<S> for Headers {
    type Rejection = Infallible;

    async fn extract(visit: &VisitParts<'_, S>) -> Result<Self, Infallible> {
        Ok(visit.headers().clone())
    }
}

/// A part of the application's state, or all of it.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[derive(Clone)]
/// struct Greeting(&'static str);
///
/// #[derive(Clone, FromRef)]
/// struct App {
///     greeting: Greeting,
/// }
///
/// #[node]
/// async fn greet(name: String, State(greeting): State<Greeting>) -> String {
///     format!("{} {name}", greeting.0)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = flow! { greet }.with_state(App { greeting: Greeting("hello") });
/// assert_eq!(flow.run("Ada".to_owned()).await?, "hello Ada");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct State<T>(pub T);

impl<S: Sync, T: FromRef<S> + Send> Extract<S> for State<T> {
    type Rejection = Infallible;

    async fn extract(visit: &VisitParts<'_, S>) -> Result<Self, Infallible> {
        Ok(Self(T::from_ref(visit.state())))
    }
}

/// A part of the state `S`, as in axum. `#[derive(FromRef)]` on `S` implements it for
/// the type of each of its fields.
#[diagnostic::on_unimplemented(
    message = "the flow's state `{S}` does not provide `{Self}`",
    label = "this flow's state is `{S}`, which does not provide `{Self}`",
    note = "give the flow its state with `.with_state(…)`: a `{Self}`, or a struct that has one and derives `FromRef`",
    note = "`{Self}` must be `Clone`: each node that asks for it is given a copy"
)]
pub trait FromRef<S> {
    /// A copy of the part.
    fn from_ref(state: &S) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> FromRef<T> for T {
    fn from_ref(state: &T) -> T {
        state.clone()
    }
}

impl Probe<Ctx> {
    /// The context is extracted.
    pub const IS_EXTRACTED: bool = true;
}

impl<T> Probe<State<T>> {
    /// A state is extracted.
    pub const IS_EXTRACTED: bool = true;
    /// Nothing is sent by it.
    pub const MAY_SEND: bool = false;
}

impl Probe<Headers> {
    /// Headers are extracted.
    pub const IS_EXTRACTED: bool = true;
    /// Nothing is sent by them.
    pub const MAY_SEND: bool = false;
}
