//! What the page really sent, read from the body of its own request.

use serde_json::Value;

use super::loose::{self, at, dig};
use crate::tools::Tools;

/// The parts of the page's request that show whether its settings took effect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sent {
    /// The model, without `models/`.
    pub model: String,
    /// How many turns it carries, the new one included.
    pub turns: usize,
    /// The text of the last turn.
    pub prompt: String,
    /// How many files go with it.
    pub files: usize,
    /// How many results of calls go with it, in the last turn or those before it, up to what the model said.
    pub results: usize,
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
    /// The thinking level, by the site's number: 1 low, 2 medium, 3 high, 4 minimal.
    pub thinking_level: Option<u64>,
    /// The system instructions.
    pub system: String,
    /// The media type that the answer must have.
    pub mime: Option<String>,
    /// Whether the answer must follow a schema.
    pub has_schema: bool,
    /// Names of the functions that are offered.
    pub functions: Vec<String>,
    /// The tools that the site runs itself.
    pub tools: Tools,
    /// Kinds of harm with the thresholds they are withheld from, both by the site's numbers.
    pub safety: Vec<(u64, u64)>,
    /// How closely media are looked at, by the site's number: 1 low, 2 medium, 3 high.
    pub media_resolution: Option<u64>,
    /// Sides of pictures.
    pub aspect_ratio: Option<String>,
    /// Size of pictures.
    pub image_size: Option<String>,
    /// The voice.
    pub voice: Option<String>,
}

/// Where a part keeps a file: in the request itself, in a drive, or elsewhere.
const FILE: [usize; 3] = [2, 5, 6];
/// Where a part keeps the result of a call.
const RESULT: usize = 11;

/// Where a tool keeps what it is.
mod tool {
    pub(super) const CODE: usize = 0;
    pub(super) const FUNCTIONS: usize = 1;
    pub(super) const SEARCH: usize = 3;
    pub(super) const URL_CONTEXT: usize = 7;
    pub(super) const MAPS: usize = 10;
}

impl Sent {
    /// Reads the body; `None` when it has another form.
    pub fn parse(body: &str) -> Option<Self> {
        let root = loose::parse(body.as_bytes())?;
        let contents = at(&root, 1)?.as_array()?;
        let config = at(&root, 3);
        let setting = |index| config.and_then(|config| at(config, index));
        let text = |path: &[usize]| config.and_then(|config| dig(config, path)?.as_str()).map(str::to_owned);
        let stop = setting(1).and_then(Value::as_array).into_iter().flatten();
        let model = at(&root, 0)?.as_str()?;
        let tools = at(&root, 6).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let thresholds = at(&root, 2).and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            model: model.strip_prefix("models/").unwrap_or(model).to_owned(),
            turns: contents.len(),
            prompt: contents.last().map(texts).unwrap_or_default(),
            files: contents.last().map(|turn| count(turn, &FILE)).unwrap_or_default(),
            results: contents.iter().rev().take_while(said_here).map(|turn| count(turn, &[RESULT])).sum(),
            stop: stop.filter_map(|text| text.as_str().map(str::to_owned)).collect(),
            max_tokens: setting(3).and_then(Value::as_u64),
            temperature: setting(4).and_then(Value::as_f64),
            top_p: setting(5).and_then(Value::as_f64),
            thinking_budget: setting(16).and_then(|thinking| at(thinking, 1)).and_then(Value::as_i64),
            thinking_level: setting(16).and_then(|thinking| at(thinking, 3)).and_then(Value::as_u64),
            system: at(&root, 5).map(texts).unwrap_or_default(),
            mime: text(&[7]),
            has_schema: setting(8).is_some(),
            functions: tools.iter().filter_map(|tool| at(tool, tool::FUNCTIONS)).flat_map(names).collect(),
            tools: tools_of(tools),
            safety: thresholds
                .filter_map(|one| Some((at(one, 2)?.as_u64()?, at(one, 3)?.as_u64()?)))
                .collect(),
            media_resolution: setting(17).and_then(Value::as_u64),
            aspect_ratio: text(&[26, 0]),
            image_size: text(&[26, 1]),
            voice: setting(15).and_then(first_text).map(str::to_owned),
        })
    }
}

fn tools_of(tools: &[Value]) -> Tools {
    let has = |index| tools.iter().any(|tool| at(tool, index).is_some());
    Tools {
        search: has(tool::SEARCH),
        url_context: has(tool::URL_CONTEXT),
        code_execution: has(tool::CODE),
        maps: has(tool::MAPS),
    }
}

