//! Models are known by their ids, in whatever way those are written.

use crate::anthropic::Facts;

#[test]
fn the_longest_beginning_that_fits_holds() {
    let same = [
        ("claude-opus-4-20250514", "claude-opus-4-0"),
        ("claude-opus-4-1-20250805", "claude-opus-4-1"),
        ("anthropic/claude-opus-4.6", "claude-opus-4-6"),
        ("us.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5-20251001"),
        ("Claude-Sonnet-5.5", "claude-sonnet-5-5"),
        ("claude-mythos-preview", "claude-fable-5"),
        ("claude-something-new", "claude-opus-5-5"),
    ];
    for (one, other) in same {
        assert_eq!(Facts::of(one), Facts::of(other), "{one}");
    }
    let different = [
        ("claude-3-haiku-20240307", "claude-3-5-haiku-latest"),
        ("claude-opus-4-0", "claude-opus-4-1"),
        ("claude-opus-4-6", "claude-opus-4-7"),
        ("claude-opus-5", "claude-opus-5-5"),
        ("claude-sonnet-5", "claude-sonnet-5-5"),
        ("kimi-k2", "claude-sonnet-4"),
    ];
    for (one, other) in different {
        assert_ne!(Facts::of(one), Facts::of(other), "{one}");
    }
}

#[test]
fn the_most_tokens_are_those_of_the_model_pages() {
    let table = [
        ("claude-3-opus-20240229", 4096),
        ("claude-3-5-sonnet-20241022", 8192),
        ("claude-3-7-sonnet-20250219", 64_000),
        ("claude-opus-4-1", 32_000),
        ("claude-sonnet-4-5", 64_000),
        ("claude-sonnet-4-6", 64_000),
        ("claude-opus-4-6", 128_000),
        ("claude-haiku-5-5", 128_000),
        ("glm-5", 8192),
    ];
    for (model, most) in table {
        assert_eq!(Facts::of(model).most_tokens, most, "{model}");
    }
}

#[test]
fn models_before_those_that_think_are_known() {
    for (model, thinks) in
        [("claude-3-5-haiku-latest", false), ("claude-3-7-sonnet-latest", true), ("glm-5", true)]
    {
        assert_eq!(Facts::of(model).thinks(), thinks, "{model}");
    }
}
