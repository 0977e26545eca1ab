//! Pictures as data: the page draws them with its own elements, the report as SVG.

use serde::Serialize;

use super::Spread;

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Axis {
    /// What it measures.
    pub label: String,
    /// Fixed bounds; none fits the data.
    pub bounds: Option<[f64; 2]>,
    /// Whether it is logarithmic.
    pub log: bool,
}

/// One line: a value, with its spread, at each x.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Series {
    /// Its name.
    pub name: String,
    /// From left to right.
    pub points: Vec<Point>,
}

/// A point of a line; `least` and `most` are its spread over seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Point {
    /// Where the point stands.
    pub x: f64,
    /// The median over seeds.
    pub y: f64,
    /// The least over seeds.
    pub least: f64,
    /// The greatest over seeds.
    pub most: f64,
}

/// One model in a scatter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Dot {
    /// By the horizontal axis.
    pub x: f64,
    /// By the vertical axis.
    pub y: f64,
    /// Its group's place in the chart's groups.
    pub group: u32,
    /// What it is, for hover and screen readers.
    pub label: String,
}

/// One row of a table of values with their spread.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Row {
    /// What is measured.
    pub name: String,
    /// The median over seeds.
    pub value: f64,
    /// The least over seeds.
    pub least: f64,
    /// The greatest over seeds.
    pub most: f64,
    /// Where chance is, if that means anything here.
    pub chance: Option<f64>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Chart {
    /// Lines with their spread.
    Lines {
        /// What it shows.
        title: String,
        /// The horizontal axis.
        x: Axis,
        /// The vertical axis.
        y: Axis,
        /// The lines.
        series: Vec<Series>,
    },
    /// A grid of cells, row by row from the top; none where nothing is measured yet.
    Map {
        /// What it shows.
        title: String,
        /// What the columns are.
        x_label: String,
        /// Their names.
        columns: Vec<String>,
        /// What the rows are.
        y_label: String,
        /// Their names.
        rows: Vec<String>,
        /// `[rows][columns]`.
        cells: Vec<Option<f64>>,
        /// The values of the weakest and the strongest colour; a range about 0 has two colours.
        range: [f64; 2],
        /// Names instead of numbers: a cell's value is its place here.
        names: Vec<String>,
    },
    /// One mark per model. Axes of the same bounds compare like with like: their diagonal is drawn.
    Scatter {
        /// What it shows.
        title: String,
        /// The horizontal axis.
        x: Axis,
        /// The vertical axis.
        y: Axis,
        /// Names of the groups.
        groups: Vec<String>,
        /// The models.
        dots: Vec<Dot>,
    },
    /// Values with their spread, one under the other.
    Rows {
        /// What it shows.
        title: String,
        /// The axis they share.
        x: Axis,
        /// From top to bottom.
        rows: Vec<Row>,
    },
}

impl Point {
    /// A number with its spread.
    pub fn spread(
        x: f64,
        Spread {
            median, least, most, ..
        }: Spread,
    ) -> Point {
        Point {
            x,
            y: median,
            least,
            most,
        }
    }

    /// A number without.
    pub fn exact(x: f64, y: f64) -> Point {
        Point {
            x,
            y,
            least: y,
            most: y,
        }
    }
}

impl Row {
    /// A number with its spread.
    pub fn spread(
        name: &str,
        Spread {
            median, least, most, ..
        }: Spread,
        chance: Option<f64>,
    ) -> Row {
        Row {
            name: name.to_owned(),
            value: median,
            least,
            most,
            chance,
        }
    }
}

impl Axis {
    /// From 0 to 1.
    pub fn share(label: &str) -> Axis {
        Axis {
            label: label.to_owned(),
            bounds: Some([0.0, 1.0]),
            log: false,
        }
    }

    /// Fitted to the data.
    pub fn fitted(label: &str) -> Axis {
        Axis {
            label: label.to_owned(),
            bounds: None,
            log: false,
        }
    }
}

impl Chart {
    /// What it shows.
    pub fn title(&self) -> &str {
        match self {
            Chart::Lines { title, .. }
            | Chart::Map { title, .. }
            | Chart::Scatter { title, .. }
            | Chart::Rows { title, .. } => title,
        }
    }
}
