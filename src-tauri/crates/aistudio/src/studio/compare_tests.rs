use std::collections::BTreeMap;

use postern_protocol::chat::{Effort, Harm, MediaResolution, Safety, Sampling, Wishes};

use super::*;
use crate::functions::Shape;
use crate::page::{Controls, Functions, Settings, Structure, Thinking};
use crate::tools::Tools;

fn filled() -> Filled {
    Filled {
        fresh: true,
        turns: 0,
        written: false,
        names: vec!["Demo".into(), "models/demo-1".into()],
        prompt: "Hi".into(),
        system: "Be brief".into(),
        settings: Settings { temperature: Some(0.3), top_p: None, max_tokens: Some(5) },
        thinking: Some(Thinking::of(Effort::Unlimited)),
        level: String::new(),
        controls: Controls::default(),
        shape: Shape::Same,
        tools_shown: Tool::ALL.map(|tool| (tool, Some(false))).into(),
        system_in_box: true,
        prompt_box: None,
        run: None,
        functions: Functions::Off,
        offered: Vec::new(),
        no_boxes: false,
        files: 0,
        results: 0,
        warnings: Vec::new(),
    }
}

fn sent() -> Sent {
    Sent {
        model: "demo-1".into(),
        turns: 1,
        temperature: Some(0.3),
        top_p: Some(0.9),
        max_tokens: Some(5),
        thinking_budget: Some(-1),
        stop: vec!["END".into()],
        system: "Be brief".into(),
        ..Sent::default()
    }
}

fn request() -> Request {
    let sampling = Sampling { stop: vec!["END".into()], ..Sampling::default() };
    Request { sampling, ..Request::default() }
}

#[test]
fn what_was_sent_otherwise_is_told() {
    assert!(differences(&sent(), &filled(), &request()).is_empty());
    let other = Sent { temperature: Some(1.0), thinking_budget: Some(1024), stop: Vec::new(), ..sent() };
    let found = differences(&other, &filled(), &request());
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "temperature is 1 instead of 0.3");
    let high = Filled { level: "high".into(), ..filled() };
    let found = |number| differences(&Sent { thinking_level: Some(number), ..sent() }, &high, &request());
    assert_eq!(found(3), Vec::<String>::new());
    assert_eq!(found(4), ["the thinking level is minimal instead of high"]);
}

#[test]
fn what_belongs_to_another_request_is_refused() {
    let found =
        |sent: &Sent, system: &str| foreign(sent, &Filled { system: system.into(), ..filled() }, &request());
    assert_eq!(found(&sent(), "Be\n brief "), None);
    assert_eq!(found(&Sent { stop: Vec::new(), ..sent() }, "Be brief"), None);
    assert!(found(&Sent { turns: 3, ..sent() }, "Be brief").is_some());
    assert!(found(&Sent { model: "demo-2".into(), ..sent() }, "Be brief").is_some());
    assert!(found(&sent(), "").is_some(), "the text of another client");
    assert!(found(&Sent { stop: vec!["END".into(), "X".into()], ..sent() }, "Be brief").is_some());
    assert!(found(&Sent { has_schema: true, ..sent() }, "Be brief").is_some(), "another client's schema");
    assert!(found(&Sent { mime: Some("application/json".into()), ..sent() }, "Be brief").is_some());
    let inlined = Filled { system_in_box: false, ..filled() };
    assert!(foreign(&sent(), &inlined, &request()).is_some());
    assert_eq!(foreign(&Sent { system: String::new(), ..sent() }, &inlined, &request()), None);
}

#[test]
fn files_of_another_request_are_refused_and_missing_ones_told() {
    let (one, two) = (Filled { files: 1, ..filled() }, Sent { files: 2, ..sent() });
    assert!(foreign(&two, &one, &request()).is_some());
    assert!(foreign(&sent(), &one, &request()).is_none());
    assert_eq!(differences(&sent(), &one, &request()), ["0 of 1 files were sent"]);
}

#[test]
fn results_are_sent_as_they_are_put_in() {
    let of = |sent_results: usize, put_in: usize| {
        let sent = Sent { results: sent_results, ..sent() };
        foreign(&sent, &Filled { results: put_in, ..filled() }, &request())
    };
    assert_eq!(of(2, 2), None);
    assert!(of(1, 2).is_some() && of(0, 1).is_some() && of(1, 0).is_some());
}

#[test]
fn tools_are_sent_as_they_are_switched() {
    let search = Tools { search: true, ..Tools::default() };
    let unasked = Sent { tools: search, ..sent() };
    assert!(foreign(&unasked, &filled(), &request()).is_some(), "its switch is off");
    let stuck = Filled { tools_shown: [(Tool::Search, Some(true))].into(), ..filled() };
    assert!(foreign(&unasked, &stuck, &request()).is_some(), "its switch stayed on");
    // Without a switch nothing can be done about it, so the request goes on.
    let hidden = Filled { tools_shown: BTreeMap::new(), ..filled() };
    assert_eq!(foreign(&unasked, &hidden, &request()), None);
    assert_eq!(differences(&unasked, &hidden, &request()), ["Google Search is on, which was not asked for"]);
    let controls = Controls { tools: search, ..Controls::default() };
    let asked = Filled { controls, tools_shown: [(Tool::Search, Some(true))].into(), ..filled() };
    assert!(foreign(&unasked, &asked, &request()).is_none());
    assert!(differences(&unasked, &asked, &request()).is_empty());
    assert_eq!(differences(&sent(), &asked, &request()).len(), 1);
}

#[test]
fn the_form_and_the_wishes_are_compared() {
    let structure = Structure { schema: String::new(), known: false };
    let safety = Blocks::of(&[Safety { harm: Harm::Hate, block: BlockFrom::High }]);
    let controls = Controls { structure: Some(structure), safety: Some(safety), ..Controls::default() };
    let filled = Filled { controls, ..filled() };
    let wishes = Wishes {
        media_resolution: Some(MediaResolution::High),
        aspect_ratio: Some("16:9".into()),
        voice: Some("kore".into()),
        ..Wishes::default()
    };
    let request = Request { wishes, ..request() };
    let right = Sent {
        mime: Some("application/json".into()),
        safety: vec![(7, 5), (8, 3)],
        media_resolution: Some(3),
        aspect_ratio: Some("16:9".into()),
        voice: Some("Kore".into()),
        ..sent()
    };
    assert_eq!(foreign(&right, &filled, &request), None);
    assert_eq!(differences(&right, &filled, &request), Vec::<String>::new());
    let wrong = Sent {
        mime: None,
        safety: vec![(8, 5)],
        media_resolution: Some(1),
        aspect_ratio: Some("1:1".into()),
        voice: Some("Puck".into()),
        ..right
    };
    assert_eq!(differences(&wrong, &filled, &request).len(), 5);
}
