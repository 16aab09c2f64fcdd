//! What is said in a loop of functions: the question, the functions, the calls that the site answers with, what the
//! functions give back. Postern and the bare DevTools calls are measured with the same words.

use postern_tests::{Part, Script, Usage};
use serde_json::{Value, json};

/// How often functions are called, one at a time or two.
pub(crate) const STEPS: usize = 10;

/// The question; as a client that changes its first message words it in another `version`.
pub(crate) fn question(version: usize) -> String {
    format!("Plan my journey of the week and look at the weather first. (Version {version})")
}

/// The functions as the site's editor takes them, and a request inside `function`.
pub(crate) fn functions() -> Vec<Value> {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let object = |properties: Value, required: Value| json!({ "type": "object", "properties": properties, "required": required });
    vec![
        json!({
            "name": "get_weather",
            "description": "The weather of a city for some days from today.",
            "parameters": object(
                json!({ "city": text("The city's name in English."), "days": { "type": "integer" } }),
                json!(["city"])
            ),
        }),
        json!({
            "name": "search_trains",
            "description": "Trains from one city to another, soonest first.",
            "parameters": object(
                json!({ "from": text("Where it begins."), "to": text("Where it ends."), "day": text("As 2026-05-17.") }),
                json!(["from", "to"])
            ),
        }),
        json!({
            "name": "book",
            "description": "Books seats and sends the tickets.",
            "parameters": object(
                json!({ "train": text("Its number."), "seats": { "type": "array", "items": { "type": "integer" } } }),
                json!(["train"])
            ),
        }),
    ]
}

/// The site's answers: as many with calls as there are steps, and a text.
pub(crate) fn answers() -> Vec<Script> {
    let usage = Usage { prompt: 50, output: 10, thoughts: 5, cached: 0 };
    let calls = (0..STEPS).map(|step| Script::new().thought("What next?").parts(calls(step)));
    calls.chain([Script::new().text("All is booked.")]).map(|script| script.finish(1, usage)).collect()
}

fn calls(step: usize) -> Vec<Part> {
    let weather = Part::call("get_weather", json!({ "city": format!("City {step}"), "days": 3 }));
    let mut calls = vec![weather.with_id(&format!("weather-{step}")).signed("c2lnbmF0dXJl")];
    if step % 2 == 1 {
        let trains = Part::call("search_trains", json!({ "from": "Oslo", "to": format!("City {step}") }));
        calls.push(trains.with_id(&format!("trains-{step}")));
    }
    calls
}

/// How many calls the site makes in a step.
pub(crate) fn calls_in(step: usize) -> usize {
    calls(step).len()
}

/// What a function gives back: about a kilobyte.
pub(crate) fn result(step: usize, call: usize) -> String {
    let hours: Vec<Value> =
        (0..24).map(|hour| json!({ "hour": hour, "degrees": step + call, "sky": "clear" })).collect();
    json!({ "hours": hours }).to_string()
}
