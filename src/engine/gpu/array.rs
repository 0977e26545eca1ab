//! The arrays of a model, and where they lie in its share of the buffers.

use std::ops::Range;

use super::kernels::View;

/// What an array is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// A model's share of `floats`.
    Floats,
    /// A model's parameters, in `floats`.
    Params,
    /// A model's words of `batch`.
    Batch,
    /// A model's `moments`.
    Moments,
}

/// A matrix of numbers that a model has.
#[derive(Clone, Copy, Debug)]
pub struct Array {
    /// What it is a part of.
    pub home: Home,
    /// Where it begins there.
    pub start: u32,
    /// Rows.
    pub rows: u32,
    /// Numbers of a row.
    pub width: u32,
}

impl Array {
    /// A tensor of so many rows among the parameters.
    pub fn parameter(range: &Range<usize>, rows: u32) -> Array {
        Array {
            home: Home::Params,
            start: range.start as u32,
            rows,
            width: range.len() as u32 / rows,
        }
    }

    /// Numbers.
    pub fn numbers(&self) -> u32 {
        self.rows * self.width
    }

    /// A part of it, as a matrix of so many rows.
    pub fn part(&self, range: &Range<usize>, rows: u32) -> Array {
        assert!(
            range.end <= self.numbers() as usize,
            "{range:?} is not within {self:?}"
        );
        Array {
            start: self.start + range.start as u32,
            rows,
            width: range.len() as u32 / rows,
            ..*self
        }
    }

    /// Its first rows.
    pub fn first_rows(&self, rows: u32) -> Array {
        assert!(rows <= self.rows, "{self:?} has no {rows} rows");
        Array { rows, ..*self }
    }

    /// Whether it has a number in common with another.
    pub fn overlaps(&self, other: &Array) -> bool {
        self.home == other.home
            && self.start < other.start + other.numbers()
            && other.start < self.start + self.numbers()
    }

    /// As it is.
    pub fn matrix(&self) -> View {
        self.view(self.width, 1)
    }

    /// Rows for columns.
    pub fn transposed(&self) -> View {
        self.view(1, self.width)
    }

    /// Its one row as every row.
    pub fn every_row(&self) -> View {
        self.view(0, 1)
    }

    /// Its one number as every number.
    pub fn everywhere(&self) -> View {
        self.view(0, 0)
    }

    fn view(&self, row: u32, column: u32) -> View {
        View {
            start: self.start,
            row,
            column,
            is_parameter: u32::from(self.home == Home::Params),
        }
    }
}

/// Hands out arrays of one home, one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Allocator {
    home: Home,
    /// Numbers handed out. In u64: a population that is refused may ask for more than an address can reach.
    pub len: u64,
}

impl Allocator {
    /// Nothing is handed out yet.
    pub fn new(home: Home) -> Allocator {
        Allocator { home, len: 0 }
    }

    /// An array `[rows, width]`.
    pub fn array(&mut self, rows: usize, width: usize) -> Array {
        let start = self.len as u32;
        self.len += rows as u64 * width as u64;
        Array {
            home: self.home,
            start,
            rows: rows as u32,
            width: width as u32,
        }
    }
}
