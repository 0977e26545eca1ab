//! The results as pictures: `bench/roofline.svg` and `bench/scaling.svg`.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use serde_json::Value;

use super::{list, number};

/// The engines as they are drawn: also told apart by their marks.
const WASM: RGBColor = RGBColor(0, 114, 178);
const NATIVE: RGBColor = RGBColor(190, 90, 0);
const PANEL: (u32, u32) = (420, 340);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Points of one curve and how it is drawn.
struct Series {
    name: String,
    points: Vec<(f64, f64)>,
    color: RGBColor,
    /// Joined by a line with hollow marks, or filled marks alone.
    line: bool,
}

/// Every stage's speed under what the machine allows.
pub fn roofline(results: &Value, path: &Path) -> Result<()> {
    let (native, browser) = (&results["native"]["roofline"], &results["browser"]);
    let bandwidth = number(native, "/sweep_gb_per_s");
    let intensity: Vec<f64> = list(native, "/stages")
        .map(|stage| number(stage, "/flops") / number(stage, "/bytes"))
        .collect();
    let mut series = Vec::new();
    for (name, engine, color) in [("native", native, NATIVE), ("WebAssembly", browser, WASM)] {
        let peak = number(engine, "/peak_gflops");
        let roof = [0.5, peak / bandwidth, 40.0].map(|x| (x, peak.min(bandwidth * x)));
        series.push(Series {
            name: format!("{name}: peak"),
            points: roof.to_vec(),
            color,
            line: true,
        });
        let points = intensity
            .iter()
            .copied()
            .zip(list(engine, "/stages").map(|stage| number(stage, "/gflops")))
            .collect();
        series.push(Series {
            name: format!("{name}: products of the step"),
            points,
            color,
            line: false,
        });
    }
    let area = SVGBackend::new(path, (2 * PANEL.0, PANEL.1)).into_drawing_area();
    panel(
        &area,
        "Roofline of one core",
        ("FLOP per byte", "GFLOP/s"),
        &series,
    )
    .context("could not draw the roofline")?;
    area.present().context("could not write the roofline")
}

/// The time of a step by batch, width and population.
pub fn scaling(results: &Value, path: &Path) -> Result<()> {
    let curves = [("native", NATIVE), ("browser", WASM)]
        .map(|(key, color)| (list(&results[key], "/scaling"), key, color));
    let mut panels: Vec<(String, Vec<Series>)> = Vec::new();
    for (curves, key, color) in curves {
        for curve in curves {
            let title = curve["name"].as_str().unwrap_or_default().to_owned();
            let points = list(curve, "/points")
                .map(|point| (number(point, "/0"), number(point, "/1")))
                .collect();
            let name = if key == "browser" { "WebAssembly" } else { key }.to_owned();
            let series = Series {
                name,
                points,
                color,
                line: true,
            };
            match panels.iter_mut().find(|(t, _)| *t == title) {
                Some((_, all)) => all.push(series),
                None => panels.push((title, vec![series])),
            }
        }
    }
    let area = SVGBackend::new(path, (PANEL.0 * panels.len() as u32, PANEL.1)).into_drawing_area();
    for (area, (title, series)) in area.split_evenly((1, panels.len())).iter().zip(&panels) {
        panel(area, &format!("A step by {title}"), (title, "ms"), series)
            .with_context(|| format!("could not draw {title}"))?;
    }
    area.present().context("could not write the scaling curves")
}

/// One chart, each gridline twice the one before.
fn panel(area: &Area, title: &str, (x, y): (&str, &str), series: &[Series]) -> Result<()> {
    area.fill(&WHITE)?;
    let range = |pick: fn(&(f64, f64)) -> f64| {
        let values = || {
            series
                .iter()
                .flat_map(|s| s.points.iter().map(pick))
                .filter(|v| v.is_finite())
        };
        let (low, high) = (
            values().fold(f64::INFINITY, f64::min),
            values().fold(0.0, f64::max),
        );
        (low < high)
            .then(|| (low / 1.15..high * 1.3).log_scale().base(2.0))
            .ok_or_else(|| anyhow!("nothing was measured"))
    };
    let mut builder = ChartBuilder::on(area);
    builder
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(48);
    let mut chart = builder.build_cartesian_2d(range(|p| p.0)?, range(|p| p.1)?)?;
    let label = |v: &f64| {
        if *v < 10.0 && v.fract() != 0.0 {
            format!("{v:.1}")
        } else {
            format!("{v:.0}")
        }
    };
    let mut mesh = chart.configure_mesh();
    mesh.x_desc(x)
        .y_desc(y)
        .x_label_formatter(&label)
        .y_label_formatter(&label)
        .light_line_style(TRANSPARENT)
        .draw()?;
    for Series {
        name,
        points,
        color,
        line,
    } in series
    {
        let color = *color;
        if *line {
            let drawn = chart.draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?;
            drawn
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
        } else {
            let mark = move |at| Circle::new(at, 3, color.filled());
            chart
                .draw_series(points.iter().map(|p| mark(*p)))?
                .label(name)
                .legend(move |(x, y)| Circle::new((x + 9, y), 3, color.filled()));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}
