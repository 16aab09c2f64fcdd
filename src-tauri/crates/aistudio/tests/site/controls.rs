//! Every control that a request can ask for: it reaches the site, and the next request is without it.

use postern_aistudio::Tools;
use postern_protocol::chat::{
    BlockFrom, Effort, FailureKind, Harm, MediaResolution, Message, Modality, ProviderTools, Request,
    ResponseFormat, Role, Safety, Wishes,
};
use postern_tests::{
    Layout, Piece, Record, Resolution, Scenario, Script, Threshold, Tool, Usage, echo_picture,
};
use serde_json::{Value, json};

use crate::house::{House, question};

pub(crate) const PICTURES: &str = "gemini-2.5-flash-image";
pub(crate) const SPEECH: &str = "gemini-2.5-flash-preview-tts";
/// A model that can do nothing but chat.
const PLAIN: &str = "gemma-3-27b-it";

/// A new chat of this page keeps what the last one had.
fn sticky() -> Layout {
    Layout { sticky_tools: true, ..Layout::default() }
}

fn with_tools(provider_tools: ProviderTools) -> Request {
    Request { provider_tools, ..question("Hi") }
}

fn search(asked: bool) -> Request {
    with_tools(ProviderTools { search: Some(asked), ..ProviderTools::default() })
}

fn with_wishes(model: &str, wishes: Wishes) -> Request {
    Request { model: model.into(), wishes, ..question("Hi") }
}

fn structured(schema: Value) -> Request {
    let response_format = ResponseFormat::JsonSchema { name: "answer".into(), schema, strict: true };
    Request { response_format, ..question("Hi") }
}

fn city() -> Value {
    json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
}

impl House {
    /// Asks, expects no warning, and says what the site got.
    async fn sends(&self, request: Request) -> Record {
        let answer = self.ask(request).await.unwrap();
        assert_eq!(answer.warnings, Vec::<String>::new());
        self.last()
    }

