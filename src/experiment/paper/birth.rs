//! 16. The birth of the slope.

use super::parts::{models, number, open, over_steps, seeds};
use crate::config::Config;
use crate::experiment::{Axis, Chart, Experiment, Job, Measure, Measurement, Scale, Spread, Summary, Verdict};
use crate::task::Split;

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

/// The step at which a run's number first reaches a level, between measurements by a straight line.
fn reaches(run: &[(f64, f64)], level: f64) -> Option<f64> {
    let i = run.iter().position(|(_, y)| *y >= level)?;
    let ((x0, y0), (x1, y1)) = (if i == 0 { (0.0, 0.0) } else { run[i - 1] }, run[i]);
    Some(if y1 > y0 { x0 + (x1 - x0) * (level - y0) / (y1 - y0) } else { x1 })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let line = |title: &str, key: &'static str, y: Axis| Chart::Lines {
        title: title.to_owned(),
        x: Axis::fitted("step"),
        y,
        series: vec![over_steps(measurements, key, move |v| v.get(key).map(|x| x.abs()))],
    };
    let mut charts = vec![
        line("EP slope of the steepest head", "slope", Axis::fitted("|slope|, logits per pixel")),
        line("order on unseen pairs", "unseen.order", Axis::share("order")),
        line("loss", "loss", Axis { log: true, ..Axis::fitted("loss") }),
    ];
    let mut moments = Vec::new();
    for (i, job) in (0u32..).zip(jobs) {
        let mut run: Vec<&Measurement> = measurements.iter().filter(|m| m.job == i).collect();
        run.sort_by_key(|m| m.step);
        if run.last().is_none_or(|m| m.step < job.steps) {
            continue;
        }
        let over = |key: &str| run.iter().map(|m| (f64::from(m.step), number(&m.values, key).abs())).collect::<Vec<_>>();
        let (slope, order) = (over("slope"), over("unseen.order"));
        let end = |run: &[(f64, f64)]| run.last().map_or(f64::NAN, |(_, y)| *y);
        let half_way = 0.5 + (end(&order) - 0.5) / 2.0;
        if let (Some(slope), Some(order)) = (reaches(&slope, end(&slope) / 2.0), reaches(&order, half_way)) {
            moments.push((job.config.seed, slope, order));
        }
    }
    let dots = moments.iter().map(|(seed, slope, order)| crate::experiment::Dot {
        x: *slope,
        y: *order,
        group: u32::from(slope > order),
        label: format!("seed {seed}: half the slope at step {slope:.0}, half the order at step {order:.0}"),
    });
    charts.push(Chart::Scatter {
        title: "when each seed is half way".to_owned(),
        x: Axis::fitted("step at half the final slope"),
        y: Axis::fitted("step at half the final order"),
        groups: vec!["the slope is first".to_owned(), "the accuracy is first".to_owned()],
        dots: dots.collect(),
    });
    let Some(lead) = Spread::of(moments.iter().map(|(_, slope, order)| order - slope)) else { return open(charts) };
    let leads = moments.iter().filter(|(_, slope, order)| slope < order).count();
    let steps = |f: &dyn Fn(&(u32, f64, f64)) -> f64| {
        Spread::of(moments.iter().map(f)).map_or_else(String::new, |s| format!("{:.0} ({:.0} to {:.0})", s.median, s.least, s.most))
    };
    let finding = format!(
        "Over {}, half the final slope is there at step {} and half the order at step {}: the slope leads by {:.0} steps ({:.0} to {:.0}), and in {leads} of {} seeds.",
        models(moments.len()),
        steps(&|m| m.1),
        steps(&|m| m.2),
        lead.median,
        lead.least,
        lead.most,
        moments.len(),
    );
    Summary { verdict: Verdict::of(&[lead.median >= 10.0, 4 * leads >= 3 * moments.len()]), finding, charts }
}
