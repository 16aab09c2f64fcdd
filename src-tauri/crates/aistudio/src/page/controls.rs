//! What the page's switches, lists and editors shall show for a request, and what cannot go together.
//!
//! Everything a request does not ask for has a place to go back to: switches go off (or to what the owner
//! wants), lists and safety settings to what the page showed at first. So nothing of one request is left for
//! the next.

use std::collections::BTreeMap;

use postern_protocol::chat::{
    BlockFrom, Failure, FailureKind, Harm, MediaResolution, Modality, Request, ResponseFormat, Safety, Wishes,
};
use serde::{Deserialize, Serialize};

use super::{Prepared, Shown};
use crate::functions::{Cleaned, Shape, clean_schema};
use crate::tools::{Tool, Tools};
use crate::wire::{Capability, Model};

/// What the page's controls shall show.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Controls {
    /// The provider's own tools.
    pub(crate) tools: Tools,
    /// The form of the answer, for the page's editor.
    pub(crate) structure: Option<Structure>,
    /// Entries of lists, by the name of the list. What is not in here is left as it is.
    pub(crate) choices: BTreeMap<&'static str, String>,
    /// Lists that need not have the entry, and what they then go back to; `None` is what they show.
    pub(crate) stand_ins: BTreeMap<&'static str, Option<String>>,
    /// What is withheld; `None` leaves the page's own.
    pub(crate) safety: Option<Blocks>,
}

/// The form of the answer, for the page's editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Structure {
    /// The schema as the editor takes it; empty for JSON of any form.
    pub(crate) schema: String,
    /// The chat in the page holds exactly this already.
    pub(crate) known: bool,
}

/// What is withheld, by the kind of harm. `None` leaves a kind as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Blocks {
    pub(crate) harassment: Option<BlockFrom>,
    pub(crate) hate: Option<BlockFrom>,
    pub(crate) sexual: Option<BlockFrom>,
    pub(crate) dangerous: Option<BlockFrom>,
}

impl Blocks {
    pub(crate) fn of(asked: &[Safety]) -> Self {
        let mut blocks = Self::default();
        for Safety { harm, block } in asked {
            *blocks.kind(*harm) = Some(*block);
        }
        blocks
    }

    fn kind(&mut self, harm: Harm) -> &mut Option<BlockFrom> {
        match harm {
            Harm::Harassment => &mut self.harassment,
            Harm::Hate => &mut self.hate,
            Harm::Sexual => &mut self.sexual,
            Harm::Dangerous => &mut self.dangerous,
        }
    }

    /// These, and where there are none, the others.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            harassment: self.harassment.or(other.harassment),
            hate: self.hate.or(other.hate),
            sexual: self.sexual.or(other.sexual),
            dangerous: self.dangerous.or(other.dangerous),
        }
    }

    /// Those of the kinds that the others name.
    #[must_use]
    fn only(self, others: Self) -> Self {
        Self {
            harassment: self.harassment.filter(|_| others.harassment.is_some()),
            hate: self.hate.filter(|_| others.hate.is_some()),
            sexual: self.sexual.filter(|_| others.sexual.is_some()),
            dangerous: self.dangerous.filter(|_| others.dangerous.is_some()),
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// What a page is known to hold of what requests before this one asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// The schema in the editor of the chat that goes on.
    pub(crate) schema: Option<String>,
    /// What was withheld before a request wanted it otherwise, kind by kind.
    pub(crate) safety: Blocks,
}

impl Kept {
    /// What of it counts for a chat that is begun, or goes on.
    pub(crate) fn for_chat(&self, fresh: bool) -> Self {
        let schema = if fresh { None } else { self.schema.clone() };
        Self { schema, safety: self.safety }
    }

    /// The form was filled.
    pub(crate) fn note(&mut self, request: &Request, controls: &Controls, prepared: &Prepared) {
        let set = prepared.structured == Structured::Set;
        self.schema = controls.structure.as_ref().filter(|_| set).map(|structure| structure.schema.clone());
        // What no request wants now and the page took is back to where it was, and needs to be remembered no longer.
        let before = self.safety.or(prepared.safety_before.unwrap_or_default());
        self.safety = before.only(Blocks::of(&request.wishes.safety).or(prepared.safety_failed));
    }
}

/// What a request asks for, sorted by how it gets into the page.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Wish {
    pub(crate) controls: Controls,
    /// The way back from the form in the page's editor to the one that was asked for.
    pub(crate) shape: Shape,
    /// What the system instructions must say because the page's editor cannot.
    pub(crate) words: Option<String>,
    /// What was changed on the way.
    pub(crate) warnings: Vec<String>,
}

