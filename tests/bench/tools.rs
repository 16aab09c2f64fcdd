//! A loop of functions, as agents run it: the model calls a function or two, the client sends what they gave back,
//! ten times over. Measured are a chat that goes on in place and one whose past the client changes, so that it is
//! written anew each time; the bound are the same steps made by bare DevTools calls on the same site.

use anyhow::{Context, ensure};
use bytes::Bytes;
use postern_tests::{Control, Record, Scenario, Standin};
use serde_json::{Value, json};

use crate::browser::{self, Arrival, FLAGS, MODEL, arrival};
use crate::counted::CountedDriver;
use crate::devtools::BarePage;
use crate::journey::{self, STEPS};
use crate::load;
use crate::process::Server;
use crate::stats::{Table, median, verdict};

const LOOPS: usize = 5;
/// Filling the form, pressing what runs it.
const OPERATIONS: f64 = 2.0;
/// The row of all steps.
const ALL: &str = "all";
const PAGE_STEPS: &str = include_str!("steps.js");

/// What the client does with the conversation between two steps.
#[derive(Clone, Copy, PartialEq)]
enum Past {
    Kept,
    Changed,
}

/// One request of a loop.
struct Step {
    arrival: Arrival,
    /// Commands that the driver got for it; bare calls have none.
    operations: usize,
}

/// The steps of all loops, each loop's first request apart.
#[derive(Default)]
struct Steps {
    first: Vec<Step>,
    /// By their place in the loop.
    later: Vec<Vec<Step>>,
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    let site = Standin::start().await?;
    let arguments: Vec<String> = FLAGS.into_iter().map(str::to_owned).chain(site.browser_args()).collect();
    let folder = tempfile::tempdir()?;
    let driver = CountedDriver::in_folder(folder.path())?;
    let server = browser::product(folder.path(), &arguments, Some(&driver.program)).await?;
    let mut bare = BarePage::open(&browser::chromium(), &arguments).await?;
    let measured = compare(&Agent { server: &server, site: site.control(), driver }, &mut bare).await;
    bare.close().await?;
    server.stop().await?;
    let (steps, places) = measured?;
    steps.print("AI Studio in Chromium: a step of a tool loop, from the request until the site has it");
    places.print(
        "AI Studio in Chromium: a whole step of a tool loop in place, and with its history written anew",
    );
    Ok(())
}

/// Plays every kind of loop in turns, once more than what counts.
async fn compare(agent: &Agent<'_>, bare: &mut BarePage) -> anyhow::Result<(Table, Table)> {
    let url = format!("https://aistudio.google.com/prompts/new_chat?model={MODEL}&temporary=true");
    bare.go(&url).await?;
    let [mut kept, mut bare_kept, mut changed, mut bare_changed] = [(); 4].map(|()| Steps::default());
    for round in 0..=LOOPS {
        let (ours, _) = agent.play(Past::Kept).await?;
        let plain = bare_loop(bare, &agent.site, None).await?;
        let (ours_anew, prompts) = agent.play(Past::Changed).await?;
        let plain_anew = bare_loop(bare, &agent.site, Some(&prompts)).await?;
        // Of the first round every page was just opened.
        if round > 0 {
            kept.add(ours);
            bare_kept.add(plain);
            changed.add(ours_anew);
            bare_changed.add(plain_anew);
        }
    }
    let mut table = Table::new(&[
        "step",
        "page operations",
        "target",
        "bare DevTools, ms",
        "Postern, ms",
        "ratio",
        "target",
    ]);
    let rows = [
        ("new chat, functions declared", kept.first(), bare_kept.first()),
        ("results in the same chat", kept.all_later(), bare_kept.all_later()),
        ("history written anew, functions declared", changed.all_later(), bare_changed.all_later()),
    ];
    for (name, ours, plain) in rows {
        table.row(&row(name, &ours, &plain));
    }
    Ok((table, in_place(&kept, &changed)))
}

fn row(name: &str, ours: &[&Step], plain: &[&Step]) -> [String; 7] {
    let sent =
        |steps: &[&Step]| median(&mut steps.iter().map(|step| step.arrival.arrived_ms).collect::<Vec<_>>());
    let operations = operations(ours);
    let (ours, plain) = (sent(ours), sent(plain));
    let ratio = ours / plain;
    [
        name.to_owned(),
        operations.to_string(),
        verdict(operations, OPERATIONS),
        format!("{plain:.0}"),
        format!("{ours:.0}"),
        format!("{ratio:.2}"),
        verdict(ratio, 1.5),
    ]
}

/// What a client gains by leaving the past as it was, step by step: the more, the longer the conversation.
fn in_place(kept: &Steps, changed: &Steps) -> Table {
    let mut table = Table::new(&[
        "step",
        "in place, operations",
        "in place, ms",
        "written anew, operations",
        "written anew, ms",
        "ratio",
        "target",
    ]);
    for place in 0..STEPS {
        table.row(&place_row(&(place + 1).to_string(), &kept.at(place), &changed.at(place)));
    }
    table.row(&place_row(ALL, &kept.all_later(), &changed.all_later()));
    table
}

fn place_row(name: &str, kept: &[&Step], changed: &[&Step]) -> [String; 7] {
    let whole =
        |steps: &[&Step]| median(&mut steps.iter().map(|step| step.arrival.whole_ms).collect::<Vec<_>>());
    let ratio = whole(kept) / whole(changed);
    // Of one place alone there are too few to judge.
    let target = if name == ALL { verdict(ratio, 1.0) } else { String::new() };
    [
        name.to_owned(),
        operations(kept).to_string(),
        format!("{:.0}", whole(kept)),
        operations(changed).to_string(),
        format!("{:.0}", whole(changed)),
        format!("{ratio:.2}"),
        target,
    ]
}

