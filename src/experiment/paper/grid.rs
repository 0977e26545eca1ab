//! 9. Two dimensions.

use super::parts::{Runs, SKILL, coin, models, named, number, open, preset, seeds, without};
use crate::analysis::Term;
use crate::config::Config;
use crate::experiment::{Axis, Chart, Experiment, Job, Measure, Measurement, Scale, Summary, Values, Verdict};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 9,
    name: "grid",
    title: "Two dimensions",
    claim: "The mechanism is the same on a 4 x 4 grid: EP falls from left to right, and without it the order is lost.",
    rule: "Median order on unseen pairs at least 0.9, and 0.4 to 0.6 without EP, for left of and for left of and above together. All four reproduce it, some partly.",
    jobs,
    summarise,
};

const TERMS: [Term; 5] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::VP];

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes, Measure::EpRows];
    measures.extend(TERMS.map(|term| without(&[term])));
    let count = scale.pick(1, 2, 5);
    let of = |name, steps| seeds(&preset(name), count, steps, &measures);
    // Two relations take longer: at step 1500 order on unseen pairs is 0.78.
    [of("grid", 1500), of("grid-above", scale.pick(5000, 6000, 6000))].concat()
}

/// One head's EP over the cells.
fn map(values: &Values, preset: &str, head: usize, side: usize) -> Option<Chart> {
    let cells: Vec<Option<f64>> = (0..side * side).map(|i| values.get(&format!("ep.{head}.{i}")).copied()).collect();
    let most = cells.iter().flatten().fold(1.0f64, |most, x| most.max(x.abs()));
    cells[0].is_some().then(|| Chart::Map {
        title: format!("EP, {preset}, head {head}, first seed"),
        x_label: "column".to_owned(),
        columns: (1..=side).map(|i| i.to_string()).collect(),
        y_label: "row".to_owned(),
        rows: (1..=side).map(|i| i.to_string()).collect(),
        cells,
        range: [-most, most],
        names: Vec::new(),
    })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let of = |above: bool| runs.whose(move |c: &Config| c.above == above);
    let (left, both) = (of(false), of(true));
    let mut charts = Vec::new();
    for (name, runs) in [("left of", &left), ("left of and above", &both)] {
        let names: Vec<(String, String)> = std::iter::once(("nothing".to_owned(), "unseen.order".to_owned()))
            .chain(TERMS.map(|term| (named(&[term]), format!("{} unseen.order", named(&[term])))))
            .collect();
        let title = format!("order on unseen pairs without a term, {name}");
        charts.push(Chart::Rows { title, x: Axis::share("order"), rows: runs.rows(&names, Some(0.5)) });
        if let Some((config, values)) = runs.iter().next() {
            charts.extend((0..config.heads as usize).filter_map(|head| map(values, name, head, config.pixels.isqrt() as usize)));
        }
    }
    if left.count() == 0 || both.count() == 0 {
        return open(charts);
    }
    // The steepest slope across columns and down rows, of any head.
    let steepest = |runs: &Runs, key: &str| {
        let most = |v: &Values| (0..16).map(|h| number(v, &format!("{key}.{h}")).abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
        runs.told(most)
    };
    let of = |name: &str, runs: &Runs| {
        format!(
            "{name}: order on unseen pairs {}, without EP {} (recognition {}); EP's steepest slope is {} logits per column and {} per row",
            runs.text("unseen.order"),
            runs.text("EP unseen.order"),
            runs.text("EP unseen.recognition"),
            steepest(runs, "slope"),
            steepest(runs, "down"),
        )
    };
    let finding = format!("{}. {}. Over {}.", of("Left of", &left), of("Left of and above", &both), models(runs.count()));
    let parts = [&left, &both].map(|runs| [runs.median("unseen.order") >= SKILL, coin(runs.median("EP unseen.order"))]).concat();
    Summary { verdict: Verdict::of(&parts), finding, charts }
}
