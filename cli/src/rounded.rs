//! Numbers of JSON files, to so many places after the point: more differ from machine to machine, or cannot be seen.

use serde_json::{Value, json};

/// A number, and no zero below zero.
pub fn number(x: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    (x * scale).round() / scale + 0.0
}

/// Every number of a value that is no whole one.
pub fn value(value: &mut Value, places: i32) {
    match value {
        Value::Number(x) if x.is_f64() => {
            *value = json!(x.as_f64().map(|x| number(x, places)));
        }
        Value::Array(values) => values.iter_mut().for_each(|one| self::value(one, places)),
        Value::Object(values) => values.values_mut().for_each(|one| self::value(one, places)),
        _ => {}
    }
}