fn operations(steps: &[&Step]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of commands")]
    let mut counts: Vec<f64> = steps.iter().map(|step| step.operations as f64).collect();
    median(&mut counts)
}

impl Steps {
    fn add(&mut self, of_loop: Vec<Step>) {
        let mut steps = of_loop.into_iter();
        self.first.extend(steps.next());
        for (place, step) in steps.enumerate() {
            if self.later.len() == place {
                self.later.push(Vec::new());
            }
            self.later[place].push(step);
        }
    }

    fn first(&self) -> Vec<&Step> {
        self.first.iter().collect()
    }

    fn at(&self, place: usize) -> Vec<&Step> {
        self.later.get(place).into_iter().flatten().collect()
    }

    fn all_later(&self) -> Vec<&Step> {
        self.later.iter().flatten().collect()
    }
}

/// A client of Postern that runs functions.
struct Agent<'a> {
    server: &'a Server,
    site: Control,
    driver: CountedDriver,
}

impl Agent<'_> {
    /// Plays the loop to its end: its steps, and the prompts that the site got.
    async fn play(&self, past: Past) -> anyhow::Result<(Vec<Step>, Vec<String>)> {
        begin(&self.site);
        let mut messages = vec![json!({ "role": "user", "content": journey::question(0) })];
        let (mut steps, mut prompts) = (Vec::new(), Vec::new());
        for at in 0..=STEPS {
            if past == Past::Changed {
                messages[0]["content"] = json!(journey::question(at));
            }
            let before = self.driver_commands(at)?;
            let body = body(&messages);
            let answer = load::answer(&self.server.address, &body);
            let (answer, record, arrival) = arrival(&self.site, answer).await?;
            let operations = self.driver.commands()? - before;
            let place = if past == Past::Kept { at } else { 0 };
            check(&record, place)?;
            prompts.push(record.prompt().to_owned());
            steps.push(Step { arrival, operations });
            let message = &answer["choices"][0]["message"];
            messages.push(message.clone());
            messages.extend(results(message, at)?);
        }
        Ok((steps, prompts))
    }

    /// There is no driver before the very first request.
    fn driver_commands(&self, at: usize) -> anyhow::Result<usize> {
        self.driver.commands().or_else(|error| if at == 0 { Ok(0) } else { Err(error) })
    }
}

fn begin(site: &Control) {
    site.clear_records();
    site.set_scenario(Scenario::answering_in_turn(journey::answers()));
}

fn body(messages: &[Value]) -> Bytes {
    let tools: Vec<Value> = journey::functions()
        .into_iter()
        .map(|function| json!({ "type": "function", "function": function }))
        .collect();
    Bytes::from(json!({ "model": MODEL, "messages": messages, "tools": tools }).to_string())
}

/// What the called functions gave back; none were called at the end.
fn results(message: &Value, at: usize) -> anyhow::Result<Vec<Value>> {
    let none = Vec::new();
    let calls = message["tool_calls"].as_array().unwrap_or(&none);
    let expected = if at < STEPS { journey::calls_in(at) } else { 0 };
    ensure!(calls.len() == expected, "{} calls instead of {expected} in step {at}", calls.len());
    Ok(calls
        .iter()
        .enumerate()
        .map(|(call, of)| json!({ "role": "tool", "tool_call_id": of["id"], "content": journey::result(at, call) }))
        .collect())
}

/// Whether the site got what this kind of loop is about.
fn check(record: &Record, place: usize) -> anyhow::Result<()> {
    let turns = record.contents.len();
    ensure!(turns == 2 * place + 1, "a chat of {turns} turns in step {place}");
    ensure!(record.functions.len() == journey::functions().len(), "functions are not declared");
    let answered = if place == 0 { 0 } else { journey::calls_in(place - 1) };
    ensure!(record.function_responses().len() == answered, "results are not in their boxes");
    ensure!(record.temporary, "the chat is not a temporary one");
    Ok(())
}

/// The same loop by DevTools calls alone: results in place, or each of the prompts in a chat of its own. Each step is
/// one script that presses Run too, the least that there can be; Postern has the browser press it, as a person would.
async fn bare_loop(
    page: &mut BarePage,
    site: &Control,
    prompts: Option<&[String]>,
) -> anyhow::Result<Vec<Step>> {
    begin(site);
    let mut steps = Vec::new();
    for at in 0..=STEPS {
        let prompt = prompts.map(|prompts| prompts.get(at).cloned().context("a prompt")).transpose()?;
        let prompt = prompt.or_else(|| (at == 0).then(|| journey::question(0)));
        let place = if prompt.is_some() { 0 } else { at };
        let todo = match prompt {
            Some(prompt) => {
                let functions = json!(json!(journey::functions()).to_string());
                format!("await begin(); await declare({functions}); await ask({});", json!(prompt))
            }
            None => {
                let results = (0..journey::calls_in(at - 1)).map(|call| journey::result(at - 1, call));
                format!("await answer({});", json!(results.collect::<Vec<_>>()))
            }
        };
        let script = format!("(async () => {{ {PAGE_STEPS}\n{todo} return true; }})()");
        let (_, record, arrival) = arrival(site, page.evaluate(&script)).await?;
        check(&record, place)?;
        steps.push(Step { arrival, operations: 0 });
    }
    Ok(steps)
}
