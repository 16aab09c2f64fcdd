use postern_protocol::chat::ProviderTools;
use serde_json::json;

use super::*;
use crate::wire::parse_models;

/// A model with these capability codes.
fn model(codes: &[u64]) -> Model {
    let mut row = vec![json!(null); 65];
    (row[0], row[64]) = (json!("models/demo"), json!(codes));
    parse_models(json!([[row]]).to_string().as_bytes()).unwrap().remove(0)
}

fn with<'a>(kept: &'a Kept, model: Option<&'a Model>) -> Meets<'a> {
    Meets { model, defaults: Tools::default(), functions: false, described: false, initial: None, kept }
}

fn search(asked: bool) -> Request {
    let provider_tools = ProviderTools { search: Some(asked), ..ProviderTools::default() };
    Request { provider_tools, ..Request::default() }
}

fn json_schema() -> ResponseFormat {
    ResponseFormat::JsonSchema { name: "n".into(), schema: json!({"type": "object"}), strict: true }
}

#[test]
fn tools_are_on_when_asked_for_and_off_otherwise() {
    let kept = Kept::default();
    let on = |request: &Request, meets: Meets<'_>| Wish::of(request, meets).unwrap().controls.tools;
    assert!(on(&search(true), with(&kept, None)).search);
    assert!(!on(&Request::default(), with(&kept, None)).any());
    let defaults = Tools { search: true, maps: true, ..Tools::default() };
    let owners = Meets { defaults, ..with(&kept, None) };
    assert_eq!(on(&Request::default(), owners), defaults);
    assert_eq!(on(&search(false), owners), Tools { search: false, ..defaults });
    // What the owner wants gives way.
    assert!(!on(&Request::default(), Meets { functions: true, ..owners }).any());
    let structured = Request { response_format: json_schema(), ..Request::default() };
    assert!(!on(&structured, owners).any());
    let able = model(&[1, 12]);
    assert_eq!(
        on(&Request::default(), Meets { model: Some(&able), ..owners }),
        Tools { maps: false, ..defaults }
    );
}

#[test]
fn what_cannot_be_had_is_refused() {
    let kept = Kept::default();
    let refused = |request: &Request, meets: Meets<'_>| Wish::of(request, meets).unwrap_err();
    let poor = model(&[1, 10]);
    let failure = refused(&search(true), with(&kept, Some(&poor)));
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("tools")));
    assert!(failure.message.contains("Google Search"), "{}", failure.message);
    let failure = refused(&search(true), Meets { functions: true, ..with(&kept, None) });
    assert!(failure.message.contains("functions"), "{}", failure.message);
    let wishes = Wishes { modalities: vec![Modality::Text, Modality::Image], ..Wishes::default() };
    let drawn = Request { wishes, ..Request::default() };
    assert_eq!(refused(&drawn, with(&kept, Some(&poor))).param.as_deref(), Some("modalities"));
    assert!(Wish::of(&drawn, with(&kept, Some(&Model::default()))).is_ok(), "the site did not say");
}

#[test]
fn a_form_goes_into_the_editor_or_into_words() {
    let kept = Kept::default();
    let structured = Request { response_format: json_schema(), ..Request::default() };
    let wish = Wish::of(&structured, with(&kept, None)).unwrap();
    assert!(wish.words.is_none() && wish.warnings.is_empty());
    let structure = wish.controls.structure.unwrap();
    assert!(structure.schema.contains("object") && !structure.known);
    let same = Kept { schema: Some(structure.schema), ..Kept::default() };
    let again = Wish::of(&structured, with(&same, None)).unwrap();
    assert!(again.controls.structure.unwrap().known);
    let any = Request { response_format: ResponseFormat::JsonObject, ..Request::default() };
    assert_eq!(Wish::of(&any, with(&kept, None)).unwrap().controls.structure.unwrap().schema, "");
    for apart in [
        Wish::of(&structured, Meets { functions: true, ..with(&kept, None) }),
        Wish::of(&Request { response_format: json_schema(), ..search(true) }, with(&kept, None)),
    ] {
        let wish = apart.unwrap();
        assert!(wish.controls.structure.is_none() && wish.words.unwrap().contains("\"object\""));
        assert_eq!(wish.warnings.len(), 1);
    }
    let mut wish = Wish::of(&structured, with(&kept, None)).unwrap();
    wish.in_words(&structured.response_format);
    assert!(wish.controls.structure.is_none() && wish.words.is_some() && wish.warnings.len() == 1);
}

