//! What the page really sent, read from the body of its own request.

use serde_json::Value;

use super::loose::{self, at, dig};

/// The parts of the page's request that show whether its settings took effect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sent {
    /// The model, without `models/`.
    pub model: String,
    /// How many turns it carries, the new one included.
    pub turns: usize,
    /// The text of the last turn.
    pub prompt: String,
    /// Stop texts.
    pub stop: Vec<String>,
    /// Most tokens to produce.
    pub max_tokens: Option<u64>,
    /// Temperature.
    pub temperature: Option<f64>,
    /// Top-p.
    pub top_p: Option<f64>,
    /// The thinking budget; -1 leaves it to the model.
    pub thinking_budget: Option<i64>,
    /// The system instructions.
    pub system: String,
}

impl Sent {
    /// Reads the body; `None` when it has another form.
    pub fn parse(body: &str) -> Option<Self> {
        let root = loose::parse(body.as_bytes())?;
        let contents = at(&root, 1)?.as_array()?;
        let config = at(&root, 3);
        let setting = |index| config.and_then(|config| at(config, index));
        let stop = setting(1).and_then(Value::as_array).into_iter().flatten();
        let model = at(&root, 0)?.as_str()?;
        Some(Self {
            model: model.strip_prefix("models/").unwrap_or(model).to_owned(),
            turns: contents.len(),
            prompt: contents.last().map(texts).unwrap_or_default(),
            stop: stop.filter_map(|text| text.as_str().map(str::to_owned)).collect(),
            max_tokens: setting(3).and_then(Value::as_u64),
            temperature: setting(4).and_then(Value::as_f64),
            top_p: setting(5).and_then(Value::as_f64),
            thinking_budget: setting(16).and_then(|thinking| at(thinking, 1)).and_then(Value::as_i64),
            system: at(&root, 5).map(texts).unwrap_or_default(),
        })
    }
}

/// The joined texts of `[[part, …], role]`.
fn texts(content: &Value) -> String {
    let parts = dig(content, &[0]).and_then(Value::as_array).into_iter().flatten();
    parts.filter_map(|part| at(part, 1)?.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_read_back() {
        let body = r#"["models/demo",[[[[,"Hi"]],"user"],[[[,"Yo"]],"model"],[[[,"Go "],[,"on"]],"user"]],,
            [,["END"],,512,0.3,0.8,,,,,,,,,,,[1,1024]],"!token",[[[,"Be brief"]],"user"]]"#;
        let sent = Sent::parse(body).unwrap();
        assert_eq!((sent.model.as_str(), sent.turns, sent.prompt.as_str()), ("demo", 3, "Go on"));
        assert_eq!((sent.max_tokens, sent.temperature, sent.top_p), (Some(512), Some(0.3), Some(0.8)));
        assert_eq!(sent.thinking_budget, Some(1024));
        assert_eq!((sent.stop, sent.system.as_str()), (vec!["END".to_owned()], "Be brief"));
        assert_eq!(Sent::parse("{}"), None);
    }
}
