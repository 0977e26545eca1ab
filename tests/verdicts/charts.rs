//! What charts show: the numbers that were measured, each where its axis says.

use leftright::analysis::Term;
use leftright::config::ValidConfig;
use leftright::experiment::{Axis, Chart, Point, Scale, Series, Values};
use leftright::task::Split;

use super::cases::{CASES, birth, case, decomposition, metric, phase, values};
use super::summary;

fn charts(name: &str, scale: Scale, row: &dyn Fn(&ValidConfig, f64) -> Values) -> Vec<Chart> {
    summary(name, scale, row).charts
}

/// The chart of this title, or the one whose title begins so.
fn titled<'a>(charts: &'a [Chart], start: &str) -> &'a Chart {
    if let Some(chart) = charts.iter().find(|chart| chart.title() == start) {
        return chart;
    }
    let found: Vec<&Chart> = charts
        .iter()
        .filter(|chart| chart.title().starts_with(start))
        .collect();
    assert_eq!(found.len(), 1, "{start}");
    found[0]
}

fn lines(chart: &Chart) -> &[Series] {
    match chart {
        Chart::Lines { series, .. } => series,
        other => panic!("{other:?} has no lines"),
    }
}

/// A map's cells, each with the names of its row and column.
fn cells(chart: &Chart) -> Vec<(&str, &str, Option<f64>)> {
    let Chart::Map {
        rows, columns, cells, ..
    } = chart
    else {
        panic!("{chart:?} is no map")
    };
    assert_eq!(cells.len(), rows.len() * columns.len());
    let names = rows
        .iter()
        .flat_map(|row| columns.iter().map(move |column| (&row[..], &column[..])));
    names
        .zip(cells)
        .map(|((row, column), cell)| (row, column, *cell))
        .collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn axes_rise_and_hold_what_is_shown() {
    let within = |axis: &Axis, numbers: &[f64]| {
        let [least, most] = axis.bounds.unwrap_or([f64::MIN, f64::MAX]);
        least < most && numbers.iter().all(|x| (least..=most).contains(x))
    };
    let spread = |y: f64, least: f64, most: f64| [y, least, most];
    for case in CASES {
        for chart in charts(case.name, Scale::Full, &case.reproduced) {
            let good = match &chart {
                Chart::Lines { x, y, series, .. } => series
                    .iter()
                    .flat_map(|line| &line.points)
                    .all(|p| within(x, &[p.x]) && within(y, &spread(p.y, p.least, p.most))),
                Chart::Scatter {
                    x, y, dots, groups, ..
                } => dots.iter().all(|dot| {
                    within(x, &[dot.x]) && within(y, &[dot.y]) && (dot.group as usize) < groups.len()
                }),
                Chart::Rows { x, rows, .. } => {
                    within(x, &[])
                        && rows
                            .iter()
                            .all(|row| within(x, &spread(row.value, row.least, row.most)))
                }
                Chart::Map { range, cells, .. } => {
                    range[0] < range[1] && cells.iter().flatten().all(|x| (range[0]..=range[1]).contains(x))
                }
            };
            assert!(good, "{} {chart:?}", case.name);
        }
    }
    // What may be negative has an axis that goes as far below zero as above it.
    for (name, title) in [("alignment", "cosines of token"), ("reversal", "order")] {
        let charts = charts(name, Scale::Quick, &case(name).reproduced);
        let (Chart::Rows { x, .. } | Chart::Lines { x, .. }) = titled(&charts, title) else {
            panic!("{title} is another chart")
        };
        assert_eq!(x.bounds.unwrap()[0], -1.0);
    }
}

/// A pixel of a row stands at its number, from 1.
#[test]
fn rows_are_over_the_strips_pixels() {
    let row = |_: &ValidConfig, _: f64| decomposition(0.8, |i| 0.5 - 3.0 * i, 1.0);
    let charts = charts("decomposition", Scale::Quick, &row);
    let series = lines(titled(&charts, "the steepest head's rows"));
    assert_eq!(
        series.iter().map(|line| &line.name[..]).collect::<Vec<_>>(),
        ["EP", "PP", "BP"]
    );
    for (line, at) in series
        .iter()
        .zip([|x: f64| 3.5 - 3.0 * x, |x| x - 1.0, |x| 1.0 - x])
    {
        let expected: Vec<Point> = (1..=10).map(f64::from).map(|x| Point::exact(x, at(x))).collect();
        assert_eq!(line.points, expected, "{}", line.name);
    }

    let row = |_: &ValidConfig, _: f64| {
        let mut row = case_row("autoregressive");
        let ep = (0..4).flat_map(|h| (0..10).map(move |i| (h, i)));
        row.extend(ep.map(|(h, i)| (metric(&format!("ep.{h}.{i}")), f64::from(100 * h + i))));
        row
    };
    let charts = self::charts("autoregressive", Scale::Quick, &row);
    let series = lines(titled(&charts, "EP where"));
    assert_eq!(series.len(), 4);
    for (h, line) in series.iter().enumerate() {
        let expected: Vec<Point> = (1..=10)
            .map(|x| Point::exact(f64::from(x), (100 * h) as f64 + f64::from(x) - 1.0))
            .collect();
        assert_eq!(
            (line.name.clone(), &line.points),
            (format!("head {h}"), &expected)
        );
    }
}

fn case_row(name: &str) -> Values {
    (case(name).reproduced)(&ValidConfig::default(), 1.0)
}

/// A head's EP on a grid: a cell for each place, in a range about zero.
#[test]
fn a_grids_map_is_of_its_cells() {
    let row = |_: &ValidConfig, _: f64| {
        let mut row = case_row("grid");
        row.extend((0..16).map(|i| (metric(&format!("ep.2.{i}")), 2.0 * f64::from(i) - 20.0)));
        row
    };
    let charts = charts("grid", Scale::Quick, &row);
    let map = titled(&charts, "EP, left of, head 2");
    for (i, (row, column, cell)) in cells(map).into_iter().enumerate() {
        assert_eq!(
            (row, column, cell),
            (
                &(i / 4 + 1).to_string()[..],
                &(i % 4 + 1).to_string()[..],
                Some(2.0 * i as f64 - 20.0)
            )
        );
    }
    let Chart::Map { range, .. } = map else {
        panic!("{map:?}")
    };
    assert_eq!(*range, [-20.0, 20.0]);
}

#[test]
fn diversitys_maps_have_a_setting_on_each_side() {
    let retrieval = |n: f64, n2: f64, bias: f64| n / 100.0 + n2 / 1000.0 + bias / 10.0;
    let row = |c: &ValidConfig, _: f64| {
        let unseen = retrieval(c.pair_labels.into(), c.pair_layouts.into(), c.bias_std);
        values([
            ("unseen.retrieval", unseen),
            ("seen.retrieval", 2.0 * unseen),
            ("single.retrieval", 3.0 * unseen),
            ("slope", -4.0 * unseen),
        ])
    };
    let charts = charts("diversity", Scale::Full, &row);
    assert_eq!(charts.len(), 3 * 6);
    for (start, bias) in [
        ("", 0.0),
        (", start pytorch-linear", 1.0 / 3.0f64.sqrt()),
        (", start nearest", 1.5),
    ] {
        for (title, times) in [
            ("retrieval, unseen", 1.0),
            ("retrieval, seen", 2.0),
            ("retrieval, single", 3.0),
            ("|EP slope|, logits per pixel", 4.0),
        ] {
            let map = titled(&charts, &format!("{title}{start}"));
            let cells = cells(map);
            assert_eq!(cells.len(), 6 * 9);
            for (n2, n, cell) in cells {
                let expected = times * retrieval(n.parse().unwrap(), n2.parse().unwrap(), bias);
                assert!(near(cell.unwrap(), expected), "{title}{start} {n} {n2}");
            }
        }
    }
}

#[test]
fn the_phase_of_a_cell_is_its_own() {
    // By the scale of CLS: a term that matters, none alone, and a model that orders nothing.
    let row = |c: &ValidConfig, _: f64| match c.cls_std {
        0.02 => values([("unseen.order", 0.69), ("PP unseen.order", 0.1)]),
        0.1 => phase("BE", 0.14),
        0.5 => phase("BP", 0.16),
        _ => phase("EP", if c.position_std == 0.1 { 0.14 } else { 0.16 }),
    };
    let charts = charts("phase", Scale::Quick, &row);
    let map = titled(&charts, "the term whose removal");
    let Chart::Map { names, range, .. } = map else {
        panic!("{map:?}")
    };
    assert_eq!(*range, [0.0, 7.0]);
    for (position, cls, cell) in cells(map) {
        let expected = match (cls, position) {
            ("0.02", _) => "no order learned",
            ("0.1", _) | ("2", "0.1") => "no term alone",
            ("0.5", _) => "BP",
            _ => "EP",
        };
        assert_eq!(names[cell.unwrap() as usize], expected, "{cls} {position}");
    }
    for (_, cls, order) in cells(titled(&charts, "order on unseen pairs")) {
        assert_eq!(order, Some(if cls == "0.02" { 0.69 } else { 0.9 }));
    }
}

#[test]
fn ablations_are_shown_by_split_and_by_head() {
    let number = |place: usize, term: Term| 0.1 * place as f64 + 0.01 * term.place() as f64;
    let terms = ["EP", "PE", "PP", "BP", "BE", "EE", "VP"];
    let row = |c: &ValidConfig, _: f64| {
        let mut row = case_row("ablations");
        for name in terms {
            let term: Term = name.parse().unwrap();
            for split in Split::ALL {
                let key = metric(&format!("{name} {}.retrieval", split.name()));
                row.insert(key, number(split.place(), term));
            }
            let head = |h: u32| {
                let own = number(h as usize, term) + f64::from(c.seed) / 2.0;
                (metric(&format!("{name}@{h} unseen.order")), own)
            };
            row.extend((0..4).map(head));
        }
        row
    };
    let charts = charts("ablations", Scale::Quick, &row);
    for (start, rows) in [
        ("retrieval on every split", Split::ALL.map(Split::name).to_vec()),
        (
            "order on unseen pairs without a term in one head",
            vec!["0", "1", "2", "3"],
        ),
    ] {
        let cells = cells(titled(&charts, start));
        assert_eq!(cells.len(), 7 * rows.len());
        for (row, column, cell) in cells {
            let place = rows.iter().position(|name| *name == row).unwrap();
            assert!(
                near(cell.unwrap(), number(place, column.parse().unwrap())),
                "{start}: {row} {column}"
            );
        }
    }
}

/// Chance is a half where one of two is right, a sixth where one of six is, and is not known of the rest.
#[test]
fn chance_is_known_of_order() {
    let chance = |name: &str, start: &str| -> Option<f64> {
        let charts = charts(name, Scale::Quick, &case(name).reproduced);
        let Chart::Rows { rows, .. } = titled(&charts, start) else {
            panic!("{start}")
        };
        rows[0].chance
    };
    assert_eq!(
        chance("ablations", "order on unseen pairs without a term"),
        Some(0.5)
    );
    assert_eq!(chance("ablations", "recognition on unseen"), None);
    assert_eq!(
        chance("three", "order on unseen triples without a term, 8"),
        Some(1.0 / 6.0)
    );
    assert_eq!(
        chance("three", "recognition on unseen triples without a term, 8"),
        None
    );
}

/// A term that was measured at one strength alone has no line.
#[test]
fn a_line_has_two_points() {
    let of = |more: &[(&str, f64)]| {
        let row = |_: &ValidConfig, _: f64| {
            let mut row = case_row("reversal");
            row.extend(more.iter().map(|(name, x)| (metric(name), *x)));
            row
        };
        let charts = charts("reversal", Scale::Quick, &row);
        let order = lines(titled(&charts, "order")).to_vec();
        let recognition = lines(titled(&charts, "recognition")).to_vec();
        (order, recognition)
    };
    // Order is known at -1 of five terms and at 1 of all; recognition of EP once, then twice.
    let (order, recognition) = of(&[("EP unseen.recognition", 0.7)]);
    let names: Vec<&str> = order.iter().map(|line| &line.name[..]).collect();
    assert_eq!(names, ["EP", "PE", "PP", "BP", "VP"]);
    assert_eq!(order[0].points, [Point::exact(-1.0, 0.1), Point::exact(1.0, 1.0)]);
    assert_eq!(recognition, []);
    let (_, recognition) = of(&[("EP unseen.recognition", 0.7), ("EP*0.5 unseen.recognition", 0.8)]);
    assert_eq!(recognition.len(), 1);
    assert_eq!(
        recognition[0].points,
        [Point::exact(0.0, 0.7), Point::exact(0.5, 0.8)]
    );
}

#[test]
fn a_seeds_group_is_what_comes_first() {
    let row = |c: &ValidConfig, part: f64| match c.seed {
        0 => birth(part, 0.25, 0.75),
        1 => birth(part, 0.75, 0.25),
        _ => birth(part, 0.5, 0.5),
    };
    let charts = charts("birth", Scale::Quick, &row);
    let Chart::Scatter {
        x, y, dots, groups, ..
    } = titled(&charts, "when each seed")
    else {
        panic!("no scatter")
    };
    let first: Vec<&str> = dots.iter().map(|dot| &groups[dot.group as usize][..]).collect();
    let [slope, order] = ["the slope is first", "the order is first"];
    assert_eq!(first, [slope, order, slope, slope, slope, slope]);
    // Both are steps: on one scale the diagonal parts the groups.
    assert_eq!(x.bounds, y.bounds);
    assert!(
        x.bounds
            .is_some_and(|[_, most]| dots.iter().all(|dot| dot.x <= most && dot.y <= most))
    );
}

/// The lines of a training run have a point for each step that was measured, with its spread over the models.
#[test]
fn lines_over_training_have_every_step() {
    let row = |c: &ValidConfig, part: f64| {
        let unseen = part / 2.0 + f64::from(c.seed) / 10.0;
        values([("unseen.retrieval", unseen), ("seen.retrieval", 1.0)])
    };
    let charts = charts("generalization", Scale::Quick, &row);
    let series = lines(titled(&charts, "retrieval over training"));
    let line = series.iter().find(|line| line.name == "unseen").unwrap();
    assert_eq!(line.points.len(), 20);
    for (i, point) in (1..).zip(&line.points) {
        let step = f64::from(50 * i);
        assert_eq!(point.x, step);
        for (shown, seed) in [(point.least, 0.0), (point.y, 1.0), (point.most, 2.0)] {
            assert!(near(shown, step / 2000.0 + seed / 10.0));
        }
    }
}

/// The models of experiment 5 are in the group of the setting that differs from the paper's.
#[test]
fn a_models_group_is_the_setting_that_differs() {
    let charts = charts("slope", Scale::Quick, &case("slope").reproduced);
    let Chart::Scatter { dots, groups, .. } = titled(&charts, "EP slope and order") else {
        panic!("no scatter")
    };
    assert_eq!(dots.len(), 24);
    for dot in dots {
        let expected = if !dot.label.contains("weight decay 0,") {
            "weight decay"
        } else if !dot.label.contains("CLS scale 1, position scale 0.02,") {
            "initial scales"
        } else {
            "labels in pairs"
        };
        assert_eq!(groups[dot.group as usize], expected, "{}", dot.label);
    }
}