/// What a request meets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meets<'a> {
    /// The model as the site lists it.
    pub(crate) model: Option<&'a Model>,
    /// Which tools the owner wants where a request says nothing.
    pub(crate) defaults: Tools,
    /// Functions are offered through the page, which then offers little else.
    pub(crate) functions: bool,
    /// Functions are described in the system instructions, so that the answer may be calls of them.
    pub(crate) described: bool,
    /// What the page showed at first.
    pub(crate) initial: Option<&'a Shown>,
    pub(crate) kept: &'a Kept,
}

impl Wish {
    /// Sorts what a request asks for; refuses what cannot be had.
    pub(crate) fn of(request: &Request, meets: Meets<'_>) -> Result<Self, Failure> {
        let structured = request.response_format != ResponseFormat::Text;
        let tools = tools(request, structured, meets)?;
        modalities(&request.wishes, meets.model)?;
        let apart = meets.functions || meets.described || tools.any();
        let mut wish = Self::default();
        match cleaned(&request.response_format) {
            Some(_) if apart => {
                wish.words = words(&request.response_format);
                wish.warnings.push(
                    "AI Studio's page offers its JSON form not together with functions or tools of its own; the \
                     form was asked for in the system instructions"
                        .to_owned(),
                );
            }
            Some((schema, shape)) => {
                wish.shape = shape;
                let known = meets.kept.schema.as_ref() == Some(&schema);
                wish.controls.structure = Some(Structure { schema, known });
            }
            None => {}
        }
        let safety = Blocks::of(&request.wishes.safety).or(meets.kept.safety);
        wish.controls.safety = (!safety.is_empty()).then_some(safety);
        wish.controls.choices = choices(&request.wishes, meets.initial);
        if request.wishes.voice_by_habit {
            wish.controls.stand_ins.insert("voice", shown_first(meets.initial, "voice"));
        }
        wish.controls.tools = tools;
        Ok(wish)
    }

    /// The same where the page has no editor for the form: the system instructions ask for it.
    pub(crate) fn in_words(&mut self, format: &ResponseFormat) {
        self.controls.structure = None;
        self.shape = Shape::Same;
        self.words = words(format);
        self.warnings.push(
            "AI Studio's page offers no JSON form with this model; it was asked for in the system instructions"
                .to_owned(),
        );
    }
}

fn tools(request: &Request, structured: bool, meets: Meets<'_>) -> Result<Tools, Failure> {
    let lacks = |tool: Tool| meets.model.is_some_and(|model| model.lacks(tool.capability()));
    for tool in Tool::ALL.into_iter().filter(|tool| tool.asked(&request.provider_tools) == Some(true)) {
        let label = tool.label();
        if lacks(tool) {
            let text =
                format!("the model {} has no {label}; ask another model or leave it out", request.model);
            return Err(bad(text, "tools"));
        }
        if meets.functions {
            let text = format!(
                "AI Studio offers {label} and functions only one at a time; leave one of them out, or have \
                 functions described in words: aistudio.tool_mode = \"emulated\""
            );
            return Err(bad(text, "tools"));
        }
    }
    // What the owner wants gives way to what the request wants.
    let free = !meets.functions && !structured;
    Ok(Tools::of(|tool| {
        let own = free && meets.defaults.has(tool) && !lacks(tool);
        tool.asked(&request.provider_tools).unwrap_or(own)
    }))
}

fn modalities(wishes: &Wishes, model: Option<&Model>) -> Result<(), Failure> {
    let needs = |modality: &Modality| match modality {
        Modality::Text => None,
        Modality::Image => Some((Capability::Image, "pictures")),
        Modality::Audio => Some((Capability::Speech, "speech")),
    };
    for (capability, what) in wishes.modalities.iter().filter_map(needs) {
        if let Some(model) = model.filter(|model| model.lacks(capability)) {
            let text = format!("the model {} makes no {what}; ask another model for it", model.id);
            return Err(bad(text, "modalities"));
        }
    }
    Ok(())
}

