//! Which terms carry the order, named by search: of all sets of terms the smallest without which it is a coin
//! toss while the objects are still recognised.

use super::parts::{EFFECTIVE, Runs, after, number, without};
use crate::analysis::{Score, Term};
use crate::experiment::{Bound, Measure, Metric, Values};

/// How much recognition a cut may cost that is said to take the order alone.
const COST: f64 = 0.1;

/// Every set of the terms that change a row, and VP, smaller ones first.
fn subsets() -> Vec<Vec<Term>> {
    let all = EFFECTIVE.len() as u32;
    let of_size = |size| (1u32..1 << all).filter(move |set| set.count_ones() == size);
    (1..=all)
        .flat_map(of_size)
        .map(|set| {
            let chosen = EFFECTIVE.iter().enumerate();
            chosen
                .filter(|(place, _)| set >> place & 1 == 1)
                .map(|(_, term)| *term)
                .collect()
        })
        .collect()
}

/// Adds the accuracies on unseen pairs without each of them, where they are not measured already.
pub fn add(measures: &mut Vec<Measure>) {
    for terms in subsets() {
        let measure = without(&terms);
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
}

/// The smallest sets without which a model's order is at chance and its recognition as good as before; none
/// where no set is that, or none was measured.
fn smallest(values: &Values, chance: Bound) -> Vec<Vec<Term>> {
    let recognition = number(values, &Metric::unseen(Score::Recognition));
    let carries = |terms: &Vec<Term>| {
        chance.holds(number(values, &after(terms, Score::Order)))
            && number(values, &after(terms, Score::Recognition)) >= recognition - COST
    };
    let mut found: Vec<Vec<Term>> = subsets().into_iter().filter(carries).collect();
    let least = found.first().map_or(0, Vec::len);
    found.retain(|terms| terms.len() == least);
    found
}

/// The same in a sentence, for groups of models by name, with a space before it; empty where no set was
/// measured.
pub fn sentence(groups: &[(&str, &Runs)], chance: Bound) -> String {
    let said = groups.iter().filter_map(|(name, runs)| {
        let sets = told(runs, chance)?;
        Some(format!("{name}: {sets}"))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        return String::new();
    }
    format!(
        " The smallest sets of terms without which order is at chance while the objects are still recognised: {}.",
        said.join("; ")
    )
}

/// How often each set is among a model's smallest, the most frequent first: `EP in 3 of 5, EP+VP in 2 of 5`.
/// None where the sets were not measured.
fn told(runs: &Runs, chance: Bound) -> Option<String> {
    let measured = |values: &Values| {
        let all: Vec<Term> = EFFECTIVE.into();
        values.get(&after(&all, Score::Order)).is_some()
    };
    let models: Vec<&Values> = runs
        .iter()
        .map(|(_, values)| values)
        .filter(|v| measured(v))
        .collect();
    let each: Vec<Vec<Vec<Term>>> = models.iter().map(|values| smallest(values, chance)).collect();
    let count = |terms: &Vec<Term>| each.iter().filter(|sets| sets.contains(terms)).count();
    let counted: Vec<(usize, String)> = subsets()
        .iter()
        .map(|terms| {
            let name: Vec<&str> = terms.iter().map(|term| term.name()).collect();
            (count(terms), name.join("+"))
        })
        .collect();
    let all = models.len();
    let so_often = |often| counted.iter().filter(move |(count, _)| *count == often);
    let none = (
        each.iter().filter(|sets| sets.is_empty()).count(),
        "no set at all".to_owned(),
    );
    let said = (1..=all)
        .rev()
        .flat_map(so_often)
        .chain((none.0 > 0).then_some(&none))
        .map(|(count, name)| format!("{name} in {count} of {all}"));
    (all > 0).then(|| said.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::parts::COIN;
    use super::*;

    #[test]
    fn there_are_all_subsets_and_the_smallest_that_takes_order_alone_is_found() {
        assert_eq!(
            (subsets().len(), subsets()[0].len(), subsets()[126].len()),
            (127, 1, 7)
        );
        // A model whose order EP and PP carry, either alone; without EE it recognises nothing.
        let values: Values = subsets()
            .iter()
            .flat_map(|terms| {
                let both = terms.contains(&Term::EP) && terms.contains(&Term::PP);
                let order = if both { 0.5 } else { 1.0 };
                let blind = terms.contains(&Term::EE);
                let recognition = if blind { 0.1 } else { 0.95 };
                [
                    (after(terms, Score::Order), if blind { 0.5 } else { order }),
                    (after(terms, Score::Recognition), recognition),
                ]
            })
            .chain([(Metric::unseen(Score::Recognition), 1.0)])
            .collect();
        assert_eq!(smallest(&values, COIN), [[Term::EP, Term::PP]]);
        assert!(smallest(&values, Bound::AtMost(0.3)).is_empty());
        assert!(smallest(&Values::default(), COIN).is_empty());
    }
}
