//! Arguments: read from Python, and refused by their names.

use std::ops::RangeInclusive;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString};

use crate::error::{Error, Result};

/// A whole number in a range. `refuse` makes the error of a number that is outside.
pub fn whole(
    name: &str,
    value: &Bound<'_, PyAny>,
    allowed: RangeInclusive<u32>,
    refuse: impl Fn(String) -> Error,
) -> Result<u32> {
    let number = value.extract::<u32>();
    if let Err(error) = &number
        && error.is_instance_of::<PyTypeError>(value.py())
    {
        let message = format!("{name} is {}, but must be a whole number", value.repr()?);
        return Err(Error::Python(PyTypeError::new_err(message)));
    }
    match number {
        Ok(number) if allowed.contains(&number) => Ok(number),
        _ => {
            let (least, most) = allowed.into_inner();
            let allowed = match least == most {
                true => least.to_string(),
                false => format!("between {least} and {most}"),
            };
            Err(refuse(format!("{name} is {value}, but must be {allowed}")))
        }
    }
}

/// Whole numbers of a list, a tuple or a NumPy array, which goes by one name and each of them by another.
pub fn wholes(
    list: &str,
    each: &str,
    values: &Bound<'_, PyAny>,
    allowed: RangeInclusive<u32>,
    refuse: impl Fn(String) -> Error,
) -> Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for value in items(list, values, "whole numbers")? {
        numbers.push(whole(each, &value?, allowed.clone(), &refuse)?);
    }
    Ok(numbers)
}

fn items<'py>(name: &str, list: &Bound<'py, PyAny>, what: &str) -> Result<Bound<'py, PyIterator>> {
    let Ok(items) = list.try_iter() else {
        let message = format!("{name} is {}, but must be a list of {what}", list.repr()?);
        return Err(Error::Python(PyTypeError::new_err(message)));
    };
    Ok(items)
}

/// Names, each given by itself or in a list with others.
pub fn names<'py>(what: &str, given: impl Iterator<Item = Bound<'py, PyAny>>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for one in given {
        if one.is_instance_of::<PyString>() {
            names.push(one.extract()?);
            continue;
        }
        for name in items(what, &one, "names")? {
            names.push(name?.extract()?);
        }
    }
    Ok(names)
}

/// Says that there is no such name, and which was meant or which there are.
pub fn unknown(kind: &str, name: &str, known: &[&'static str]) -> String {
    let meant = leftright::message::meant(name, &format!("{kind}s"), known);
    format!("there is no {kind} \"{name}\"; {meant}")
}