#[test]
fn lists_go_back_to_what_they_showed() {
    let kept = Kept::default();
    let shown = [("voice", Some("Zephyr")), ("media_resolution", Some("Default")), ("aspect_ratio", None)];
    let choices = shown.map(|(name, entry)| (name.to_owned(), entry.map(str::to_owned))).into();
    let initial = Shown { choices, ..Shown::default() };
    let meets = Meets { initial: Some(&initial), ..with(&kept, None) };
    let chosen =
        |wishes: Wishes| Wish::of(&Request { wishes, ..Request::default() }, meets).unwrap().controls.choices;
    let plain = chosen(Wishes::default());
    assert_eq!(plain, [("media_resolution", "Default".to_owned()), ("voice", "Zephyr".to_owned())].into());
    let asked = chosen(Wishes {
        media_resolution: Some(MediaResolution::Low),
        voice: Some("Kore".into()),
        modalities: vec![Modality::Image],
        ..Wishes::default()
    });
    assert_eq!((asked["media_resolution"].as_str(), asked["voice"].as_str()), ("low", "Kore"));
    assert_eq!(asked["output_format"], "images");
}

#[test]
fn a_voice_named_by_habit_may_give_way() {
    let kept = Kept::default();
    let of = |voice_by_habit: bool, initial: Option<&Shown>| {
        let wishes = Wishes { voice: Some("alloy".into()), voice_by_habit, ..Wishes::default() };
        Wish::of(&Request { wishes, ..Request::default() }, Meets { initial, ..with(&kept, None) })
            .unwrap()
            .controls
    };
    let choices = [("voice".to_owned(), Some("Zephyr".to_owned()))].into();
    let shown = Shown { choices, ..Shown::default() };
    assert_eq!(of(true, Some(&shown)).stand_ins, [("voice", Some("Zephyr".to_owned()))].into());
    assert_eq!(of(true, None).stand_ins, [("voice", None)].into());
    assert_eq!(of(true, None).choices["voice"], "alloy", "a page that has it uses it");
    assert!(of(false, Some(&shown)).stand_ins.is_empty());
}

#[test]
fn safety_goes_back_once_nobody_asks_for_it() {
    let mut kept = Kept::default();
    let hate = |block| Wishes { safety: vec![Safety { harm: Harm::Hate, block }], ..Wishes::default() };
    let request = Request { wishes: hate(BlockFrom::Low), ..Request::default() };
    let wish = Wish::of(&request, with(&kept, None)).unwrap();
    assert_eq!(wish.controls.safety.unwrap().hate, Some(BlockFrom::Low));
    let off = Blocks { hate: Some(BlockFrom::Off), ..Blocks::default() };
    let before: Prepared = serde_json::from_value(json!({
        "state": "ready", "warnings": [], "safety_before": {"hate": "off"}
    }))
    .unwrap();
    assert_eq!(before.safety_before, Some(off));
    kept.note(&request, &wish.controls, &before);
    assert_eq!(kept.safety, off);
    let plain = Request::default();
    let back = Wish::of(&plain, with(&kept, None)).unwrap();
    assert_eq!(back.controls.safety, Some(off));
    let failed = json!({"hate": "off"});
    for untaken in [
        json!({"state": "ready", "warnings": [], "safety_before": {"hate": "low"}, "safety_failed": failed}),
        json!({"state": "ready", "warnings": [], "safety_failed": failed}),
    ] {
        kept.note(&plain, &back.controls, &serde_json::from_value(untaken).unwrap());
        assert_eq!(kept.safety, off, "the page did not go back");
    }
    kept.note(&plain, &back.controls, &before);
    assert!(kept.safety.is_empty());
    assert_eq!(Wish::of(&plain, with(&kept, None)).unwrap().controls.safety, None);
}

#[test]
fn an_entry_that_is_not_there_is_told_with_those_that_are() {
    let choices = [("voice", "Nobody".to_owned())].into();
    let controls = Controls { choices, ..Controls::default() };
    let offered = vec!["Zephyr".to_owned(), "Puck".to_owned()];
    let failure = Unoffered { setting: "voice".into(), offered }.failure(&controls, "demo");
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("voice")));
    assert!(failure.message.contains("\"Nobody\"") && failure.message.contains("Zephyr, Puck"));
}

#[test]
fn the_script_says_what_became_of_the_form() {
    let of = |value: serde_json::Value| serde_json::from_value::<Structured>(value).unwrap();
    assert_eq!(of(json!({"outcome": "missing"})), Structured::Missing);
    assert_eq!(of(json!({"outcome": "refused", "words": "no"})), Structured::Refused("no".into()));
}
