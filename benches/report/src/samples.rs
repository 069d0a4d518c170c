//! The same figure of several runs.

/// At least one figure.
#[derive(Debug)]
pub struct Samples {
    sorted: Vec<f64>,
}

impl Samples {
    /// Of these figures; there is at least one.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = figures.into_iter().collect();
        assert!(!sorted.is_empty(), "a figure of no run");
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }

    /// The least.
    pub fn min(&self) -> f64 {
        self.sorted[0]
    }

    /// Half of them are less.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// This share of them is less; between two of them, the point on the line from one to the
    /// other.
    pub fn quantile(&self, share: f64) -> f64 {
        let place = (self.sorted.len() - 1) as f64 * share;
        let (lower, upper) = (place.floor() as usize, place.ceil() as usize);
        let (lower, upper) = (self.sorted[lower], self.sorted[upper]);
        lower + (upper - lower) * place.fract()
    }
}

#[cfg(test)]
mod tests {
    use super::Samples;

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        let samples = Samples::of([4.0, 1.0, 2.0, 8.0]);
        assert_eq!((samples.min(), samples.median()), (1.0, 3.0));
        assert_eq!(Samples::of([5.0, 1.0, 2.0]).median(), 2.0);
    }

    #[test]
    fn quartiles_lie_on_the_line_between_two() {
        let samples = Samples::of([1.0, 2.0, 3.0, 5.0]);
        assert_eq!(
            (samples.quantile(0.25), samples.quantile(0.75)),
            (1.75, 3.5)
        );
        assert_eq!(Samples::of([7.0]).quantile(0.75), 7.0);
    }
}
