use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Method;
use crate::chat::{Failure, FailureKind};

/// A model as Google lists it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Model {
    /// Its id, without `models/`.
    #[serde(skip)]
    pub id: String,
    /// Its version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Most tokens it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_token_limit: Option<u64>,
    /// Most tokens it writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_token_limit: Option<u64>,
    /// What can be asked of it.
    #[serde(rename = "supportedGenerationMethods")]
    pub methods: Vec<String>,
    /// Temperature when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Top-p when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Top-k when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// Whether it can think before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<bool>,
}

/// One page of a list of models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelPage {
    /// The models.
    pub models: Vec<Model>,
    /// What to ask the next page with (`pageToken`); `None` on the last.
    pub next: Option<String>,
}

impl Model {
    /// Whether it takes chats. Where nothing is said about methods, it is given the benefit of the doubt.
    pub fn chats(&self) -> bool {
        self.can(Method::GenerateContent) || self.methods.is_empty()
    }

    /// Whether this can be asked of it.
    pub fn can(&self, method: Method) -> bool {
        self.methods.iter().any(|known| known == method.name())
    }

    fn wire(&self) -> Value {
        let mut wire = json!({ "name": format!("models/{}", self.id), "baseModelId": self.id });
        if let (Value::Object(wire), Ok(Value::Object(fields))) = (&mut wire, serde_json::to_value(self)) {
            wire.extend(fields);
        }
        wire
    }
}

/// The answer of `/v1beta/models`, as JSON bytes.
pub fn encode_models(page: &ModelPage) -> Vec<u8> {
    let mut list = json!({ "models": page.models.iter().map(Model::wire).collect::<Value>() });
    if let Some(next) = &page.next {
        list["nextPageToken"] = json!(next);
    }
    list.to_string().into_bytes()
}

/// The answer of `/v1beta/models/{id}`, as JSON bytes.
pub fn encode_model(model: &Model) -> Vec<u8> {
    model.wire().to_string().into_bytes()
}

/// Reads a provider's list of models. An entry that cannot be read is left out.
///
/// # Errors
///
/// A [`FailureKind::UpstreamError`] when it is no list of models.
pub fn read_models(body: &[u8]) -> Result<ModelPage, Failure> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    // A page without models is an empty object.
    let known = value.as_object().is_some_and(|page| page.is_empty() || page.contains_key("models"));
    if !known {
        return Err(Failure::new(
            FailureKind::UpstreamError,
            "The provider's list of models cannot be read.",
        ));
    }
    let models = value["models"].as_array().into_iter().flatten();
    Ok(ModelPage {
        models: models.filter_map(model).collect(),
        next: value["nextPageToken"].as_str().filter(|token| !token.is_empty()).map(str::to_owned),
    })
}

fn model(entry: &Value) -> Option<Model> {
    let id = super::route::bare(entry["name"].as_str()?).to_owned();
    let model: Model = serde_json::from_value(entry.clone()).ok()?;
    (!id.is_empty()).then_some(Model { id, ..model })
}
