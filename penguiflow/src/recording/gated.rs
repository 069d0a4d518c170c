//! The picture of a time line where its feature is switched off: it names the feature where it is called.

use super::TimeLine;
use crate::graph::FeatureSvg;

impl TimeLine {
    #[doc(hidden)]
    pub fn to_svg(&self) -> String
    where
        for<'a> &'a Self: FeatureSvg,
    {
        String::new()
    }
}