/// The names in `[[name, …], …]`.
fn names(functions: &Value) -> Vec<String> {
    let functions = functions.as_array().into_iter().flatten();
    functions.filter_map(|function| at(function, 0)?.as_str().map(str::to_owned)).collect()
}

/// The first text, however deep it lies.
fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(members) => members.iter().find_map(first_text),
        _ => None,
    }
}

/// Whether a turn is not the model's.
fn said_here(content: &&Value) -> bool {
    at(content, 1).is_none_or(|role| role != "model")
}

/// How many parts of `[[part, …], role]` fill one of these places.
fn count(content: &Value, places: &[usize]) -> usize {
    let parts = dig(content, &[0]).and_then(Value::as_array).into_iter().flatten();
    parts.filter(|part| places.iter().any(|place| at(part, *place).is_some())).count()
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
        let body = r#"["models/demo",[[[[,"Hi"]],"user"],[[[,"Yo"]],"model"],[[[,"Go "],[,"on"]],"user"]],
            [[,,7,5],[,,8,2]],[,["END"],,512,0.3,0.8,,"application/json",[6],,,,,,[3],[[["Kore"]]],[1,1024,,2],3,,,,,,,,,
            ["16:9","2K"]],"!token",[[[,"Be brief"]],"user"]]"#;
        let sent = Sent::parse(body).unwrap();
        assert_eq!((sent.model.as_str(), sent.turns, sent.prompt.as_str()), ("demo", 3, "Go on"));
        assert_eq!((sent.max_tokens, sent.temperature, sent.top_p), (Some(512), Some(0.3), Some(0.8)));
        assert_eq!((sent.thinking_budget, sent.thinking_level), (Some(1024), Some(2)));
        assert_eq!((sent.stop, sent.system.as_str()), (vec!["END".to_owned()], "Be brief"));
        assert_eq!((sent.mime.as_deref(), sent.has_schema), (Some("application/json"), true));
        assert_eq!((sent.safety, sent.media_resolution), (vec![(7, 5), (8, 2)], Some(3)));
        assert_eq!((sent.aspect_ratio.as_deref(), sent.image_size.as_deref()), (Some("16:9"), Some("2K")));
        assert_eq!(sent.voice.as_deref(), Some("Kore"));
        assert_eq!((sent.files, Sent::parse("{}")), (0, None));
        let with_files =
            r#"["models/demo",[[[[,,["image/png","AAAA"]],[,"Hi"],[,,,,,["drive-id"]]],"user"]]]"#;
        assert_eq!(Sent::parse(with_files).unwrap().files, 2);
        let with_results = r#"["models/demo",[[[[,"Hi"]],"user"],[[[,,,,,,,,,,["f"]]],"model"],
            [[[,,,,,,,,,,,["f",[]]],[,,,,,,,,,,,["g",[]]],[,"Go on"]],"user"]]]"#;
        let with_results = Sent::parse(with_results).unwrap();
        assert_eq!((with_results.results, with_results.prompt.as_str()), (2, "Go on"));
        let results_in = |turns: &str| Sent::parse(&format!(r#"["m",[{turns}]]"#)).unwrap().results;
        let result = r#"[[[,,,,,,,,,,,["f",[]]]],"user"]"#;
        assert_eq!(results_in(&format!("{result},{result}")), 2, "each may have its turn");
        assert_eq!(
            results_in(&format!(r#"{result},[[[,"Hi"]],"model"],[[[,"Yo"]],"user"]"#)),
            0,
            "of the past"
        );
    }

    #[test]
    fn tools_are_known_by_the_place_they_fill() {
        let sent = |tools: &str| Sent::parse(&format!(r#"["m",[],,,,,{tools}]"#)).unwrap();
        let tools = sent("[[[]],[,[[\"f\",\"d\"],[\"g\"]]],[,,,[,[[]]]]]");
        assert_eq!(tools.functions, ["f", "g"]);
        let found = Tools { code_execution: true, search: true, ..Tools::default() };
        assert_eq!(tools.tools, found);
        let found = Tools { url_context: true, maps: true, ..Tools::default() };
        assert_eq!(sent("[[,,,,,,,[]],[,,,,,,,,,,[]]]").tools, found);
        let none = sent("null");
        assert!(none.functions.is_empty() && none.tools == Tools::default());
        assert!(none.mime.is_none() && !none.has_schema && none.safety.is_empty() && none.voice.is_none());
    }
}
