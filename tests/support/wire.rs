//! Protobuf written as JSON arrays: field N at index N-1, absent fields null, trailing nulls cut.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// An array with values at the given places.
pub(crate) fn slots<const N: usize>(values: [(usize, Value); N]) -> Value {
    let mut array = Vec::new();
    for (index, value) in values {
        if value.is_null() {
            continue;
        }
        if array.len() <= index {
            array.resize(index + 1, Value::Null);
        }
        array[index] = value;
    }
    Value::Array(array)
}

/// A protobuf `Struct` of function arguments.
pub(crate) fn arguments(object: &Map<String, Value>) -> Value {
    let entries: Vec<Value> = object.iter().map(|(key, value)| json!([key, argument(value)])).collect();
    json!([entries])
}

fn argument(value: &Value) -> Value {
    match value {
        Value::Null => json!([0]),
        Value::Number(number) => json!([null, number]),
        Value::String(text) => json!([null, null, text]),
        Value::Bool(flag) => json!([null, null, null, flag]),
        Value::Object(object) => json!([null, null, null, null, arguments(object)]),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(argument).collect();
            json!([null, null, null, null, null, [items]])
        }
    }
}

/// The object that a protobuf `Struct` stands for.
pub(crate) fn object(value: &Value) -> Map<String, Value> {
    let entry = |pair: &Value| Some((at(pair, &[0]).as_str()?.to_owned(), plain(at(pair, &[1]))));
    items(at(value, &[0])).iter().filter_map(entry).collect()
}

/// The place that is filled says of which type a value is.
fn plain(value: &Value) -> Value {
    let Some((place, held)) =
        items(value).iter().enumerate().find(|(place, held)| *place > 0 && !held.is_null())
    else {
        return Value::Null;
    };
    match place {
        3 => Value::Bool(held == true || held == 1),
        4 => Value::Object(object(held)),
        5 => items(at(held, &[0])).iter().map(plain).collect(),
        _ => held.clone(),
    }
}

/// The elements of an array; none where there is no array.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// JSON text in which a null before another element is written as nothing, as Google's servers may do.
pub(crate) fn elided(value: &Value) -> String {
    let mut text = String::new();
    write_elided(value, &mut text);
    text
}

fn write_elided(value: &Value, text: &mut String) {
    let Value::Array(items) = value else {
        let _ = write!(text, "{value}");
        return;
    };
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        let last = index + 1 == items.len();
        if !item.is_null() || last {
            write_elided(item, text);
        }
        if !last {
            text.push(',');
        }
    }
    text.push(']');
}

/// The value at a path of indexes; null where there is none.
pub(crate) fn at<'a>(value: &'a Value, path: &[usize]) -> &'a Value {
    path.iter().try_fold(value, |value, index| value.get(index)).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_take_one_slot_per_type() {
        let Value::Object(object) =
            json!({"city": "Oslo", "days": 3, "metric": true, "opt": null, "tags": ["a"], "box": {"w": 2}})
        else {
            unreachable!()
        };
        assert_eq!(super::object(&arguments(&object)), object, "and back");
        let expected = r#"[[["city",[null,null,"Oslo"]],["days",[null,3]],["metric",[null,null,null,true]],["opt",[0]],["tags",[null,null,null,null,null,[[[null,null,"a"]]]]],["box",[null,null,null,null,[[["w",[null,2]]]]]]]]"#;
        assert_eq!(arguments(&object).to_string(), expected);
    }

    #[test]
    fn nulls_are_elided_only_before_another_element() {
        assert_eq!(elided(&json!([null, [7, null, "a,[,"], [null]])), r#"[,[7,,"a,[,"],[null]]"#);
    }

    #[test]
    fn slots_cut_trailing_nulls() {
        assert_eq!(slots([(1, json!("x")), (4, Value::Null)]), json!([null, "x"]));
    }
}