/// The schema for the page's editor; empty for any JSON, `None` for free text.
fn cleaned(format: &ResponseFormat) -> Option<(String, Shape)> {
    match format {
        ResponseFormat::Text => None,
        ResponseFormat::JsonObject => Some((String::new(), Shape::Same)),
        ResponseFormat::JsonSchema { schema, .. } => {
            let Cleaned { schema, shape } = clean_schema(schema);
            Some((schema.to_string(), shape))
        }
    }
}

fn words(format: &ResponseFormat) -> Option<String> {
    match format {
        ResponseFormat::Text => None,
        ResponseFormat::JsonObject => Some(
            "Answer with one JSON object and nothing else: no text around it and no code fence.".to_owned(),
        ),
        ResponseFormat::JsonSchema { schema, .. } => Some(format!(
            "Answer with one JSON value and nothing else: no text around it and no code fence. It must be valid \
             under this JSON schema:\n{schema}"
        )),
    }
}

/// The lists' entries: as asked, else as the page showed them at first.
fn choices(wishes: &Wishes, initial: Option<&Shown>) -> BTreeMap<&'static str, String> {
    let resolution = wishes.media_resolution.map(|resolution| match resolution {
        MediaResolution::Low => "low".to_owned(),
        MediaResolution::Medium => "medium".to_owned(),
        MediaResolution::High => "high".to_owned(),
    });
    let format = wishes.modalities.contains(&Modality::Image).then(|| {
        if wishes.modalities.contains(&Modality::Text) { "text_images" } else { "images" }.to_owned()
    });
    let asked = [
        ("media_resolution", resolution),
        ("aspect_ratio", wishes.aspect_ratio.clone()),
        ("image_size", wishes.image_size.clone()),
        ("output_format", format),
        ("voice", wishes.voice.clone()),
    ];
    let entry =
        |(name, asked): (_, Option<String>)| Some((name, asked.or_else(|| shown_first(initial, name))?));
    asked.into_iter().filter_map(entry).collect()
}

fn shown_first(initial: Option<&Shown>, list: &str) -> Option<String> {
    initial?.choices.get(list)?.clone()
}

/// The settings among these that a request asks for by name.
pub(crate) fn asked(request: &Request) -> Vec<&'static str> {
    let wishes = &request.wishes;
    let tools = Tool::ALL.into_iter().filter(|tool| tool.asked(&request.provider_tools) == Some(true));
    let given = [
        ("media_resolution", wishes.media_resolution.is_some()),
        ("aspect_ratio", wishes.aspect_ratio.is_some()),
        ("image_size", wishes.image_size.is_some()),
        ("output_format", wishes.modalities.contains(&Modality::Image)),
        ("voice", wishes.voice.is_some()),
    ];
    tools.map(Tool::name).chain(given.into_iter().filter_map(|(name, set)| set.then_some(name))).collect()
}

/// An entry that a list of the page does not have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Unoffered {
    /// The list.
    pub(crate) setting: String,
    /// What it has.
    pub(crate) offered: Vec<String>,
}

impl Unoffered {
    pub(crate) fn failure(&self, controls: &Controls, model: &str) -> Failure {
        let wanted = controls.choices.get(self.setting.as_str()).map_or("", String::as_str);
        let label = self.setting.replace('_', " ");
        let offered = self.offered.join(", ");
        let text =
            format!("AI Studio offers no {label} {wanted:?} with the model {model}; it offers: {offered}");
        bad(text, self.setting.clone())
    }
}

/// What came of putting the form of the answer into the page's editor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "outcome", content = "words", rename_all = "snake_case")]
pub(crate) enum Structured {
    /// None was wanted.
    #[default]
    Off,
    /// It is in force.
    Set,
    /// The page has no way to.
    Missing,
    /// The editor refused it with these words.
    Refused(String),
}

fn bad(text: String, param: impl Into<String>) -> Failure {
    Failure::new(FailureKind::BadRequest, text).param(param)
}

#[cfg(test)]
#[path = "controls_tests.rs"]
mod tests;
