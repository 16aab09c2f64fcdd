//! The model list the page asks for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::loose::{self, at};

/// A model as the site describes it. `None` means that the site did not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The id, without `models/`.
    pub id: String,
    /// The name for people; the page shows either this or the id.
    pub display_name: Option<String>,
    /// What it is good for.
    pub description: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Most tokens it reads.
    pub input_tokens: Option<u64>,
    /// Most tokens it writes.
    pub output_tokens: Option<u64>,
    /// What can be asked of it, for example `generateContent`. Empty when unknown.
    pub methods: Vec<String>,
    /// Temperature it starts with.
    pub temperature: Option<f64>,
    /// Top-p it starts with.
    pub top_p: Option<f64>,
    /// Top-k it starts with.
    pub top_k: Option<u32>,
    /// Other ids it answers to.
    pub aliases: Vec<String>,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Whether it costs money.
    pub paid: bool,
}

impl Model {
    /// Whether it takes chats at all. Where the site says nothing about methods, it is given the benefit
    /// of the doubt.
    pub fn chats(&self) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|method| method == "generateContent")
    }

    /// Whether it can think before it answers.
    pub fn thinks(&self) -> bool {
        let codes = [Capability::Thinking, Capability::ThinkingBudget, Capability::ThinkingLevel];
        codes.into_iter().any(|code| self.capabilities.has(code))
    }

    /// Whether the site says what it can do, and this is not among it.
    pub fn lacks(&self, capability: Capability) -> bool {
        self.capabilities.known() && !self.capabilities.has(capability)
    }

    /// Whether a name stands for this model: its id, an alias or its display name.
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name
            || self.aliases.iter().any(|alias| alias == name)
            || self.display_name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
    }
}

/// What a model can do, as codes of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(BTreeSet<u64>);

impl Capabilities {
    /// Whether it can do this.
    pub fn has(&self, capability: Capability) -> bool {
        self.0.contains(&(capability as u64))
    }

    /// Whether the site said anything.
    pub fn known(&self) -> bool {
        !self.0.is_empty()
    }
}

/// A thing a model can do; the number is the site's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Chat.
    Chat = 1,
    /// Run code.
    CodeExecution = 9,
    /// Call functions.
    Functions = 10,
    /// Search the web.
    Search = 12,
    /// Read addresses.
    UrlContext = 13,
    /// Make videos.
    Video = 20,
    /// Make pictures.
    Image = 21,
    /// Think.
    Thinking = 25,
    /// Talk live.
    Live = 26,
    /// Have its thinking limited in tokens.
    ThinkingBudget = 35,
    /// Speak.
    Speech = 37,
    /// Look at media more or less closely.
    MediaResolution = 43,
    /// Make pictures of given sides.
    AspectRatio = 47,
    /// Make pictures of a given size.
    ImageSize = 49,
    /// Have its thinking set in levels.
    ThinkingLevel = 52,
    /// Make music.
    Music = 53,
    /// Look at maps.
    Maps = 58,
}

/// Where a row keeps what it says.
mod row {
    pub(super) const ID: usize = 0;
    pub(super) const VERSION: usize = 2;
    pub(super) const DISPLAY_NAME: usize = 3;
    pub(super) const DESCRIPTION: usize = 4;
    pub(super) const INPUT_TOKENS: usize = 5;
    pub(super) const OUTPUT_TOKENS: usize = 6;
    pub(super) const METHODS: usize = 7;
    pub(super) const TEMPERATURE: usize = 8;
    pub(super) const TOP_P: usize = 9;
    pub(super) const TOP_K: usize = 10;
    pub(super) const ALIASES: usize = 56;
    pub(super) const CAPABILITIES: usize = 64;
    pub(super) const MORE_CAPABILITIES: usize = 74;
    pub(super) const PAID: usize = 77;
}

/// Reads a model list in any of its known shapes; `None` when it is no model list.
pub fn parse_models(body: &[u8]) -> Option<Vec<Model>> {
    let root = loose::parse(loose::without_guard(body))?;
    let models: Vec<Model> = rows(&root)?.iter().filter_map(model).collect();
    (!models.is_empty()).then_some(models)
}

fn rows(root: &Value) -> Option<&Vec<Value>> {
    if let Some(object) = root.as_object() {
        let named = ["data", "models"].iter().find_map(|key| object.get(*key)?.as_array());
        return named.or_else(|| object.values().find_map(list_of_rows));
    }
    let rows = root.as_array()?;
    let first = rows.first()?;
    if first.is_object() || first.get(0).is_some_and(Value::is_string) {
        return Some(rows);
    }
    first.as_array()
}

fn list_of_rows(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().filter(|rows| rows.first().is_some_and(|row| row.is_array() || row.is_object()))
}

fn model(row: &Value) -> Option<Model> {
    let model = if row.is_object() { from_object(row)? } else { from_row(row)? };
    (!model.id.is_empty() && model.id != "none").then_some(model)
}

