//! Spread over seeds.

/// Median, least and greatest of some numbers, how sure the median is, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle value, or the mean of the two in the middle.
    pub median: f64,
    /// The lower end of the median's 95 % bootstrap interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The least value.
    pub least: f64,
    /// The greatest value.
    pub most: f64,
    /// How many values there are.
    pub count: usize,
}

impl Spread {
    /// From so many values on a sentence says how sure the median is; of fewer the interval is the range, or
    /// nearly so.
    const MANY: usize = 5;

    /// Of the numbers that are finite; none where there are none.
    pub fn finite(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let values = sorted(values.into_iter().filter(|x| x.is_finite()).collect());
        let (least, most) = (*values.first()?, *values.last()?);
        let (lower, upper) = ((values.len() - 1) / 2, values.len() / 2);
        Some(Spread {
            median: (values[lower] + values[upper]) / 2.0,
            low: values[bootstrap(values.len(), lower, 0.025)],
            high: values[bootstrap(values.len(), upper, 0.975)],
            least,
            most,
            count: values.len(),
        })
    }
}

/// The percentile of a middle value's bootstrap distribution, as a place among `n` sorted values: the first
/// whose share of resamples, with a middle value there or before, is at least `share`. It is what
/// infinitely many resamples tend to (Efron 1979): the middle value of a resample is at most the `k`-th where
/// more than `middle` of its `n` draws are, and each draw is with a chance of `k / n`.
fn bootstrap(n: usize, middle: usize, share: f64) -> usize {
    let below = |place: usize| more_than(middle, n, (place + 1) as f64 / n as f64) < share;
    let places: Vec<usize> = (0..n - 1).collect();
    places.partition_point(|place| below(*place))
}

/// The chance that more than `least` of `n` independent draws succeed, each with a chance of `p` below one.
fn more_than(least: usize, n: usize, p: f64) -> f64 {
    let (mut ways, mut chance) = (0.0, 0.0);
    for successes in 0..=n {
        let failures = (n - successes) as f64;
        if successes > least {
            chance += f64::exp(ways + successes as f64 * p.ln() + failures * (1.0 - p).ln());
        }
        // The logarithm of n over successes.
        ways += f64::ln(failures / (successes + 1) as f64);
    }
    chance
}

impl std::fmt::Display for Spread {
    /// The median; of several values, least and greatest in brackets; of many, the interval before these.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", decimal(self.median))?;
        if self.count >= Spread::MANY {
            write!(f, " [{}, {}]", decimal(self.low), decimal(self.high))?;
        }
        if self.count > 1 {
            write!(f, " ({} to {})", decimal(self.least), decimal(self.most))?;
        }
        Ok(())
    }
}

/// What a sentence has in the place of a number that no model has.
pub const NO_NUMBER: &str = "–";

/// A number in a sentence: two decimals, one from 10 on, and no zero below zero.
pub fn decimal(x: f64) -> String {
    if x.is_nan() {
        return NO_NUMBER.to_owned();
    }
    let text = if x.abs() < 10.0 {
        format!("{x:.2}")
    } else {
        format!("{x:.1}")
    };
    if text == "-0.00" { "0.00".to_owned() } else { text }
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The different values among some, in order.
pub fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values = sorted(values.collect());
    values.dedup();
    values
}

/// The median, or NaN of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    Spread::finite(values).map_or(f64::NAN, |spread| spread.median)
}

/// Spearman's rank correlation; NaN of fewer than three pairs, or where either side does not vary.
pub fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (x, y) = (ranks(&x), ranks(&y));
    let mean = (x.len() as f64 - 1.0) / 2.0;
    // Of two deviations from a mean, which is both sides' here, one is enough.
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * (b - mean)).sum::<f64>();
    if pairs.len() < 3 {
        f64::NAN
    } else {
        sum(&x, &y) / (sum(&x, &x) * sum(&y, &y)).sqrt()
    }
}

/// Ranks from 0; equals share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |x: f64| values.iter().filter(|y| **y < x).count() as f64;
    let equal = |x: f64| values.iter().filter(|y| **y == x).count() as f64;
    values
        .iter()
        .map(|x| below(*x) + (equal(*x) - 1.0) / 2.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_is_of_the_finite() {
        let spread = Spread::finite([3.0, f64::NAN, 1.0, 2.0, 10.0]).unwrap();
        assert_eq!(
            (spread.median, spread.least, spread.most, spread.count),
            (2.5, 1.0, 10.0, 4)
        );
        assert_eq!(Spread::finite([f64::NAN]), None);
        assert_eq!(
            (spread.to_string(), Spread::finite([2.0]).unwrap().to_string()),
            ("2.50 (1.00 to 10.0)".to_owned(), "2.00".to_owned())
        );
    }

    /// The interval is that of all resamples there are, counted one by one; of more values it is narrower.
    #[test]
    fn the_interval_is_that_of_every_resample() {
        let values = [0.1, 0.2, 0.4, 0.8, 1.6];
        let resample = |i: usize| sorted((0..5).map(|digit| values[i / 5usize.pow(digit) % 5]).collect())[2];
        let medians = sorted((0..5usize.pow(5)).map(resample).collect());
        let percentile = |share: f64| medians[(share * medians.len() as f64).ceil() as usize - 1];
        let spread = Spread::finite(values).unwrap();
        assert_eq!((spread.low, spread.high), (percentile(0.025), percentile(0.975)));
        assert_eq!(spread.to_string(), "0.40 [0.10, 1.60] (0.10 to 1.60)");
        let many = Spread::finite((1..=101).map(f64::from)).unwrap();
        assert_eq!((many.low, many.median, many.high), (41.0, 51.0, 61.0));
        // Of an even number it holds the interval of either middle value, and a far value moves nothing.
        let sixteen = Spread::finite((1..=15).map(f64::from).chain([1000.0])).unwrap();
        assert_eq!((sixteen.low, sixteen.median, sixteen.high), (4.0, 8.5, 13.0));
    }

    #[test]
    fn numbers_in_sentences_are_short() {
        let told = [0.0, -0.001, 2.345, -9.994, 10.0, -123.456, f64::NAN].map(decimal);
        assert_eq!(told, ["0.00", "0.00", "2.35", "-9.99", "10.0", "-123.5", "–"]);
        assert_eq!(distinct([2.0, 1.0, 2.0].into_iter()), [1.0, 2.0]);
        assert!(median([]).is_nan());
        assert_eq!(median([1.0, 4.0]), 2.5);
    }

    #[test]
    fn rank_correlation_sees_order_only() {
        let up: Vec<(f64, f64)> = (0..6).map(|i| (f64::from(i), f64::from(i).exp())).collect();
        let down: Vec<(f64, f64)> = up.iter().map(|(x, y)| (*x, -y)).collect();
        assert!((rank_correlation(&up) - 1.0).abs() < 1e-12 && (rank_correlation(&down) + 1.0).abs() < 1e-12);
        // By hand: two neighbours of four the other way round, and two that are equal.
        let almost = [(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 9.0)];
        assert!((rank_correlation(&almost) - 0.8).abs() < 1e-12);
        let equals = [(1.0, 1.0), (2.0, 5.0), (3.0, 5.0), (4.0, 9.0)];
        assert!((rank_correlation(&equals) - 4.5 / 22.5f64.sqrt()).abs() < 1e-12);
        // Two pairs are always in order or in reverse, and equals have none.
        assert!(rank_correlation(&[(1.0, 2.0), (2.0, 3.0)]).is_nan());
        assert!(rank_correlation(&[(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]).is_nan());
    }
}
