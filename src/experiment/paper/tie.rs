//! 18. Why order is exactly a half without EP.

use super::parts::{COIN, EFFECTIVE, Runs, after, cut, models, open, seeds, without};
use crate::analysis::{Score, Term};
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Experiment, Intervention, Job, Measure, Measurement, Metric,
    Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 18,
    name: "tie",
    title: "Why exactly a half",
    claim: "Without EP a strip and its swap, the strip on which the two objects have changed places, have one embedding. Whichever caption of the two it is nearer to, that is right for one of them and wrong for the other: a half of the order, however the model has been trained. No other term has a part in it.",
    rule: "Mean cosine of a strip and its swap on unseen pairs, medians over seeds: at most 0.9 as the model is; at least 0.99 without EP, with order 0.4 to 0.6; and within 0.05 of the model's own without any one of PE, PP, BP, BE and VP. All three reproduce it, some partly.",
    jobs,
    summarise,
};

/// The terms that have no part in it. Without EE the objects are not found, and strips are alike for that.
const OTHERS: [Term; 5] = [Term::PE, Term::PP, Term::BP, Term::BE, Term::VP];

fn jobs(scale: Scale) -> Vec<Job> {
    let measures = [
        Measure::Accuracies(vec![Split::Unseen]),
        without(&[Term::EP]),
        Measure::SwapCosine(EFFECTIVE.map(|term| cut(&[term])).into()),
    ];
    seeds(&Config::default(), scale.pick(2, 4, 16), 1000, &measures)
}

fn cosine(term: Term) -> Metric {
    Metric::SwapCosine(Intervention::Ablation(cut(&[term])))
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let own = Metric::SwapCosine(Intervention::None);
    let nothing = ("nothing".to_owned(), own.clone());
    let cuts = EFFECTIVE.map(|term| (term.name().to_owned(), cosine(term)));
    let rows: Vec<_> = std::iter::once(nothing).chain(cuts).collect();
    let charts = vec![Chart::Rows {
        title: "cosine of a strip and its swap, without a term".to_owned(),
        x: Axis::share("cosine"),
        rows: runs.rows(&rows, None),
    }];
    if runs.spread(&own).is_none() || runs.spread(&cosine(Term::EP)).is_none() {
        return open(charts);
    }
    let order = after(&[Term::EP], Score::Order);
    let finding = format!(
        "Over {}, the embeddings of a strip and its swap have a cosine of {}; without EP it is {}, and order {}. Without PE, PP, BP, BE or VP it is {}.",
        models(runs.count()),
        runs.text(&own),
        runs.text(&cosine(Term::EP)),
        runs.text(&order),
        OTHERS.map(|term| runs.text(&cosine(term))).join(", "),
    );
    let kept = OTHERS.map(|term| {
        let what = format!("change without {}", term.name());
        let change = runs.median(&cosine(term)) - runs.median(&own);
        Condition::new(what, change, Bound::Between(-0.05, 0.05))
    });
    let criteria = vec![
        Condition::new("cosine of strip and swap", runs.median(&own), Bound::AtMost(0.9)).into(),
        Criterion(vec![
            Condition::new(
                "the same without EP",
                runs.median(&cosine(Term::EP)),
                Bound::AtLeast(0.99),
            ),
            Condition::new("order without EP", runs.median(&order), COIN),
        ]),
        Criterion(kept.into()),
    ];
    Summary::decided(criteria, finding, charts)
}