fn from_row(row: &Value) -> Option<Model> {
    let text = |index| at(row, index).and_then(Value::as_str).map(str::to_owned);
    let texts = |index| -> Vec<String> {
        let list = at(row, index).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let codes = [row::CAPABILITIES, row::MORE_CAPABILITIES];
    let codes = codes.iter().filter_map(|index| at(row, *index)?.as_array()).flatten();
    Some(Model {
        id: last_segment(at(row, row::ID)?.as_str()?),
        display_name: text(row::DISPLAY_NAME),
        description: text(row::DESCRIPTION),
        version: text(row::VERSION),
        input_tokens: at(row, row::INPUT_TOKENS).and_then(Value::as_u64),
        output_tokens: at(row, row::OUTPUT_TOKENS).and_then(Value::as_u64),
        methods: texts(row::METHODS),
        temperature: at(row, row::TEMPERATURE).and_then(Value::as_f64),
        top_p: at(row, row::TOP_P).and_then(Value::as_f64).map(|top_p| top_p.clamp(0.0, 1.0)),
        top_k: at(row, row::TOP_K).and_then(Value::as_u64).and_then(|top_k| u32::try_from(top_k).ok()),
        aliases: texts(row::ALIASES).iter().map(|alias| last_segment(alias)).collect(),
        capabilities: Capabilities(codes.filter_map(Value::as_u64).collect()),
        paid: at(row, row::PAID).and_then(Value::as_u64) == Some(2),
    })
}

fn from_object(row: &Value) -> Option<Model> {
    let get = |keys: &[&str]| keys.iter().find_map(|key| row.get(*key).filter(|value| !value.is_null()));
    let text = |keys: &[&str]| get(keys).and_then(Value::as_str).map(str::to_owned);
    Some(Model {
        id: last_segment(get(&["id", "model_id", "modelId", "name"])?.as_str()?),
        display_name: text(&["displayName", "display_name"]),
        description: text(&["description"]),
        input_tokens: get(&["inputTokenLimit"]).and_then(Value::as_u64),
        output_tokens: get(&["maxOutputTokens", "outputTokenLimit"]).and_then(Value::as_u64),
        temperature: get(&["temperature"]).and_then(Value::as_f64),
        top_p: get(&["topP"]).and_then(Value::as_f64).map(|top_p| top_p.clamp(0.0, 1.0)),
        ..Model::default()
    })
}

fn last_segment(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(value: &Value) -> Vec<String> {
        let models = parse_models(value.to_string().as_bytes()).unwrap_or_default();
        models.into_iter().map(|model| model.id).collect()
    }

    #[test]
    fn every_known_shape_is_read() {
        let row = json!(["models/a", null, "1"]);
        assert_eq!(ids(&json!([[row, row, ["models/none"]]])), ["a", "a"]);
        assert_eq!(ids(&json!([row, ["b"]])), ["a", "b"]);
        assert_eq!(ids(&json!([{"id": "models/c"}, {"modelId": "d"}])), ["c", "d"]);
        assert_eq!(ids(&json!([[{"id": "models/c"}]])), ["c"]);
        assert_eq!(ids(&json!({"data": [{"model_id": "e"}]})), ["e"]);
        assert_eq!(ids(&json!({"models": [row]})), ["a"]);
        assert_eq!(ids(&json!({"count": 1, "list": [row]})), ["a"]);
        assert_eq!(parse_models(b"[]"), None);
        assert_eq!(parse_models(b"<html>"), None);
    }

    #[test]
    fn a_row_is_read_by_its_places() {
        let mut row = vec![Value::Null; 78];
        row[..11].clone_from_slice(&[
            json!("models/demo-flash"),
            Value::Null,
            json!("3.0"),
            json!("Demo Flash"),
            json!("Fast"),
            json!(1_048_576),
            json!(65536),
            json!(["generateContent"]),
            json!(0.7),
            json!(0.95),
            json!(64),
        ]);
        row[56] = json!(["models/demo-latest"]);
        row[64] = json!([1, 25]);
        row[74] = json!([52]);
        row[77] = json!(2);
        let models = parse_models(json!([[row]]).to_string().as_bytes()).unwrap();
        let model = &models[0];
        assert_eq!((model.input_tokens, model.output_tokens), (Some(1_048_576), Some(65536)));
        assert_eq!((model.temperature, model.top_p, model.top_k), (Some(0.7), Some(0.95), Some(64)));
        assert!(model.chats() && model.paid && model.capabilities.has(Capability::ThinkingLevel));
        assert!(model.lacks(Capability::ThinkingBudget) && !model.lacks(Capability::Thinking));
        assert!(!Model::default().lacks(Capability::Search), "the site did not say");
        assert!(model.is_called("demo-latest") && model.is_called("demo flash") && !model.is_called("demo"));
    }

    #[test]
    fn what_does_not_generate_does_not_chat() {
        let list = br#")]}'
[[["models/embed",,"1","E","",1,1,["embedContent"]]]]"#;
        assert!(!parse_models(list).unwrap()[0].chats());
    }
}
