//! 2. Label against layout diversity: which score each lifts.

use super::parts::{Runs, change, job, models, number, on, open, settings};
use crate::analysis::Score;
use crate::config::{Config, Start, ValidConfig};
use crate::experiment::{
    Bound, Chart, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric, Scale, Summary,
    Values, decimal, median,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 2,
    name: "diversity",
    title: "Label against layout diversity",
    claim: "More labels in pairs (N_pair 5 to 15) lift all three generalizations, unseen pairs from near random to near perfect; more layouts per pair (n_2) do almost nothing.",
    rule: "From each start, on unseen pairs: retrieval, and order as well, gain at least 0.3 from the fewest labels to the most, the layouts held; and more layouts, from the fewest to the most, change each by less than a third of that, the labels held. All reproduce it, some partly.",
    jobs,
    summarise,
};

/// What the models start from: preset `paper`, PyTorch's default for linear maps, and the start that comes nearest
/// to the paper's figures.
const STARTS: [Start; 3] = [Start::Paper, Start::PyTorchLinear, Start::Nearest];

fn jobs(scale: Scale) -> Vec<Job> {
    let labels: Vec<u32> = scale.pick(
        vec![3, 5, 9, 15],
        vec![3, 5, 9, 15],
        vec![2, 3, 4, 5, 6, 8, 10, 12, 15],
    );
    let layouts: Vec<u32> = scale.pick(vec![1, 5, 20, 40], vec![1, 5, 20, 40], vec![1, 2, 5, 10, 20, 40]);
    let starts: &[Start] = scale.pick(&STARTS[..1], &STARTS[..1], &STARTS);
    let mut jobs = Vec::new();
    for seed in 0..scale.pick(1, 2, 8) {
        for start in starts {
            for pair_labels in labels.iter().rev() {
                for pair_layouts in &layouts {
                    let config = start.of(&Config {
                        seed,
                        pair_labels: *pair_labels,
                        pair_layouts: *pair_layouts,
                        ..Config::default()
                    });
                    jobs.push(job(
                        config,
                        1000,
                        vec![Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes],
                    ));
                }
            }
        }
    }
    jobs
}

/// The models of one start, over labels in pairs and layouts per pair.
struct Map<'a> {
    start: Start,
    runs: Runs<'a>,
    labels: &'a [f64],
    layouts: &'a [f64],
}