    fn last(&self) -> Record {
        self.site.records().pop().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_of_the_site_are_on_for_one_request_only() {
    let house = House::with(sticky(), |_| {}).await;
    let none = ProviderTools::default();
    let asked = [
        (ProviderTools { search: Some(true), ..none }, vec![Tool::Search]),
        (ProviderTools { url_context: Some(true), ..none }, vec![Tool::UrlContext]),
        (ProviderTools { code_execution: Some(true), ..none }, vec![Tool::CodeExecution]),
        (ProviderTools { maps: Some(true), ..none }, vec![Tool::Maps]),
        (none, vec![]),
    ];
    for (tools, expected) in asked {
        assert_eq!(house.sends(with_tools(tools)).await.tools, expected);
    }
    let two = ProviderTools { search: Some(true), url_context: Some(true), ..none };
    assert_eq!(house.sends(with_tools(two)).await.tools.len(), 2);
    assert_eq!(house.sends(question("Hi")).await.tools, []);
    assert_eq!(house.site.visits().len(), 1, "no page was loaded again");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owners_tools_give_way_to_what_a_request_wants() {
    let tools = Tools { search: true, ..Tools::default() };
    let house = House::with(Layout::default(), |config| config.tools = tools).await;
    assert_eq!(house.sends(question("Hi")).await.tools, [Tool::Search]);
    assert_eq!(house.sends(search(false)).await.tools, []);
    let record = house.sends(structured(city())).await;
    assert!(record.tools.is_empty() && record.schema.is_some());
    let plain = Request { model: PLAIN.into(), ..question("Hi") };
    assert_eq!(house.sends(plain).await.tools, [], "the model has no search");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_the_model_does_not_have_is_refused() {
    let house = House::open().await;
    house.works().await;
    let failure = house.ask(Request { model: PLAIN.into(), ..search(true) }).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("tools")));
    assert!(failure.message.contains("Google Search"), "{}", failure.message);
    assert_eq!(house.site.records().len(), 1);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_goes_through_the_editor_and_does_not_stay() {
    let house = House::with(sticky(), |_| {}).await;
    let record = house.sends(structured(city())).await;
    assert_eq!(record.response_mime.as_deref(), Some("application/json"));
    assert_eq!(record.schema.unwrap()["properties"]["city"]["type"], "string");
    let plain = house.sends(question("Hi")).await;
    assert_eq!((plain.response_mime, plain.schema), (None, None));
    let any = Request { response_format: ResponseFormat::JsonObject, ..question("Hi") };
    let any = house.sends(any).await;
    assert_eq!((any.response_mime.as_deref(), any.schema), (Some("application/json"), None));
    // What one form leaves in the editor is not what the next one finds.
    let other = json!({"type": "object", "properties": {"days": {"type": "integer"}}});
    let record = house.sends(structured(other)).await;
    assert!(record.schema.unwrap()["properties"].get("city").is_none());
    assert_eq!(house.site.visits().len(), 1, "no page was loaded again");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_goes_on_with_its_form_and_without_its_tools() {
    let house = House::open().await;
    let go_on = |mut request: Request, answer: &str| {
        let more = [(Role::Assistant, answer), (Role::User, "Go on")];
        request.messages.extend(more.map(|(role, text)| Message::text(role, text)));
        request
    };
    let first = house.ask(structured(city())).await.unwrap();
    let record = house.sends(go_on(structured(city()), &first.text())).await;
    assert!(record.contents.len() == 3 && record.schema.is_some());
    let plain = go_on(question("Hi"), &first.text());
    let answer = house.ask(search(true)).await.unwrap();
    assert_eq!(house.last().tools, [Tool::Search]);
    let record = house.sends(go_on(question("Hi"), &answer.text())).await;
    assert!(record.contents.len() == 3 && record.tools.is_empty() && record.schema.is_none());
    let record = house.sends(plain).await;
    assert!(record.response_mime.is_none());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_back_in_the_form_that_the_caller_declared() {
    let house = House::open().await;
    let script = Script::new().text("{\"city_na").text("me\": \"Oslo\"}").finish(1, Usage::default());
    house.site.set_scenario(Scenario::answering(script));
    let named = json!({"type": "object", "properties": {"city name": {"type": "string"}}});
    let answer = house.ask(structured(named)).await.unwrap();
    assert!(house.last().schema.unwrap()["properties"].get("city_name").is_some());
    assert_eq!(answer.text(), "{\"city name\":\"Oslo\"}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_the_editor_refuses_is_told_in_its_words() {
    let layout = Layout { editor_refuses: vec!["pattern".into()], ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    let schema = json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^x$"}}});
    let failure = house.ask(structured(schema)).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("response_format")));
    assert!(failure.message.contains("pattern"), "{}", failure.message);
    assert!(house.site.records().is_empty());
    let plain = house.sends(question("Still there?")).await;
    assert_eq!(plain.response_mime, None);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_asked_for_in_words_where_there_is_no_editor() {
    let house = House::with(Layout::default().without([Piece::StructuredOutput]), |_| {}).await;
    let answer = house.ask(structured(city())).await.unwrap();
    assert_eq!(answer.warnings.len(), 1, "{:?}", answer.warnings);
    let record = house.last();
    assert!(record.schema.is_none());
    assert!(record.system.unwrap().contains("\"city\""));
    assert_eq!(house.sends(question("Hi")).await.system.unwrap_or_default(), "");
    // With a tool of the site there is no editor either.
    let both = Request { provider_tools: search(true).provider_tools, ..structured(city()) };
    let answer = house.ask(both).await.unwrap();
    assert_eq!(answer.warnings.len(), 1, "{:?}", answer.warnings);
    let record = house.last();
    assert!(record.tools == [Tool::Search] && record.system.unwrap().contains("\"city\""));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn safety_settings_arrive_and_go_back() {
    let house = House::with(sticky(), |_| {}).await;
    let off = house.sends(question("Hi")).await.safety;
    assert!(off.len() == 4 && off.iter().all(|(_, threshold)| *threshold == Threshold::Off), "{off:?}");
    let safety = vec![
        Safety { harm: Harm::Hate, block: BlockFrom::Low },
        Safety { harm: Harm::Dangerous, block: BlockFrom::High },
    ];
    let wishes = Wishes { safety, ..Wishes::default() };
    let set = house.sends(Request { wishes, ..question("Hi") }).await.safety;
    let thresholds: Vec<Threshold> = set.iter().map(|(_, threshold)| *threshold).collect();
    assert_eq!(thresholds, [Threshold::Off, Threshold::Most, Threshold::Off, Threshold::Few]);
    assert_eq!(house.sends(question("Hi")).await.safety, off);
    assert_eq!(house.sends(question("Hi")).await.safety, off);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_chosen_from_and_go_back() {
    let house = House::with(sticky(), |_| {}).await;
    let model = question("Hi").model;
    let wishes = Wishes { media_resolution: Some(MediaResolution::Medium), ..Wishes::default() };
    let record = house.sends(with_wishes(&model, wishes)).await;
    assert_eq!(record.media_resolution, Some(Resolution::Medium));
    assert_eq!(house.sends(question("Hi")).await.media_resolution, None);

    let wishes = Wishes {
        aspect_ratio: Some("16:9".into()),
        image_size: Some("2K".into()),
        modalities: vec![Modality::Image],
        ..Wishes::default()
    };
    let plain = house.sends(with_wishes(PICTURES, Wishes::default())).await;
    let record = house.sends(with_wishes(PICTURES, wishes)).await;
    assert_eq!((record.aspect_ratio.as_deref(), record.image_size.as_deref()), (Some("16:9"), Some("2K")));
    assert_eq!(record.modalities, [postern_tests::Modality::Image]);
    let back = house.sends(with_wishes(PICTURES, Wishes::default())).await;
    assert_eq!(
        (back.aspect_ratio, back.image_size, back.modalities),
        (plain.aspect_ratio, plain.image_size, plain.modalities)
    );

    let voice = |voice: &str| with_wishes(SPEECH, Wishes { voice: Some(voice.into()), ..Wishes::default() });
    let plain = house.sends(with_wishes(SPEECH, Wishes::default())).await.voice;
    assert_eq!(house.sends(voice("puck")).await.voice.as_deref(), Some("Puck"));
    assert_eq!(house.sends(with_wishes(SPEECH, Wishes::default())).await.voice, plain);
    let failure = house.ask(voice("Nobody")).await.unwrap_err();
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("voice")));
    assert!(failure.message.contains("Zephyr"), "{}", failure.message);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_voice_named_by_habit_is_unknown_the_models_own_speaks() {
    let house = House::with(sticky(), |_| {}).await;
    let voice = |voice: &str, voice_by_habit| {
        with_wishes(SPEECH, Wishes { voice: Some(voice.into()), voice_by_habit, ..Wishes::default() })
    };
    let own = house.sends(with_wishes(SPEECH, Wishes::default())).await.voice;
    assert_eq!(house.sends(voice("Puck", false)).await.voice.as_deref(), Some("Puck"));
    let answer = house.ask(voice("alloy", true)).await.unwrap();
    let told: Vec<&String> = answer.warnings.iter().filter(|warning| warning.contains("voice")).collect();
    assert_eq!(told.len(), 1, "{:?}", answer.warnings);
    assert!(told[0].contains("\"alloy\"") && told[0].contains("Zephyr"), "{told:?}");
    assert_eq!(house.last().voice, own);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_are_found_by_their_labels_when_their_marks_are_others() {
    let house = House::with(Layout { drifted: true, ..sticky() }, |_| {}).await;
    let mut request = search(true);
    request.wishes.media_resolution = Some(MediaResolution::High);
    request.wishes.safety = vec![Safety { harm: Harm::Sexual, block: BlockFrom::Medium }];
    let record = house.sends(request).await;
    assert_eq!((record.tools, record.media_resolution), (vec![Tool::Search], Some(Resolution::High)));
    assert!(record.safety.iter().any(|(_, threshold)| *threshold == Threshold::Some));
    let record = house.sends(structured(city())).await;
    assert!(record.schema.is_some() && record.tools.is_empty() && record.media_resolution.is_none());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_that_are_not_there_are_warnings() {
    let gone = [Piece::Search, Piece::MediaResolution, Piece::Safety, Piece::Maps];
    let house = House::with(Layout::default().without(gone), |_| {}).await;
    let mut request = search(true);
    request.wishes.media_resolution = Some(MediaResolution::High);
    request.wishes.safety = vec![Safety { harm: Harm::Sexual, block: BlockFrom::Medium }];
    let answer = house.ask(request).await.unwrap();
    for missing in ["Google Search", "media resolution", "safety settings"] {
        assert!(answer.warnings.iter().any(|text| text.contains(missing)), "{:?}", answer.warnings);
    }
    assert_eq!(answer.warnings.len(), 3, "{:?}", answer.warnings);
    house.sends(question("Hi")).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_is_open_stays_so_whatever_it_lacks() {
    let house = House::with(Layout::default().without([Piece::Stop, Piece::MaxTokens]), |_| {}).await;
    let wishes =
        Wishes { safety: vec![Safety { harm: Harm::Hate, block: BlockFrom::Low }], ..Wishes::default() };
    for _ in 0..3 {
        let mut request = with_wishes(&question("Hi").model, wishes.clone());
        request.sampling.top_p = Some(0.5);
        let record = house.sends(request).await;
        assert_eq!((record.top_p, record.safety[1].1), (Some(0.5), Threshold::Most));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_does_not_think_is_not_asked_to() {
    let house = House::open().await;
    let ask = async |effort| {
        let request = Request { model: PLAIN.into(), effort: Some(effort), ..question("Hi") };
        house.ask(request).await.unwrap().warnings
    };
    assert_eq!(ask(Effort::None).await, Vec::<String>::new());
    assert_eq!(ask(Effort::High).await, ["this model does not think"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_goes_on_with_the_picture_that_it_made() {
    let house = House::open().await;
    let picture = Script::new().image("image/png", echo_picture()).finish(1, Usage::default());
    house.site.set_scenario(Scenario::answering_in_turn([picture.clone(), picture]));
    let mut request = with_wishes(PICTURES, Wishes::default());
    let answer = house.ask(request.clone()).await.unwrap();
    assert_eq!((answer.images().len(), answer.text().as_str()), (1, ""));
    request.messages.push(Message::text(Role::Assistant, ""));
    request.messages.push(Message::text(Role::User, "Make it blue"));
    house.ask(request).await.unwrap();
    let record = house.last();
    assert_eq!((record.contents.len(), record.prompt()), (3, "Make it blue"));
    house.close().await;
}
