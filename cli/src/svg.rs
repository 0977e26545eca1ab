//! Charts as SVG, for a report that any viewer shows: light, self-contained, no script and no style sheet.

use std::fmt::Write;

use leftright::experiment::{Axis, Chart, Dot, Row, Series};

const WIDTH: f64 = 640.0;
/// Wong's colours, told apart by colour-blind readers; lines also differ by dash and scatter groups by shape.
const COLOURS: [&str; 8] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d00", "#444444", "#999999",
];
const DASHES: [&str; 4] = ["none", "6 3", "2 3", "9 3 2 3"];
const INK: &str = "#1c1e22";
const MUTED: &str = "#585c64";
const RULE: &str = "#dfdcd5";

/// The whole file, under the chart's own title.
pub fn draw(chart: &Chart) -> String {
    draw_as(chart.title(), chart)
}

/// The whole file, under another title.
pub fn draw_as(title: &str, chart: &Chart) -> String {
    let mut out = Svg::default();
    out.text(0.0, 16.0, "start", 15.0, INK, title);
    let height = match chart {
        Chart::Lines { x, y, series, .. } => lines(&mut out, x, y, series),
        Chart::Map {
            x_label,
            columns,
            y_label,
            rows,
            cells,
            range,
            names,
            ..
        } => map(
            &mut out,
            (x_label, columns),
            (y_label, rows),
            cells,
            *range,
            names,
        ),
        Chart::Scatter {
            x, y, groups, dots, ..
        } => scatter(&mut out, x, y, groups, dots),
        Chart::Rows { x, rows, .. } => bars(&mut out, x, rows),
    };
    // A page writes down how large a picture is, in whole pixels.
    let height = height.ceil();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-12 -8 {} {}\" width=\"{}\" font-family=\"system-ui, sans-serif\">\
         <title>{}</title><rect x=\"-12\" y=\"-8\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>{}</svg>\n",
        WIDTH + 24.0,
        height + 16.0,
        WIDTH + 24.0,
        escape(title),
        out.body
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[derive(Default)]
struct Svg {
    body: String,
}

impl Svg {
    fn text(&mut self, x: f64, y: f64, anchor: &str, size: f64, fill: &str, text: &str) {
        let _ = write!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{fill}\">{}</text>",
            escape(text)
        );
    }

    fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], stroke: &str, width: f64) {
        let _ = write!(
            self.body,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>"
        );
    }

    fn raw(&mut self, text: std::fmt::Arguments) {
        let _ = self.body.write_fmt(text);
    }
}

/// From values to pixels.
struct Place {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
    log: bool,
}

impl Place {
    fn new(axis: &Axis, values: impl Iterator<Item = f64>, from: f64, to: f64) -> Place {
        let usable = values.filter(|x| x.is_finite() && (!axis.log || *x > 0.0));
        let (mut least, mut most) = usable.fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x), b.max(x)));
        if let Some([a, b]) = axis.bounds {
            (least, most) = (a, b);
        } else if least > most {
            (least, most) = (0.0, 1.0);
        } else if !axis.log && least > 0.0 && least < 0.5 * most {
            least = 0.0;
        }
        if most - least < 1e-12 {
            most = least + 1.0;
        }
        Place {
            least,
            most,
            from,
            to,
            log: axis.log,
        }
    }

    fn at(&self, value: f64) -> f64 {
        let scale = |x: f64| if self.log { x.max(1e-12).ln() } else { x };
        let share = (scale(value) - scale(self.least)) / (scale(self.most) - scale(self.least));
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.log {
            let powers = self.least.log10().ceil() as i32..=self.most.log10().floor() as i32;
            return powers.map(|p| 10f64.powi(p)).collect();
        }
        let rough = (self.most - self.least) / 5.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|m| m * power)
            .find(|s| *s >= rough * 0.999)
            .unwrap_or(power);
        let first = (self.least / step - 1e-9).ceil() as i64;
        (first..)
            .map(|i| i as f64 * step)
            .take_while(|x| *x <= self.most + 1e-9)
            .collect()
    }
}

fn short(x: f64) -> String {
    let text = format!("{:.4}", x);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "0" && x != 0.0 {
        format!("{x:.0e}")
    } else {
        text.to_owned()
    }
}

