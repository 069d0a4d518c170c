//! Methods of a feature that is switched off: they exist to name the feature where they are called, and
//! nothing can call them, since their bound holds for nothing.

#[cfg(not(feature = "svg"))]
use super::Graph;

/// The bound of methods behind the feature `svg`.
///
/// ```compile_fail,E0277
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// flow! { double }.graph().to_svg();
/// ```
#[cfg(not(feature = "svg"))]
#[diagnostic::on_unimplemented(
    message = "this method needs the feature `svg` of `penguiflow`",
    label = "behind the feature `svg`",
    note = "in `Cargo.toml`: `penguiflow = {{ …, features = [\"svg\"] }}`"
)]
pub trait FeatureSvg {}

/// The bound of methods behind the feature `testing`.
///
/// ```compile_fail,E0277
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// flow! { double }.stub::<double>(|n: u32| async move { n });
/// ```
#[cfg(not(feature = "testing"))]
#[diagnostic::on_unimplemented(
    message = "this method needs the feature `testing` of `penguiflow`",
    label = "behind the feature `testing`",
    note = "in `Cargo.toml`, below `[dev-dependencies]`: `penguiflow = {{ …, features = [\"testing\"] }}`"
)]
pub trait FeatureTesting {}

// A bound without a variable would be refused here already, and not where the method is called.
#[cfg(not(feature = "svg"))]
impl Graph {
    #[doc(hidden)]
    pub fn to_svg(&self) -> String
    where
        for<'a> &'a Self: FeatureSvg,
    {
        String::new()
    }

    #[doc(hidden)]
    pub fn svg(&self) -> String
    where
        for<'a> &'a Self: FeatureSvg,
    {
        String::new()
    }
}
