//! 16. The birth of the slope.

use super::super::job::course;
use super::parts::{models, number, open, over_steps, seeds};
use crate::analysis::Score;
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Dot, Experiment, Job, Measure, Measurement, Metric, Scale, Spread,
    Summary, median,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 16,
    name: "birth",
    title: "Birth of the slope",
    claim: "The slope comes before the ability: it has half its final size before order on unseen pairs is half way from chance to its final value.",
    rule: "The median lead of the slope over the accuracy is at least 10 steps, and the slope leads in at least three quarters of the seeds. Both reproduce it, one partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let measures = [Measure::Accuracies(vec![Split::Unseen]), Measure::Slopes];
    let every = scale.pick(20, 10, 5);
    let jobs = seeds(&Config::default(), scale.pick(4, 6, 16), 500, &measures);
    jobs.into_iter().map(|job| Job { every, ..job }).collect()
}

/// Where one seed is half way.
struct Moment {
    seed: u32,
    /// The step at which the slope has half its final size.
    slope: f64,
    /// The step at which order is half way from chance to its final value.
    order: f64,
    /// The slope at that step, as a part of the final one.
    part: f64,
}

/// The step at which a run's number first reaches a level above 0, between measurements by a straight line.
fn reaches(run: &[(f64, f64)], level: f64) -> Option<f64> {
    let i = run.iter().position(|(_, y)| *y >= level)?;
    let ((x0, y0), (x1, y1)) = (if i == 0 { (0.0, 0.0) } else { run[i - 1] }, run[i]);
    Some(x0 + (x1 - x0) * (level - y0) / (y1 - y0))
}

/// A run's number at a step, between measurements by a straight line.
fn at(run: &[(f64, f64)], step: f64) -> Option<f64> {
    let i = run.iter().position(|(x, _)| *x >= step)?;
    let ((x0, y0), (x1, y1)) = (if i == 0 { (0.0, 0.0) } else { run[i - 1] }, run[i]);
    Some(y0 + (y1 - y0) * (step - x0) / (x1 - x0))
}

/// A whole run's moment; none where it is not whole, never half way, or ends without a slope.
fn moment(place: u32, job: &Job, measurements: &[Measurement]) -> Option<Moment> {
    let run = course(place, job, measurements)?;
    let over = |metric: &Metric| {
        run.iter()
            .map(|m| (f64::from(m.step), number(&m.values, metric).abs()))
            .collect::<Vec<_>>()
    };
    let (slopes, orders) = (over(&Metric::Slope), over(&Metric::unseen(Score::Order)));
    let (last_slope, last_order) = (slopes.last()?.1, orders.last()?.1);
    if last_slope == 0.0 {
        return None;
    }
    let order = reaches(&orders, 0.5 + (last_order - 0.5) / 2.0)?;
    Some(Moment {
        seed: job.config.seed,
        slope: reaches(&slopes, last_slope / 2.0)?,
        order,
        part: at(&slopes, order)? / last_slope,
    })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let line = |title: &str, metric: Metric, y: Axis| Chart::Lines {
        title: title.to_owned(),
        x: Axis::fitted("step"),
        y,
        series: vec![over_steps(measurements, &metric.to_string(), |v| {
            v.get(&metric).map(f64::abs)
        })],
    };
    let mut charts = vec![
        line(
            "EP slope of the steepest head",
            Metric::Slope,
            Axis::fitted("|slope|, logits per pixel"),
        ),
        line(
            "order on unseen pairs",
            Metric::unseen(Score::Order),
            Axis::share("order"),
        ),
        line(
            "loss",
            Metric::Loss,
            Axis {
                log: true,
                ..Axis::fitted("loss")
            },
        ),
    ];
    let moments: Vec<Moment> = (0..)
        .zip(jobs)
        .filter_map(|(i, job)| moment(i, job, measurements))
        .collect();
    let dots = moments.iter().map(
        |Moment {
             seed, slope, order, ..
         }| Dot {
            x: *slope,
            y: *order,
            group: u32::from(slope > order),
            label: format!(
                "seed {seed}: half the slope at step {slope:.0}, half the order at step {order:.0}"
            ),
        },
    );
    let latest = moments
        .iter()
        .fold(100.0, |most: f64, m| most.max(m.slope).max(m.order));
    let steps = |label: &str| Axis {
        bounds: Some([0.0, (latest / 100.0).ceil() * 100.0]),
        ..Axis::fitted(label)
    };
    charts.push(Chart::Scatter {
        title: "when each seed is half way".to_owned(),
        x: steps("step at half the final slope"),
        y: steps("step at half the final order"),
        groups: vec!["the slope is first".to_owned(), "the order is first".to_owned()],
        dots: dots.collect(),
    });
    let lead = median(moments.iter().map(|m| m.order - m.slope));
    let Some(part) = Spread::finite(moments.iter().map(|m| m.part)) else {
        return open(charts);
    };
    let leads = moments.iter().filter(|m| m.slope < m.order).count();
    let step = |number: &dyn Fn(&Moment) -> f64| format!("{:.0}", median(moments.iter().map(number)));
    let first = if lead >= 0.0 { "the slope" } else { "the accuracy" };
    let finding = format!(
        "Over {}, order is half way at step {} and the slope has half its final size at step {}: {first} comes first, by {:.0} steps; the slope does in {leads} of {} seeds. When order is half way the slope is at {part} of its final size.",
        models(moments.len()),
        step(&|m| m.order),
        step(&|m| m.slope),
        lead.abs(),
        moments.len(),
    );
    let criteria = vec![
        Condition::new("median lead of the slope, in steps", lead, Bound::AtLeast(10.0)).into(),
        Condition::share(
            "seeds in which the slope leads",
            leads,
            moments.len(),
            Bound::AtLeast(0.75),
        )
        .into(),
    ];
    Summary::decided(criteria, finding, charts)
}
