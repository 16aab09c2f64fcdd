//! Rows of the same conversations as each form has them, and what each leaves out.

use super::super::golden::lines;
use super::super::spec::{Preset, Reasoning, Results, Spec, System, Tools};

fn of(preset: Preset) -> String {
    lines(&Spec { preset, ..Spec::default() })
}

#[test]
fn rows_of_llama_factory() {
    insta::assert_snapshot!(of(Preset::LlamaFactory));
}

#[test]
fn rows_of_llama_factory_alpaca() {
    insta::assert_snapshot!(of(Preset::LlamaFactoryAlpaca));
}

#[test]
fn rows_of_llama_factory_dpo() {
    insta::assert_snapshot!(of(Preset::LlamaFactoryDpo));
}

#[test]
fn rows_of_llama_factory_kto() {
    insta::assert_snapshot!(of(Preset::LlamaFactoryKto));
}

#[test]
fn rows_of_trl() {
    insta::assert_snapshot!(of(Preset::Trl));
}

#[test]
fn rows_of_trl_dpo() {
    insta::assert_snapshot!(of(Preset::TrlDpo));
}

#[test]
fn rows_of_trl_kto() {
    insta::assert_snapshot!(of(Preset::TrlKto));
}

#[test]
fn rows_of_axolotl() {
    insta::assert_snapshot!(of(Preset::Axolotl));
}

#[test]
fn rows_of_openai() {
    insta::assert_snapshot!(of(Preset::Openai));
}

#[test]
fn rows_of_openai_dpo() {
    insta::assert_snapshot!(of(Preset::OpenaiDpo));
}

#[test]
fn rows_of_together() {
    insta::assert_snapshot!(of(Preset::Together));
}

#[test]
fn rows_of_fireworks() {
    insta::assert_snapshot!(of(Preset::Fireworks));
}

#[test]
fn rows_of_mistral() {
    insta::assert_snapshot!(of(Preset::Mistral));
}

#[test]
fn rows_of_ms_swift() {
    insta::assert_snapshot!(of(Preset::MsSwift));
}

#[test]
fn rows_of_ms_swift_reranker() {
    insta::assert_snapshot!(of(Preset::MsSwiftReranker));
}

#[test]
fn rows_of_chatml() {
    insta::assert_snapshot!(of(Preset::Chatml));
}

#[test]
fn rows_as_they_were() {
    let spec = Spec { preset: Preset::Raw, redaction: None, ..Spec::default() };
    insta::assert_snapshot!(lines(&spec));
}

#[test]
fn wishes_change_the_rows() {
    let spec = Spec {
        reasoning: Reasoning::LastOnly,
        system: System::Replace("Speak.".to_owned()),
        tools: Tools::Derive,
        results: Results::List,
        result_chars: Some(5),
        last_turns: Some(4),
        max_tokens: Some(60),
        cut_off: true,
        ..Spec::default()
    };
    insta::assert_snapshot!(lines(&spec));
}

#[test]
fn files_are_named_by_what_they_are_and_nothing_but_media_by_its_type() {
    for (mime, name) in [
        ("image/jpg", "media/ab.jpg"),
        ("audio/x-wav; rate=8000", "media/ab.wav"),
        ("audio/mp4", "media/ab.m4a"),
        ("video/quicktime", "media/ab.mov"),
        ("text/html", "media/ab.bin"),
        ("image/svg+xml", "media/ab.bin"),
        ("", "media/ab.bin"),
    ] {
        assert_eq!(super::file_name("ab", mime), name, "{mime}");
    }
}
