//! Spread over seeds.

/// Median, least and greatest of some numbers, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle value, or the mean of the two in the middle.
    pub median: f64,
    /// The least value.
    pub least: f64,
    /// The greatest value.
    pub most: f64,
    /// How many values there are.
    pub count: usize,
}

impl Spread {
    /// Of the numbers that are finite; none where there are none.
    pub fn finite(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let values = sorted(values.into_iter().filter(|x| x.is_finite()).collect());
        let (least, most) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            (values[middle - 1] + values[middle]) / 2.0
        };
        Some(Spread {
            median,
            least,
            most,
            count: values.len(),
        })
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            1 => write!(f, "{}", decimal(self.median)),
            _ => write!(
                f,
                "{} ({} to {})",
                decimal(self.median),
                decimal(self.least),
                decimal(self.most)
            ),
        }
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
