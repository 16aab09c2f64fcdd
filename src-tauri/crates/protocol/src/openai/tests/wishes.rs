//! `modalities`, `audio`, and what is said in the way of Google's own endpoint.

use serde_json::{Value, json};

use super::{body, read, refusal, request};
use crate::chat::{BlockFrom, Effort, Harm, MediaResolution, Modality, Safety, Wishes};
use crate::openai::SoundForm;

fn wishes(google: &Value) -> Wishes {
    let request = request(&json!({ "google": google }));
    assert!(request.extra.is_empty(), "{:?}", request.extra);
    request.wishes
}

#[test]
fn thinking_is_said_in_googles_way_too() {
    let effort = |config: Value| request(&json!({ "google": { "thinking_config": config } })).effort;
    assert_eq!(effort(json!({ "thinking_budget": 800 })), Some(Effort::Budget(800)));
    assert_eq!(effort(json!({ "thinkingBudget": 0 })), Some(Effort::None));
    assert_eq!(effort(json!({ "thinking_budget": -1 })), Some(Effort::Unlimited));
    assert_eq!(effort(json!({ "thinkingLevel": "HIGH" })), Some(Effort::High));
    assert_eq!(effort(json!({ "thinking_level": "minimal" })), Some(Effort::Minimal));
    assert_eq!(effort(json!({ "include_thoughts": true })), None);
    let silent = wishes(&json!({ "thinkingConfig": { "includeThoughts": false } }));
    assert_eq!(silent.include_thoughts, Some(false));
}

#[test]
fn both_ways_to_say_the_effort_must_agree() {
    let config = json!({ "thinking_config": { "thinking_level": "low" } });
    let agreeing = request(&json!({ "reasoning_effort": "low", "google": config }));
    assert_eq!(agreeing.effort, Some(Effort::Low));
    assert_eq!(refusal(&json!({ "reasoning_effort": "high", "google": config })).0, "reasoning_effort");
}

#[test]
fn google_may_stand_in_extra_body() {
    let google = json!({ "media_resolution": "MEDIA_RESOLUTION_LOW", "cached_content": "c" });
    let request = request(&json!({ "extra_body": { "google": google, "other": 1 } }));
    assert_eq!(request.wishes.media_resolution, Some(MediaResolution::Low));
    assert_eq!(request.extra["google"], json!({ "cached_content": "c" }), "what is not known stays");
    assert_eq!(request.extra["extra_body"], json!({ "other": 1 }));
    let (param, message) = refusal(&json!({ "google": {}, "extra_body": { "google": {} } }));
    assert_eq!(param, "extra_body.google");
    assert!(message.contains("'google'"), "{message}");
}

#[test]
fn safety_settings_arrive() {
    let setting = |category: &str, threshold: &str| json!({ "category": category, "threshold": threshold });
    let settings = json!([
        setting("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE"),
        setting("HARM_CATEGORY_HATE_SPEECH", "BLOCK_ONLY_HIGH"),
        setting("HARM_CATEGORY_SEXUALLY_EXPLICIT", "BLOCK_LOW_AND_ABOVE"),
        setting("HARM_CATEGORY_DANGEROUS_CONTENT", "OFF"),
        setting("HARM_CATEGORY_CIVIC_INTEGRITY", "BLOCK_NONE"),
    ]);
    let expected = [
        Safety { harm: Harm::Harassment, block: BlockFrom::None },
        Safety { harm: Harm::Hate, block: BlockFrom::High },
        Safety { harm: Harm::Sexual, block: BlockFrom::Low },
        Safety { harm: Harm::Dangerous, block: BlockFrom::Off },
    ];
    assert_eq!(wishes(&json!({ "safety_settings": settings })).safety, expected);
    assert_eq!(request(&json!({ "safety_settings": settings })).wishes.safety, expected);
    let medium = json!([setting("harm_category_harassment", "block_medium_and_above")]);
    assert_eq!(wishes(&json!({ "safetySettings": medium })).safety[0].block, BlockFrom::Medium);
}

#[test]
fn media_pictures_and_voices_arrive() {
    let all = wishes(&json!({
        "media_resolution": "high",
        "response_modalities": ["TEXT", "IMAGE", "TEXT"],
        "image_config": { "aspect_ratio": "16:9", "image_size": "2k" },
        "speech_config": { "voice_config": { "prebuilt_voice_config": { "voice_name": "Kore" } } },
    }));
    assert_eq!(all.media_resolution, Some(MediaResolution::High));
    assert_eq!(all.modalities, [Modality::Text, Modality::Image]);
    assert_eq!((all.aspect_ratio.as_deref(), all.image_size.as_deref()), (Some("16:9"), Some("2K")));
    assert_eq!(all.voice.as_deref(), Some("Kore"));
    let image =
        request(&json!({ "modalities": ["image"], "image_config": { "aspect_ratio": "1:1" } })).wishes;
    assert_eq!(
        (image.modalities.as_slice(), image.aspect_ratio.as_deref()),
        (&[Modality::Image][..], Some("1:1"))
    );
}

#[test]
fn sound_is_wanted_as_wav_or_as_samples() {
    let call = |fields: Value| read(&body(&fields)).unwrap();
    let spoken = |format: &str| {
        let audio = json!({ "voice": "Puck", "format": format });
        call(json!({ "modalities": ["text", "audio"], "audio": audio }))
    };
    assert_eq!((spoken("wav").sound, spoken("pcm16").sound), (SoundForm::Wav, SoundForm::Pcm));
    assert_eq!(spoken("wav").request.wishes.voice.as_deref(), Some("Puck"));
    assert_eq!(call(json!({})).sound, SoundForm::Wav);
    assert_eq!(call(json!({ "stream": true })).sound, SoundForm::Pcm);
    let by_id = call(json!({ "audio": { "voice": { "id": "v" }, "format": "mp3" } }));
    assert_eq!(by_id.request.wishes.voice.as_deref(), Some("v"), "without sound its form does not matter");
}

