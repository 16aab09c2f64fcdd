//! Random requests, made from the document: whatever comes, the console answers as it says it would.

use std::collections::HashMap;

use axum::body::Body;
use http::{Method, Request};
use jsonschema::Validator;
use postern_console::Visitor;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::desk::BUNDLE;
use crate::document::{document, operations};
use crate::support::{Answer, House, request};

const SEED: u64 = 2048;
const REQUESTS: usize = 12_000;
/// After so many requests a conversation is put back that may have been deleted.
const SAID_AGAIN: usize = 50;

#[tokio::test]
async fn random_requests_are_answered_as_the_document_says() {
    let house = House::new();
    let document = document();
    let operations = operations(&document);
    let mut dice = Dice { random: StdRng::seed_from_u64(SEED), document: &document, there: Vec::new() };
    let mut judge = Judge { document: &document, validators: HashMap::new() };
    let mut answered = vec![0; operations.len()];
    let mut thread = String::new();
    for number in 0..REQUESTS {
        let place = number % operations.len();
        if number % SAID_AGAIN == 0 {
            thread = house.desk.converse().await.0.to_string();
        }
        dice.there = furnish(&house).await;
        dice.there.push(thread.clone());
        let (method, path, operation) = &operations[place];
        let request = dice.request(method, path, operation);
        let shown = format!("{number}: {method} {}", request.uri());
        let answer = house.call(request).await;
        answered[place] += usize::from(answer.status.is_success());
        judge.check(operation, &answer, &shown);
    }
    // No chance finds the right password, a whole chat, a client whose file can be changed, a copy of such a file where none is, an export that runs,
    // the hash of a file, or, but seldom, a conversation that makes sense.
    let unlikely = [
        "applyClient",
        "restoreClient",
        "getMedia",
        "editConversation",
        "cancelExport",
        "getExportFile",
        "chat",
        "signIn",
    ];
    let names = operations.iter().zip(&answered).filter(|(_, count)| **count == 0);
    let never: Vec<&str> = names
        .filter_map(|((_, _, operation), _)| operation["operationId"].as_str())
        .filter(|name| !unlikely.contains(name))
        .collect();
    assert!(never.is_empty(), "these never succeeded: {never:?}");
}

/// Puts something there that can be asked for, and returns by which names.
async fn furnish(house: &House) -> Vec<String> {
    house.desk.furnish();
    house.desk.push_queue("waiting");
    let key = loop {
        house.keys.import("my-own-key").await.expect("a key");
        // Its grace may end between the two; then it comes back as another key.
        if let Some(key) = house.keys.whose("my-own-key") {
            break key.to_string();
        }
    };
    let body = json!({ "model": "postern/echo", "messages": [{ "role": "user", "content": "hi" }] });
    let answer = house.post("/api/playground/chat", body).await;
    let id = answer.headers["x-request-id"].to_str().expect("text");
    [id, "waiting", "ada", "my-own-key", &key, "1", "aider", "e1", "deepseek", "postern", "postern", BUNDLE]
        .map(str::to_owned)
        .to_vec()
}

/// Holds answers against the document.
struct Judge<'a> {
    document: &'a Value,
    validators: HashMap<String, Validator>,
}

impl Judge<'_> {
    fn check(&mut self, operation: &Value, answer: &Answer, shown: &str) {
        let status = answer.status.as_str();
        assert!(!answer.status.is_server_error(), "{shown}: {status} {}", answer.text());
        let described = operation["responses"].get(status).or_else(|| operation["responses"].get("default"));
        let described = described.unwrap_or_else(|| panic!("{shown}: {status} is not in the document"));
        let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let schema = &described["content"]["application/json"]["schema"];
        if schema.is_null() || kind.starts_with("text/event-stream") {
            assert!(answer.status.is_success(), "{shown}: an error without JSON");
            return;
        }
        let value: Value = serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("{shown}: {error}: {}", answer.text()));
        let errors: Vec<String> =
            self.validator(schema).iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{shown}: {errors:#?}\n{value:#}");
    }

    fn validator(&mut self, schema: &Value) -> &Validator {
        self.validators.entry(schema.to_string()).or_insert_with(|| {
            let mut schema = schema.clone();
            schema["components"] = self.document["components"].clone();
            jsonschema::validator_for(&schema).expect("the schema compiles")
        })
    }
}

/// Makes requests, most of them nearly right.
struct Dice<'a> {
    random: StdRng,
    document: &'a Value,
    /// Names of things that are there at the moment.
    there: Vec<String>,
}

impl Dice<'_> {
    fn request(&mut self, method: &Method, path: &str, operation: &Value) -> Request<Body> {
        let mut path = path.to_owned();
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let number = parameter["schema"]["type"] == "integer";
            let fit = |there: &&String| there.bytes().all(|byte| byte.is_ascii_digit()) == number;
            let fitting: Vec<&String> = self.there.iter().filter(fit).collect();
            let there = fitting.choose(&mut self.random).filter(|_| parameter["in"] == "path");
            let there = there.map(|there| (*there).clone());
            let value = match there {
                Some(there) if self.random.random_bool(0.6) => there,
                _ => plain(&self.value(&parameter["schema"], 0)),
            };
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
        if self.random.random_bool(0.2) {
            return self.there.choose(&mut self.random).cloned().unwrap_or_default();
        }
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
