//! Random requests, made from the document: whatever comes, the console answers as it says it would.

use axum::body::Body;
use http::{Method, Request};
use jsonschema::Validator;
use postern_console::Visitor;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::document::{document, operations};
use crate::support::{Answer, House, request};

const SEED: u64 = 2048;
const REQUESTS: usize = 2000;

#[tokio::test]
async fn random_requests_are_answered_as_the_document_says() {
    let house = House::new();
    let document = document();
    let operations = operations(&document);
    let mut dice = Dice { random: StdRng::seed_from_u64(SEED), document: &document };
    let mut answered = vec![0; operations.len()];
    for number in 0..REQUESTS {
        let place = number % operations.len();
        let (method, path, operation) = &operations[place];
        let request = dice.request(method, path, operation);
        let shown = format!("{number}: {method} {}", request.uri());
        let answer = house.call(request).await;
        answered[place] += usize::from(answer.status.is_success());
        assert!(!answer.status.is_server_error(), "{shown}: {} {}", answer.status, answer.text());
        let status = answer.status.as_str();
        let described = operation["responses"].get(status).or_else(|| operation["responses"].get("default"));
        let described = described.unwrap_or_else(|| panic!("{shown}: {status} is not in the document"));
        check(&document, described, &answer, &shown);
    }
    let never: Vec<&String> = operations
        .iter()
        .zip(&answered)
        .filter(|(_, count)| **count == 0)
        .map(|((_, path, _), _)| path)
        .collect();
    // There is no right password and no copy of a client's file to be found by chance.
    assert_eq!(never, ["/api/clients/{id}/restore", "/api/session"], "these never succeeded");
}

fn check(document: &Value, described: &Value, answer: &Answer, shown: &str) {
    let Some(schema) = described["content"].get("application/json").map(|content| &content["schema"]) else {
        assert!(answer.status.is_success(), "{shown}: an error without JSON");
        return;
    };
    if answer
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
    {
        return;
    }
    let value: Value = serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("{shown}: {error}: {}", answer.text()));
    let errors: Vec<String> =
        validator(document, schema).iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{shown}: {errors:#?}\n{value:#}");
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

/// Makes requests, most of them nearly right.
struct Dice<'a> {
    random: StdRng,
    document: &'a Value,
}

impl Dice<'_> {
    fn request(&mut self, method: &Method, path: &str, operation: &Value) -> Request<Body> {
        let mut path = path.to_owned();
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let value = plain(&self.value(&parameter["schema"], 0));
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            if parameter["in"] == "path" {
                path = path.replace(&format!("{{{name}}}"), &value);
            } else if parameter["required"] == true || self.random.random_bool(0.3) {
                query.push(format!("{name}={value}"));
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = (!schema.is_null()).then(|| self.value(schema, 0));
        let mut request = request(method.clone(), &path, body);
        if self.random.random_bool(0.03) {
            *request.body_mut() = Body::from(self.text());
        }
        let closed = CancellationToken::new();
        closed.cancel();
        request.extensions_mut().insert(Visitor::Window);
        request.extensions_mut().insert(closed);
        request
    }

    /// A value of this schema, or now and then some other.
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        if depth > 6 || self.random.random_bool(0.04) {
            return self.anything(depth);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.document.pointer(reference.trim_start_matches('#')).expect("a schema");
            return self.value(target, depth);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(chosen) = schema[choice].as_array().and_then(|all| all.choose(&mut self.random)) {
                return self.value(&chosen.clone(), depth);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.value(part, depth));
            let parts: Vec<Value> = parts.collect();
            return Value::Object(
                parts.into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect(),
            );
        }
        if let Some(words) = schema["enum"].as_array() {
            return words.choose(&mut self.random).cloned().unwrap_or_default();
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect(),
        };
        match kinds.choose(&mut self.random).copied() {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let length = self.random.random_range(0..4);
                (0..length).map(|_| self.value(&schema["items"], depth + 1)).collect()
            }
            Some("string") => self.text().into(),
            Some("integer" | "number") => self.number(),
            Some("boolean") => self.random.random_bool(0.5).into(),
            Some("null") => Value::Null,
            Some(_) | None => self.anything(depth),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            if required.iter().any(|it| it == name) || self.random.random_bool(0.4) {
                object.insert(name.clone(), self.value(schema, depth + 1));
            }
        }
        if self.random.random_bool(0.04) {
            object.insert(self.text(), self.anything(depth + 1));
        }
        Value::Object(object)
    }

    fn anything(&mut self, depth: usize) -> Value {
        match self.random.random_range(0..if depth > 6 { 4 } else { 6 }) {
            0 => Value::Null,
            1 => self.random.random_bool(0.5).into(),
            2 => self.number(),
            3 => self.text().into(),
            4 => (0..self.random.random_range(0..3)).map(|_| self.anything(depth + 1)).collect(),
            _ => json!({ self.text(): self.anything(depth + 1) }),
        }
    }

    fn number(&mut self) -> Value {
        match self.random.random_range(0..8) {
            0 => json!(-1),
            1 => json!(u64::MAX),
            2 => json!(i64::MIN),
            3 => json!(0.5),
            4 => json!(i64::MAX),
            5 => json!(unix_now()),
            _ => json!(self.random.random_range(0..5)),
        }
    }

    /// Texts that mean something here, and texts that mean trouble.
    fn text(&mut self) -> String {
        const KNOWN: [&str; 24] = [
            "ada",
            "bob",
            "postern",
            "echo",
            "postern/echo",
            "gpt-4",
            "server.port",
            "models.aliases",
            "1",
            "postern-1.zip",
            "my-own-key",
            "a name",
            "",
            " ",
            "'; DROP TABLE keys; --",
            "../../etc/passwd",
            "\u{0}",
            "\r\nx: y",
            "%",
            "*",
            "🦀",
            "<script>",
            "a/b/c",
            "ﷺ",
        ];
        if self.random.random_bool(0.8) {
            return KNOWN.choose(&mut self.random).copied().unwrap_or_default().to_owned();
        }
        let length = self.random.random_range(0..12);
        (0..length).map(|_| self.random.random::<char>()).collect()
    }
}

fn unix_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