/// The frame of a plot: both axes with their ticks and labels.
fn frame(out: &mut Svg, (x, px): (&Axis, &Place), (y, py): (&Axis, &Place)) {
    for tick in py.ticks() {
        out.line([px.from, py.at(tick), px.to, py.at(tick)], RULE, 1.0);
        out.text(px.from - 6.0, py.at(tick) + 4.0, "end", 11.0, MUTED, &short(tick));
    }
    for tick in px.ticks() {
        out.text(px.at(tick), py.from + 16.0, "middle", 11.0, MUTED, &short(tick));
    }
    out.text(
        (px.from + px.to) / 2.0,
        py.from + 32.0,
        "middle",
        12.0,
        INK,
        &x.label,
    );
    out.text(0.0, py.to - 8.0, "start", 12.0, INK, &y.label);
}

fn lines(out: &mut Svg, x: &Axis, y: &Axis, series: &[Series]) -> f64 {
    let points = || series.iter().flat_map(|s| &s.points);
    let px = Place::new(x, points().map(|p| p.x), 48.0, WIDTH - 120.0);
    let py = Place::new(y, points().flat_map(|p| [p.least, p.most]), 270.0, 50.0);
    frame(out, (x, &px), (y, &py));
    for (i, series) in series.iter().enumerate() {
        let (colour, dash) = (COLOURS[i % 8], DASHES[i % 4]);
        let place = |x: f64, y: f64| format!("{:.1},{:.1}", px.at(x), py.at(y));
        if series.points.iter().any(|p| p.least != p.most) {
            let upper = series.points.iter().map(|p| place(p.x, p.most));
            let lower = series.points.iter().rev().map(|p| place(p.x, p.least));
            let band = upper.chain(lower).collect::<Vec<_>>().join(" ");
            out.raw(format_args!(
                "<polygon points=\"{band}\" fill=\"{colour}\" opacity=\"0.13\"/>"
            ));
        }
        let line = series
            .points
            .iter()
            .map(|p| place(p.x, p.y))
            .collect::<Vec<_>>()
            .join(" ");
        out.raw(format_args!(
            "<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>"
        ));
        let at = 60.0 + 18.0 * i as f64;
        out.raw(format_args!(
            "<line x1=\"{0:.1}\" x2=\"{1:.1}\" y1=\"{at}\" y2=\"{at}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
            WIDTH - 108.0,
            WIDTH - 82.0
        ));
        out.text(WIDTH - 76.0, at + 4.0, "start", 12.0, INK, &series.name);
    }
    310.0
}

fn scatter(out: &mut Svg, x: &Axis, y: &Axis, groups: &[String], dots: &[Dot]) -> f64 {
    let px = Place::new(x, dots.iter().map(|d| d.x), 48.0, WIDTH - 150.0);
    let py = Place::new(y, dots.iter().map(|d| d.y), 290.0, 50.0);
    frame(out, (x, &px), (y, &py));
    if let (Some([least, most]), true) = (x.bounds, x.bounds == y.bounds) {
        let [from, to] = [least, most].map(|end| [px.at(end), py.at(end)]);
        out.line([from[0], from[1], to[0], to[1]], RULE, 1.0);
    }
    for dot in dots {
        mark(
            out,
            px.at(dot.x),
            py.at(dot.y),
            dot.group as usize,
            Some(&dot.label),
        );
    }
    for (i, group) in groups.iter().enumerate() {
        let at = 60.0 + 18.0 * i as f64;
        mark(out, WIDTH - 136.0, at, i, None);
        out.text(WIDTH - 126.0, at + 4.0, "start", 12.0, INK, group);
    }
    330.0
}

/// A circle, a square or a triangle.
fn mark(out: &mut Svg, x: f64, y: f64, group: usize, label: Option<&str>) {
    let colour = COLOURS[group % 8];
    let title = label.map_or_else(String::new, |label| format!("<title>{}</title>", escape(label)));
    let paint = format!("fill=\"{colour}\" fill-opacity=\"0.75\"");
    match group % 3 {
        0 => out.raw(format_args!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" {paint}>{title}</circle>"
        )),
        1 => out.raw(format_args!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"7\" height=\"7\" {paint}>{title}</rect>",
            x - 3.5,
            y - 3.5
        )),
        _ => out.raw(format_args!(
            "<polygon points=\"{x:.1},{:.1} {:.1},{:.1} {:.1},{:.1}\" {paint}>{title}</polygon>",
            y - 5.0,
            x - 5.0,
            y + 4.0,
            x + 5.0,
            y + 4.0
        )),
    }
}