#[test]
fn what_is_not_known_inside_a_wish_stays_to_be_named() {
    let harm = "HARM_CATEGORY_HARASSMENT";
    let built = |name: &str| json!({ "voice_config": { "prebuilt_voice_config": { "voice_name": name } } });
    let mut spoken = built("Kore");
    spoken["language_code"] = json!("de");
    for (field, given, left) in [
        ("thinking_config", json!({ "thinking_level": "low", "depth": 3 }), json!({ "depth": 3 })),
        ("thinkingConfig", json!({ "thinkingLevel": "low", "depth": 3 }), json!({ "depth": 3 })),
        (
            "safety_settings",
            json!([{ "category": harm, "threshold": "OFF", "method": "SEVERITY" }]),
            json!([{ "method": "SEVERITY" }]),
        ),
        ("image_config", json!({ "aspect_ratio": "1:1", "seed": 1 }), json!({ "seed": 1 })),
        ("speech_config", spoken, json!({ "language_code": "de" })),
        ("speech_config", json!({ "language_code": "de" }), json!({ "language_code": "de" })),
    ] {
        let read = request(&json!({ "google": { field: given } }));
        assert_eq!(read.extra["google"], json!({ field: left }), "{given}");
        assert_eq!(read.wishes.voice.is_some(), given.to_string().contains("Kore"), "{given}");
    }
    for (field, given, left) in [
        ("image_config", json!({ "image_size": "2K", "seed": 1 }), json!({ "seed": 1 })),
        ("audio", json!({ "voice": "Kore", "speed": 2 }), json!({ "speed": 2 })),
        (
            "safety_settings",
            json!([{ "category": harm, "threshold": "OFF", "method": "SEVERITY" }]),
            json!([{ "method": "SEVERITY" }]),
        ),
    ] {
        assert_eq!(request(&json!({ field: given })).extra[field], left, "{given}");
    }
    let bare = request(&json!({ "google": { "speech_config": {} } }));
    assert!(bare.extra.is_empty() && bare.wishes.voice.is_none());
}

#[test]
fn voices_that_clients_name_by_habit_are_known() {
    let named = |voice: &str| request(&json!({ "audio": { "voice": voice } })).wishes;
    for voice in ["alloy", "Shimmer", "cedar"] {
        let wishes = named(voice);
        assert!(wishes.voice_by_habit && wishes.voice.as_deref() == Some(voice), "{voice}");
    }
    assert!(!named("Kore").voice_by_habit && !named("alloys").voice_by_habit);
    let meant = json!({ "prebuilt_voice_config": { "voice_name": "Sage" } });
    let google = json!({ "extra_body": { "google": { "speech_config": { "voice_config": meant } } } });
    assert!(!request(&google).wishes.voice_by_habit, "no client of that field names it by habit");
}

#[test]
fn what_is_wrong_is_named_with_its_way() {
    let audio = |format: &str| json!({ "voice": "a", "format": format });
    let speech = json!(["audio"]);
    let wrong = [
        (json!({ "modalities": "text" }), "modalities"),
        (json!({ "modalities": ["smell"] }), "modalities[0]"),
        (json!({ "modalities": speech, "audio": audio("mp3") }), "audio.format"),
        (json!({ "modalities": speech, "audio": audio("wav"), "stream": true }), "audio.format"),
        (json!({ "audio": { "format": "tape" } }), "audio.format"),
        (json!({ "audio": "wav" }), "audio"),
        (json!({ "audio": { "voice": "" } }), "audio.voice"),
        (json!({ "google": [] }), "google"),
        (json!({ "extra_body": 1 }), "extra_body"),
        (
            json!({ "google": { "thinking_config": { "thinking_budget": -2 } } }),
            "google.thinking_config.thinking_budget",
        ),
        (
            json!({ "google": { "thinking_config": { "thinking_level": "x" } } }),
            "google.thinking_config.thinking_level",
        ),
        (
            json!({ "google": { "thinking_config": { "thinking_level": "low", "thinking_budget": 1 } } }),
            "google.thinking_config.thinking_level",
        ),
        (json!({ "google": { "media_resolution": 1 } }), "google.media_resolution"),
        (json!({ "google": { "safety_settings": [{}] } }), "google.safety_settings[0].category"),
        (
            json!({ "safety_settings": [{ "category": "HARM_CATEGORY_HARASSMENT", "threshold": "HIGH" }] }),
            "safety_settings[0].threshold",
        ),
        (
            json!({ "safety_settings": [
                { "category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF" },
                { "category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF" },
            ] }),
            "safety_settings[1].category",
        ),
        (
            json!({ "extra_body": { "google": { "image_config": { "aspect_ratio": "wide" } } } }),
            "extra_body.google.image_config.aspect_ratio",
        ),
        (json!({ "image_config": { "image_size": "huge" } }), "image_config.image_size"),
        (
            json!({ "google": { "speech_config": { "voice_config": { "prebuilt_voice_config": {} } } } }),
            "google.speech_config.voice_config.prebuilt_voice_config.voice_name",
        ),
    ];
    for (fields, param) in wrong {
        assert_eq!(refusal(&fields).0, param, "{fields}");
    }
}
