//! What explains a data set to people and programs: the card of the Hugging Face Hub, and LLaMA-Factory's list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::super::run::Tally;
use super::super::spec::{FileFormat, Part, Preset, Spec};
use super::{Written, part_file};

/// `dataset_info.json`. As soon as there are columns, what is not named is not read; so each is named that is there.
pub(super) fn dataset_info(spec: &Spec, columns: &BTreeMap<Part, BTreeSet<String>>) -> String {
    let mut info = Map::new();
    for (part, seen) in columns {
        let name = match part {
            Part::Train => spec.name.clone(),
            Part::Validation | Part::Test => format!("{}_{}", spec.name, part.word()),
        };
        info.insert(name, entry(spec, *part, seen));
    }
    serde_json::to_string_pretty(&info).unwrap_or_default() + "\n"
}

fn entry(spec: &Spec, part: Part, seen: &BTreeSet<String>) -> Value {
    let alpaca = spec.preset == Preset::LlamaFactoryAlpaca;
    let known: &[(&str, &str)] = if alpaca {
        &[("prompt", "instruction"), ("query", "input"), ("response", "output"), ("history", "history")]
    } else {
        &[
            ("messages", "conversations"),
            ("chosen", "chosen"),
            ("rejected", "rejected"),
            ("kto_tag", "kto_tag"),
        ]
    };
    let both = [
        ("system", "system"),
        ("tools", "tools"),
        ("images", "images"),
        ("videos", "videos"),
        ("audios", "audios"),
    ];
    let columns: Map<String, Value> = known
        .iter()
        .chain(&both)
        .filter(|(_, column)| seen.contains(*column))
        .map(|(key, column)| ((*key).to_owned(), json!(column)))
        .collect();
    let mut entry = json!({
        "file_name": part_file(spec, part),
        "formatting": if alpaca { "alpaca" } else { "sharegpt" },
        "columns": columns,
    });
    if spec.preset == Preset::LlamaFactoryDpo {
        entry["ranking"] = json!(true);
    }
    if !alpaca {
        entry["tags"] = json!({
            "role_tag": "from",
            "content_tag": "value",
            "user_tag": "human",
            "assistant_tag": "gpt",
            "observation_tag": "observation",
            "function_tag": "function_call",
            "system_tag": "system",
        });
    }
    entry
}

/// `README.md`, as the Hub reads it. Which licence it has is for its owner to say.
pub(super) fn readme(spec: &Spec, tally: &Tally, files: &[Written]) -> String {
    let mut out = front_matter(spec, tally, files);
    let rows: Vec<String> = tally
        .rows
        .iter()
        .filter(|(_, rows)| **rows > 0)
        .map(|(part, rows)| format!("{rows} {}", part.word()))
        .collect();
    let rows = if rows.is_empty() { "no rows".to_owned() } else { rows.join(", ") };
    let _ = write!(
        out,
        "\n# {}\n\nConversations exported by Postern: {rows}. `export.json` says what was asked for and what was left out.\n",
        spec.name
    );
    if let Some(least) = tally.least_rows {
        let _ = write!(out, "\nThe service that these rows are for takes at least {least} for a training.\n");
    }
    out.push_str(
        "\n## Before you share it\n\n\
         - Choose a licence and write it into `license` above.\n\
         - Answers of hosted models are in it. The terms of some providers forbid training other models with them: look at \
         the terms of every model named in it.\n\
         - Redaction finds much and never everything. Read through a part of it.\n",
    );
    let what = match spec.preset {
        Preset::Trl | Preset::TrlDpo | Preset::TrlKto => "Arguments of calls",
        Preset::Axolotl => "Messages",
        _ => "",
    };
    if !what.is_empty() && spec.format == FileFormat::Parquet {
        let _ = write!(out, "\n{what} are JSON texts here, so that the column has one type.\n");
    }
    if spec.preset.is_llama_factory() {
        let _ = write!(
            out,
            "\n## LLaMA-Factory\n\nSet `dataset_dir` and `media_dir` to this folder, and `dataset` to `{}`.\n",
            spec.name
        );
    }
    out
}

fn front_matter(spec: &Spec, tally: &Tally, files: &[Written]) -> String {
    let total = tally.total();
    let size = match total {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        _ => "n>1M",
    };
    let mut out = String::from("---\n# license: choose one\n");
    let _ = write!(out, "pretty_name: {}\ntags:\n- conversations\n", spec.name);
    let task = if spec.preset == Preset::MsSwiftReranker { "text-ranking" } else { "text-generation" };
    let _ = write!(out, "task_categories:\n- {task}\nsize_categories:\n- {size}\n");
    let parts: Vec<(Part, String)> = Part::ALL
        .into_iter()
        .map(|part| (part, part_file(spec, part)))
        .filter(|(_, name)| files.iter().any(|file| file.name == *name))
        .collect();
    if !parts.is_empty() {
        out.push_str("configs:\n- config_name: default\n  data_files:\n");
        for (part, name) in &parts {
            let _ = write!(out, "  - split: {}\n    path: {name}\n", part.word());
        }
    }
    out.push_str("---\n");
    out
}
