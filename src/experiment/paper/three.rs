//! 10. Three objects.

use super::parts::{ABLATED, Runs, ablation_chart, after, cut, models, on, open, seeds, to_plateau, without};
use super::subsets;
use crate::analysis::{Score, Term};
use crate::config::{Config, Preset, ValidConfig};
use crate::experiment::{
    Bound, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric, Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 10,
    name: "three",
    title: "Three objects",
    claim: "The mechanism replicates with three objects: unseen triples are ordered right, and without EP no longer.",
    rule: "With 15 labels in triples and with 8: median order on unseen triples (chance 1/6, against all five other orders) at least 0.8; without EP at most 0.3, with recognition within 0.1 of before. All six reproduce it, some partly.",
    jobs,
    summarise,
};

/// Order without what it comes from, of six.
const CHANCE: Bound = Bound::AtMost(0.3);

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes];
    measures.extend(ABLATED.map(|term| without(&[term])));
    if scale == Scale::Full {
        subsets::add(&mut measures);
    }
    // Of 15 labels' 2730 triples a batch holds one single object a step; 8 labels make 336.
    let jobs = |pair_labels, count| {
        seeds(
            &Config {
                pair_labels,
                ..Preset::Three.config()
            },
            count,
            2000,
            &measures,
        )
    };
    let jobs = [jobs(8, scale.pick(2, 2, 5)), jobs(15, scale.pick(0, 1, 5))];
    to_plateau(jobs.concat(), scale)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let sets: Vec<(u32, Runs)> = [8, 15]
        .into_iter()
        .filter(|labels| jobs.iter().any(|job| job.config.pair_labels == *labels))
        .map(|labels| (labels, runs.whose(move |c: &ValidConfig| c.pair_labels == labels)))
        .collect();
    let cuts = ABLATED.map(|term| cut(&[term]));
    let chart = |(labels, runs): &(u32, Runs), score: Score, chance: Option<f64>| {
        let title = format!(
            "{} on unseen triples without a term, {labels} labels in triples",
            score.name()
        );
        ablation_chart(runs, &title, &cuts, score, chance)
    };
    let charts = sets
        .iter()
        .flat_map(|set| {
            [
                chart(set, Score::Order, Some(1.0 / 6.0)),
                chart(set, Score::Recognition, None),
            ]
        })
        .collect();
    if sets.iter().any(|(_, runs)| runs.count() == 0) {
        return open(charts);
    }
    let text = |(labels, runs): &(u32, Runs)| {
        format!(
            "With {labels} labels in triples, over {}{}, order is {} on seen and {} on unseen triples (chance 0.17), recognition {}, retrieval on single objects {}; without EP order is {} and recognition {}.{}",
            models(runs.count()),
            runs.until(),
            runs.text(&on(Split::Seen, Score::Order)),
            runs.text(&Metric::unseen(Score::Order)),
            runs.text(&Metric::unseen(Score::Recognition)),
            runs.text(&on(Split::Single, Score::Retrieval)),
            runs.text(&after(&[Term::EP], Score::Order)),
            runs.text(&after(&[Term::EP], Score::Recognition)),
            subsets::sentence(&[("these", runs)], CHANCE),
        )
    };
    let criteria = sets.iter().flat_map(|(labels, runs)| {
        let order = runs.median(&Metric::unseen(Score::Order));
        let cut = runs.median(&after(&[Term::EP], Score::Order));
        let recognition = runs.median(&after(&[Term::EP], Score::Recognition))
            - runs.median(&Metric::unseen(Score::Recognition));
        [
            Condition::new(format!("{labels} labels: order"), order, Bound::AtLeast(0.8)),
            Condition::new(format!("{labels} labels: order without EP"), cut, CHANCE),
            Condition::new(
                format!("{labels} labels: change of recognition without EP"),
                recognition,
                Bound::Between(-0.1, 0.1),
            ),
        ]
    });
    let criteria = criteria.map(Criterion::from).collect();
    let finding = sets.iter().map(text).collect::<Vec<_>>().join(" ");
    Summary::decided(criteria, finding, charts)
}
