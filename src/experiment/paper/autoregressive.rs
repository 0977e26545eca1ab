//! 12. The autoregressive model.

use super::parts::{
    COIN, Runs, SKILL, ablation_chart, after, cut, models, number, open, seeds, to_plateau, without,
};
use super::subsets;
use crate::analysis::{Score, Term};
use crate::config::{Preset, ValidConfig};
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric, Point, Scale,
    Series, Summary, decimal, median,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 12,
    name: "autoregressive",
    title: "A model that writes the caption",
    claim: "An autoregressive VLM, one causal Transformer that reads the strip and writes the caption, shows the same mechanism (App. O).",
    rule: "Where held labels are in no training pair and where they meet others: what is written of unseen pairs is true in at least 0.9 (median); the steepest EP slope where the first object is named is at least 0.3 logits per pixel; and without EP at least 0.2 fewer are true. All six reproduce it, some partly.",
    jobs,
    summarise,
};

const CUTS: [&[Term]; 8] = [
    &[Term::EP],
    &[Term::PE],
    &[Term::PP],
    &[Term::BP],
    &[Term::VP],
    &[Term::EP, Term::PP],
    &[Term::EP, Term::PP, Term::BP],
    &[Term::EP, Term::VP],
];

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![
        Measure::Accuracies(Split::ALL.to_vec()),
        Measure::Slopes,
        Measure::EpRows,
    ];
    measures.extend(CUTS.map(without));
    if scale == Scale::Full {
        subsets::add(&mut measures);
    }
    let count = scale.pick(1, 2, 5);
    let jobs = |preset: Preset| seeds(&preset.config(), count, 1000, &measures);
    let jobs = [jobs(Preset::AutoregressiveMixed), jobs(Preset::Autoregressive)];
    to_plateau(jobs.concat(), scale)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let runs_of = |mixed: bool| runs.whose(move |c: &ValidConfig| c.mixed == mixed);
    let (met, strict) = (runs_of(true), runs_of(false));
    let cuts = CUTS.map(cut);
    let mut charts = vec![
        ablation_chart(
            &met,
            "what is written of unseen pairs is true, without terms",
            &cuts,
            Score::Retrieval,
            None,
        ),
        ablation_chart(
            &met,
            "the true order is likelier, without terms",
            &cuts,
            Score::Order,
            Some(0.5),
        ),
    ];
    if let Some((config, values)) = met.iter().next() {
        let series = (0..config.heads).map(|h| Series {
            name: format!("head {h}"),
            points: (0..config.pixels)
                .filter_map(|i| Some(Point::exact(f64::from(i) + 1.0, values.get(&Metric::Ep(h, i))?)))
                .collect(),
        });
        charts.push(Chart::Lines {
            title: "EP where the first object is named, first seed".to_owned(),
            x: Axis::fitted("pixel"),
            y: Axis::fitted("logits"),
            series: series.collect(),
        });
    }
    if met.count() == 0 || strict.count() == 0 {
        return open(charts);
    }
    let slope = |runs: &Runs| median(runs.iter().map(|(_, v)| number(v, &Metric::Slope).abs()));
    let criteria = [("held labels met", &met), ("held labels in no pair", &strict)].into_iter();
    let criteria = criteria.flat_map(|(which, runs)| {
        let before = runs.median(&Metric::unseen(Score::Retrieval));
        let drop = before - runs.median(&after(&[Term::EP], Score::Retrieval));
        [
            Condition::new(
                format!("{which}: what is written is true"),
                before,
                Bound::AtLeast(SKILL),
            ),
            Condition::new(
                format!("{which}: steepest EP slope"),
                slope(runs),
                Bound::AtLeast(0.3),
            ),
            Condition::new(
                format!("{which}: drop of what is true without EP"),
                drop,
                Bound::AtLeast(0.2),
            ),
        ]
    });
    let criteria = criteria.map(Criterion::from).collect();
    let all = after(&[Term::EP, Term::PP, Term::BP], Score::Retrieval);
    let finding = format!(
        "Where held labels meet others in training, what the model writes of unseen pairs is true in {}; without EP in {}, without PP in {}, without EP, PP and BP in {}, without VP in {}. The steepest EP slope where the first object is named is {} logits per pixel. Where held labels are in no training pair it writes the truth in {} and finds the true order likelier in {}. Over {}{}.{}",
        met.text(&Metric::unseen(Score::Retrieval)),
        met.text(&after(&[Term::EP], Score::Retrieval)),
        met.text(&after(&[Term::PP], Score::Retrieval)),
        met.text(&all),
        met.text(&after(&[Term::VP], Score::Retrieval)),
        decimal(slope(&met)),
        strict.text(&Metric::unseen(Score::Retrieval)),
        strict.text(&Metric::unseen(Score::Order)),
        models(runs.count()),
        runs.until(),
        subsets::sentence(&[("held labels met", &met), ("in no pair", &strict)], COIN),
    );
    Summary::decided(criteria, finding, charts)
}