impl Map<'_> {
    /// The median over seeds of a number at so many labels and layouts, NaN where no model has it.
    fn at(&self, labels: f64, layouts: f64, number: &dyn Fn(&Values) -> f64) -> f64 {
        let here =
            |c: &ValidConfig| (f64::from(c.pair_labels), f64::from(c.pair_layouts)) == (labels, layouts);
        median(self.runs.whose(here).iter().map(|(_, values)| number(values)))
    }

    fn chart(&self, what: &str, number: &dyn Fn(&Values) -> f64, most: f64) -> Chart {
        let rows = || self.layouts.iter().rev();
        let cell = |x: f64| Some(x).filter(|x| x.is_finite());
        Chart::Map {
            title: match self.start {
                Start::Paper => what.to_owned(),
                start => format!("{what}, start {}", start.name()),
            },
            x_label: "labels in pairs, N_pair".to_owned(),
            columns: self.labels.iter().map(f64::to_string).collect(),
            y_label: "layouts per pair, n_2".to_owned(),
            rows: rows().map(f64::to_string).collect(),
            cells: rows()
                .flat_map(|n2| self.labels.iter().map(move |n| (*n2, *n)))
                .map(|(n2, n)| cell(self.at(n, n2, number)))
                .collect(),
            range: [0.0, most],
            names: Vec::new(),
        }
    }

    /// What a score gains from the fewest labels to the most and from the fewest layouts to the most: the mean
    /// over what the other is. NaN while an end is not measured.
    fn gains(&self, split: Split, score: Score) -> [f64; 2] {
        let metric = on(split, score);
        let score = |values: &Values| number(values, &metric);
        let mean = |gains: Vec<f64>| {
            let finite: Vec<f64> = gains.into_iter().filter(|x| x.is_finite()).collect();
            finite.iter().sum::<f64>() / finite.len() as f64
        };
        let ends = |values: &[f64]| (values[0], values[values.len() - 1]);
        let ((few, many), (least, most)) = (ends(self.labels), ends(self.layouts));
        let by_labels = self
            .layouts
            .iter()
            .map(|n2| self.at(many, *n2, &score) - self.at(few, *n2, &score));
        let by_layouts = self
            .labels
            .iter()
            .map(|n| self.at(*n, most, &score) - self.at(*n, least, &score));
        [mean(by_labels.collect()), mean(by_layouts.collect())]
    }

    /// The finding of one start.
    fn told(&self) -> String {
        let (few, many) = (self.labels[0], self.labels[self.labels.len() - 1]);
        let ends = |name: &str, law: &dyn Fn(&Values) -> f64| {
            let at = |n: f64| {
                let with = self.runs.whose(|c| f64::from(c.pair_labels) == n);
                median(with.iter().map(|(_, values)| law(values)))
            };
            format!("{name} from {} to {}", decimal(at(few)), decimal(at(many)))
        };
        let score = |score: Score| {
            let metric = Metric::unseen(score);
            ends(score.name(), &|values| number(values, &metric))
        };
        let gain = |split: Split, score: Score| {
            let [by_labels, by_layouts] = self.gains(split, score);
            format!(
                "{} {} {} and {}",
                split.name(),
                score.name(),
                change(by_labels),
                change(by_layouts)
            )
        };
        format!(
            "Start {}: from {few} labels in pairs to {many}, on unseen pairs, {}, {}, {}, and {}. What is gained on average from the least to the most labels, and layouts, the other held: {}; {}; {}; {}.",
            self.start.name(),
            score(Score::Retrieval),
            score(Score::Order),
            score(Score::Recognition),
            ends("the slope", &|values| number(values, &Metric::Slope).abs()),
            gain(Split::Unseen, Score::Retrieval),
            gain(Split::Unseen, Score::Order),
            gain(Split::Unseen, Score::Recognition),
            gain(Split::Seen, Score::Retrieval),
        )
    }
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let all = Runs::finished(jobs, measurements);
    let labels = settings(jobs, |c| c.pair_labels.into());
    let layouts = settings(jobs, |c| c.pair_layouts.into());
    let of = |start: Start| move |config: &Config| start.of(config) == *config;
    let maps: Vec<Map> = STARTS
        .into_iter()
        .filter(|start| jobs.iter().any(|job| of(*start)(&job.config)))
        .map(|start| Map {
            start,
            runs: all.whose(|config| of(start)(config)),
            labels: &labels,
            layouts: &layouts,
        })
        .collect();
    let mut charts = Vec::new();
    for map in &maps {
        for split in [Split::Unseen, Split::Seen, Split::Single] {
            for score in Score::on(split) {
                // Of pairs that were seen the scores differ little from each other.
                if split == Split::Unseen || *score == Score::Retrieval {
                    let metric = on(split, *score);
                    let title = format!("{}, {}", score.name(), split.name());
                    charts.push(map.chart(&title, &|values| number(values, &metric), 1.0));
                }
            }
        }
        let slope = |values: &Values| number(values, &Metric::Slope).abs();
        let steepest = map
            .runs
            .iter()
            .map(|(_, values)| slope(values))
            .fold(1.0, f64::max);
        charts.push(map.chart("|EP slope|, logits per pixel", &slope, steepest));
    }
    let mut criteria: Vec<Criterion> = Vec::new();
    for map in &maps {
        for score in [Score::Retrieval, Score::Order] {
            let [by_labels, by_layouts] = map.gains(Split::Unseen, score);
            if !by_labels.is_finite() || !by_layouts.is_finite() {
                return open(charts);
            }
            let what = |from: &str| format!("start {}: {} from {from}", map.start.name(), score.name());
            let third = Bound::LessThan((by_labels / 3.0).max(0.0));
            criteria.push(Condition::new(what("labels"), by_labels, Bound::AtLeast(0.3)).into());
            criteria.push(Condition::new(what("layouts, either way"), by_layouts.abs(), third).into());
        }
    }
    let told: Vec<String> = maps.iter().map(Map::told).collect();
    let finding = format!("{} Over {}.", told.join(" "), models(all.count()));
    Summary::decided(criteria, finding, charts)
}
