//! The form that an answer must have (`response_format`), and whether a text has it. Pure.
//!
//! In comes a [`ResponseFormat`], out a [`Contract`]; in comes a text, out the JSON in it or what is wrong with it.

use jsonschema::Validator;
use postern_protocol::chat::{Failure, FailureKind, ResponseFormat};
use serde_json::Value;

/// So many faults are named; the rest mostly follows from them.
const MOST_FAULTS: usize = 5;
/// A fault may repeat the whole of a value.
const LONGEST_FAULT: usize = 300;
const FENCE: &str = "```";

/// The form that an answer must have.
#[derive(Debug)]
pub(crate) enum Contract {
    /// Any JSON object.
    Object,
    /// JSON that follows a schema.
    Schema(Box<Validator>),
}

impl Contract {
    /// The contract of a request; `None` for free text.
    ///
    /// # Errors
    ///
    /// When the schema is none, or refers to another document.
    pub(crate) fn of(format: &ResponseFormat) -> Result<Option<Self>, Failure> {
        match format {
            ResponseFormat::Text => Ok(None),
            ResponseFormat::JsonObject => Ok(Some(Self::Object)),
            ResponseFormat::JsonSchema { schema, .. } => match jsonschema::validator_for(schema) {
                Ok(validator) => Ok(Some(Self::Schema(Box::new(validator)))),
                Err(error) => {
                    let why: String = error.to_string().chars().take(LONGEST_FAULT).collect();
                    let message =
                        format!("response_format's schema is no JSON schema that can be checked: {why}.");
                    let failure = Failure::new(FailureKind::BadRequest, message);
                    Err(failure.param("response_format.json_schema.schema"))
                }
            },
        }
    }

    /// The JSON text in `text`, out of its Markdown fence if it is in one.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words for whoever wrote it.
    pub(crate) fn check(&self, text: &str) -> Result<String, Vec<String>> {
        let text = text.trim();
        let (json, value) = match serde_json::from_str::<Value>(text) {
            Ok(value) => (text, value),
            Err(error) => {
                let parsed = |block| Some((block, serde_json::from_str::<Value>(block).ok()?));
                let fault = || vec![format!("it is not valid JSON: {error}")];
                fenced(text).into_iter().find_map(parsed).ok_or_else(fault)?
            }
        };
        let faults = self.faults(&value);
        if faults.is_empty() { Ok(json.to_owned()) } else { Err(faults) }
    }

    fn faults(&self, value: &Value) -> Vec<String> {
        match self {
            Self::Object if value.is_object() => Vec::new(),
            Self::Object => vec!["it must be a JSON object, between { and }".to_owned()],
            Self::Schema(validator) => validator
                .iter_errors(value)
                .take(MOST_FAULTS)
                .map(|error| {
                    let place = error.instance_path().to_string();
                    let what: String = error.to_string().chars().take(LONGEST_FAULT).collect();
                    if place.is_empty() { what } else { format!("at {place}: {what}") }
                })
                .collect(),
        }
    }
}

/// What is inside Markdown's fences.
fn fenced(text: &str) -> Vec<&str> {
    // Between the fences are blocks and other text by turns; a block begins behind the word for its language.
    let blocks = text.split(FENCE).skip(1).step_by(2);
    blocks.filter_map(|block| block.split_once('\n')).map(|(_, inside)| inside.trim()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(schema: Value) -> Result<Option<Contract>, Failure> {
        Contract::of(&ResponseFormat::JsonSchema { name: "a".to_owned(), schema, strict: true })
    }

    fn person() -> Contract {
        let person = json!({
            "type": "object",
            "properties": { "name": { "type": "string" }, "age": { "type": "integer", "minimum": 0 } },
            "required": ["name", "age"],
            "additionalProperties": false,
        });
        schema(person).unwrap().unwrap()
    }

    #[test]
    fn free_text_has_no_contract() {
        assert!(Contract::of(&ResponseFormat::Text).unwrap().is_none());
    }

    #[test]
    fn an_object_is_any_object() {
        assert_eq!(Contract::Object.check(" {\"a\": [1]}\n"), Ok("{\"a\": [1]}".to_owned()));
        assert!(Contract::Object.check("[1]").unwrap_err()[0].contains("object"));
        assert!(Contract::Object.check("").unwrap_err()[0].contains("not valid JSON"));
        assert!(Contract::Object.check("{\"a\": 1").unwrap_err()[0].contains("EOF"));
    }

    #[test]
    fn what_follows_the_schema_is_told_as_it_was_written() {
        let text = "{ \"age\": 7,\n \"name\": \"Ada\" }";
        assert_eq!(person().check(text), Ok(text.to_owned()));
    }

    #[test]
    fn a_fence_is_taken_off() {
        let json = "{\"name\":\"Ada\",\"age\":7}";
        for text in [
            format!("```json\n{json}\n```"),
            format!("Here you are:\n```\n{json}\n```\nAnything else?"),
            format!("```sh\nls\n```\nand\n```json\n{json}"),
        ] {
            assert_eq!(person().check(&text).as_deref(), Ok(json), "{text}");
        }
        let quoting = "{\"name\":\"```json\\n{}\\n```\",\"age\":7}";
        assert_eq!(person().check(quoting).as_deref(), Ok(quoting), "a fence inside a text is part of it");
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let faults = person().check("{\"name\": 5, \"age\": -1, \"more\": true}").unwrap_err();
        let all = faults.join("\n");
        assert!(all.contains("at /name") && all.contains("at /age") && all.contains("more"), "{all}");
        let many: Vec<i32> = (0..50).collect();
        let list = schema(json!({ "items": { "type": "string" } })).unwrap().unwrap();
        assert_eq!(list.check(&json!(many).to_string()).unwrap_err().len(), MOST_FAULTS);
        let long = list.check(&json!([{ "a": "x".repeat(5000) }]).to_string()).unwrap_err();
        assert!(long[0].len() < 500, "{}", long[0].len());
    }

    #[test]
    fn a_schema_that_is_none_is_refused_by_name() {
        for wrong in [json!({ "type": "objekt" }), json!({ "$ref": "https://a.example/schema.json" })] {
            let failure = schema(wrong).unwrap_err();
            assert_eq!(failure.kind, FailureKind::BadRequest);
            assert_eq!(failure.param.as_deref(), Some("response_format.json_schema.schema"));
        }
    }
}