fn bars(out: &mut Svg, x: &Axis, rows: &[Row]) -> f64 {
    let bottom = 44.0 + 20.0 * rows.len() as f64;
    let values = rows.iter().flat_map(|r| [r.least, r.most]);
    let px = Place::new(x, values, 200.0, WIDTH - 60.0);
    for tick in px.ticks() {
        out.line([px.at(tick), 32.0, px.at(tick), bottom], RULE, 1.0);
        out.text(px.at(tick), bottom + 14.0, "middle", 11.0, MUTED, &short(tick));
    }
    out.text(
        (px.from + px.to) / 2.0,
        bottom + 30.0,
        "middle",
        12.0,
        INK,
        &x.label,
    );
    for (i, row) in rows.iter().enumerate() {
        let y = 44.0 + 20.0 * i as f64;
        out.text(192.0, y + 4.0, "end", 12.0, INK, &row.name);
        out.line([px.at(row.least), y, px.at(row.most), y], MUTED, 2.0);
        if let Some(chance) = row.chance {
            out.line([px.at(chance), y - 8.0, px.at(chance), y + 8.0], MUTED, 1.0);
        }
        out.raw(format_args!(
            "<circle cx=\"{:.1}\" cy=\"{y}\" r=\"5\" fill=\"{}\"/>",
            px.at(row.value),
            COLOURS[0]
        ));
        out.text(
            WIDTH - 50.0,
            y + 4.0,
            "start",
            12.0,
            INK,
            &format!("{:.3}", row.value),
        );
    }
    bottom + 34.0
}

fn map(
    out: &mut Svg,
    (x_label, columns): (&str, &[String]),
    (y_label, rows): (&str, &[String]),
    cells: &[Option<f64>],
    [least, most]: [f64; 2],
    names: &[String],
) -> f64 {
    let width = ((WIDTH - 230.0) / columns.len() as f64).min(56.0);
    let height = width.min(30.0);
    out.text(0.0, 40.0, "start", 12.0, INK, y_label);
    for (r, row) in rows.iter().enumerate() {
        let y = 50.0 + height * r as f64;
        out.text(54.0, y + height / 2.0 + 4.0, "end", 11.0, MUTED, row);
        for c in 0..columns.len() {
            let Some(value) = cells.get(r * columns.len() + c).copied().flatten() else {
                continue;
            };
            let (fill, ink) = match names.get(value as usize) {
                Some(_) => (COLOURS[value as usize % 8].to_owned(), "#fff"),
                None => shade(value, least, most),
            };
            let x = 60.0 + width * c as f64;
            out.raw(format_args!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
                width - 1.0,
                height - 1.0
            ));
            let text = names.get(value as usize).map_or_else(
                || format!("{value:.2}"),
                |name| name.split(' ').next().unwrap_or_default().to_owned(),
            );
            out.text(
                x + width / 2.0,
                y + height / 2.0 + 4.0,
                "middle",
                if width < 30.0 { 9.0 } else { 11.0 },
                ink,
                &text,
            );
        }
    }
    let bottom = 50.0 + height * rows.len() as f64;
    for (c, column) in columns.iter().enumerate() {
        out.text(
            60.0 + width * (c as f64 + 0.5),
            bottom + 14.0,
            "middle",
            11.0,
            MUTED,
            column,
        );
    }
    out.text(60.0, bottom + 32.0, "start", 12.0, INK, x_label);
    for (i, name) in names.iter().enumerate() {
        let y = 56.0 + 18.0 * i as f64;
        out.raw(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"11\" height=\"11\" fill=\"{}\"/>",
            WIDTH - 140.0,
            y - 9.0,
            COLOURS[i % 8]
        ));
        out.text(WIDTH - 124.0, y, "start", 12.0, INK, name);
    }
    (bottom + 36.0).max(60.0 + 18.0 * names.len() as f64)
}

/// White to blue; a range about zero from teal through white to crimson.
fn shade(value: f64, least: f64, most: f64) -> (String, &'static str) {
    let (share, [r, g, b]) = if least < 0.0 {
        (
            value.abs() / most.max(-least),
            if value < 0.0 {
                [12.0, 127.0, 143.0]
            } else {
                [183.0, 28.0, 80.0]
            },
        )
    } else {
        ((value - least) / (most - least), [0.0, 82.0, 147.0])
    };
    let share = share.clamp(0.0, 1.0);
    let mix = |c: f64| (255.0 + (c - 255.0) * share).round();
    (
        format!("rgb({},{},{})", mix(r), mix(g), mix(b)),
        if share > 0.55 { "#fff" } else { INK },
    )
}
