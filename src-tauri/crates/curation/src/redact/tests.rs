use super::detect::spans;
use super::{Action, Profile, Redactor, Sensitive};
use crate::{Conversation, Part, Role, Turn};

fn found(text: &str) -> Vec<(Sensitive, &str)> {
    spans(text).into_iter().map(|span| (span.kind, &text[span.start..span.end])).collect()
}

fn of(parts: Vec<Part>) -> Conversation {
    let turn = Turn { role: Role::User, name: None, parts, train: None };
    Conversation { turns: vec![turn], ..Conversation::default() }
}

fn text(text: &str) -> Part {
    Part::Text { text: text.into() }
}

#[test]
fn every_kind_is_found_where_it_stands() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    let pem = format!(
        "-----BEGIN RSA {}-----\n{}\n-----END RSA PRIVATE KEY-----",
        "PRIVATE KEY",
        "MIIEow+/".repeat(12)
    );
    let cases: Vec<(Sensitive, String)> = vec![
        (Sensitive::Email, "anna.berg+news@mail.kth.se".into()),
        (Sensitive::Phone, "+49 30 901820".into()),
        (Sensitive::Phone, "+1 (212) 736-5000".into()),
        (Sensitive::Phone, "13812345678".into()),
        (Sensitive::Ip, "83.169.4.12".into()),
        (Sensitive::Ip, "2a00:1450:4001:81b::200e".into()),
        (Sensitive::CreditCard, "4556 7375 8689 9855".into()),
        (Sensitive::Iban, "DE89 3704 0044 0532 0130 00".into()),
        (Sensitive::Iban, "GB82WEST12345698765432".into()),
        (Sensitive::ChineseId, "11010519491231002X".into()),
        (Sensitive::Jwt, jwt.into()),
        (Sensitive::PrivateKey, pem),
        (Sensitive::ApiKey, ["sk-", "proj-Zt7Kq2mVx9Lw4RnB8sYc3HdF6gJ"].concat()),
        (Sensitive::ApiKey, ["sk-", "ant-api03-Zt7Kq2mVx9Lw4RnB8sYc3HdF6gJ-Qw"].concat()),
        (Sensitive::ApiKey, ["AI", "zaSyD4k9Qw7mZx2Lr8Vn5Bt1Hc6Jf3Gp0sYeU"].concat()),
        (Sensitive::ApiKey, ["gh", "p_Zt7Kq2mVx9Lw4RnB8sYc3HdF6gJ1Pa5Te0Ui"].concat()),
        (Sensitive::ApiKey, ["xo", "xb-2391823471-kq2mVx9Lw4RnB8"].concat()),
        (Sensitive::ApiKey, ["AK", "IAQ7K2MVX9LW4RNB8S"].concat()),
        (Sensitive::HomeUser, "mkowalski".into()),
    ];
    for (kind, what) in cases {
        let around = match kind {
            Sensitive::HomeUser => format!("open /home/{what}/notes.txt"),
            _ => format!("Here: {what}, as I said."),
        };
        assert_eq!(found(&around), [(kind, what.as_str())], "{around}");
    }
    let long = "Zt7Kq2mVx9Lw4RnB8sYc3HdF";
    assert_eq!(found(&format!("Authorization: Bearer {long}")), [(Sensitive::Bearer, long)]);
    assert_eq!(found("postgres://bob:hunter2x@db.kth.se/x"), [(Sensitive::UrlCredentials, "bob:hunter2x")]);
    assert_eq!(
        found("Cookie: sid=81f2a9c0d1; theme=dark"),
        [(Sensitive::Cookie, "sid=81f2a9c0d1; theme=dark")]
    );
    assert_eq!(found("DB_PASSWORD=\"Tr0ub4dor&3\""), [(Sensitive::Password, "Tr0ub4dor&3")]);
    assert_eq!(found(&format!("client_secret: {long}")), [(Sensitive::Password, long)]);
    assert_eq!(found("邮箱anna@kth.se。"), [(Sensitive::Email, "anna@kth.se")]);
    assert_eq!(found("身份证号11010519491231002X，"), [(Sensitive::ChineseId, "11010519491231002X")]);
    assert_eq!(found("access_token = '9f8e7d6c5b4a39281706f5e4d3c2b1a0'").len(), 1);
    assert_eq!(found("我的手机号是13912345678，谢谢"), [(Sensitive::Phone, "13912345678")]);
}

#[test]
fn ordinary_prose_and_code_have_nothing_in_them() {
    let innocent = [
        "The meeting is on 2026-11-22 at 10:30:00 in room 4.12; see section 3.2.1 of RFC 7578.",
        "Version 1.2.3.4 of the driver, build 20261122.1, needs at least 10.0.19041.0.",
        "let key = map.get(\"key\").unwrap(); let token = self.next_token()?; token: TokenStream",
        "password: String, api_key: Option<String>, secret = os.environ[\"MY_SECRET\"]",
        "fn password(&self) -> &str { &self.password_field_name }",
        "@Component({selector: 'app-root'}) import x from '@angular/core'; npm i @types/node@20.1.0",
        "background@2x.png, user@example.com, git@github.com:rust-lang/rust.git",
        "commit 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1f, uuid 123e4567-e89b-12d3-a456-426614174000",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "127.0.0.1:8080, 192.168.1.20, 0.0.0.0, 8.8.8.8, ::1, fe80::1, 2001:db8::1",
        "Card 4111 1111 1111 1112 fails, order 1234567890123456 is none.",
        "std::collections::HashMap::<String, Vec<u8>>::new(), a::b::c, 12:34:56:78:9a:bc",
        "export OPENAI_API_KEY=sk-your-key-here-xxxxxxxxxxxx; key = \"sk-...\"; Bearer <token>",
        "Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE",
        "cd /home/user/project && ls /Users/runner/work",
        "a cookie recipe: butter, sugar; the cookie: sweet",
        "ratio 3.1415926535897932, phone-like 555-1234, id 123456789012345678",
        "sk-learn is scikit-learn; task-management-with-long-names-in-it is no key",
        "https://example.test/a?b=c:d@e, http://host:8080/@scope/pkg, mailto:",
        "π ≈ 3.14159; 今天是2026年11月22日，会议在10点。电话会议。身份证号码是什么？",
        "max_tokens: 4096, token_count=128000, tokenizer: tiktoken_cl100k_base, keypoints=[1,2,3]",
        "The secret: 'practice makes perfect'. Its key: consistency. password: required",
    ];
    for text in innocent {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn the_same_thing_has_the_same_placeholder_throughout() {
    let conversation = of(vec![
        text("Write to anna@kth.se and bo@kth.se 👋, then ANNA@kth.se."),
        Part::ToolCall { id: "1".into(), name: "send".into(), arguments: "{\"to\":\"bo@kth.se\"}".into() },
        Part::ToolResult {
            call_id: "1".into(),
            name: None,
            parts: vec![text("👋 sent to anna@kth.se")],
            failed: false,
        },
    ]);
    let (redacted, findings) = Redactor::default().apply(&conversation);
    let expected = [
        text("Write to <EMAIL_1> and <EMAIL_2> 👋, then <EMAIL_1>."),
        Part::ToolCall { id: "1".into(), name: "send".into(), arguments: "{\"to\":\"<EMAIL_2>\"}".into() },
        Part::ToolResult {
            call_id: "1".into(),
            name: None,
            parts: vec![text("👋 sent to <EMAIL_1>")],
            failed: false,
        },
    ];
    assert_eq!(redacted.turns[0].parts, expected);
    let places: Vec<_> = findings.iter().map(|found| (found.part, found.start, found.end)).collect();
    // A waving hand is two units of UTF-16.
    assert_eq!(places, [(0, 9, 20), (0, 25, 34), (0, 44, 55), (1, 7, 16), (2, 11, 22)]);
}

#[test]
fn a_result_is_one_text_for_places_and_what_is_kept_as_it_came_has_none() {
    let picture = Part::Image { source: crate::Source::Url("u".into()) };
    let conversation = of(vec![
        Part::ToolResult {
            call_id: String::new(),
            name: None,
            parts: vec![text("👋"), picture, text("to anna@kth.se")],
            failed: false,
        },
        Part::Other { raw: serde_json::json!({"query": ["mail anna@kth.se"]}) },
    ]);
    let (redacted, findings) = Redactor::default().apply(&conversation);
    let places: Vec<_> = findings.iter().map(|found| (found.part, found.start, found.end)).collect();
    assert_eq!(places, [(0, 7, 18), (1, 0, 0)]);
    assert_eq!(
        redacted.turns[0].parts[1],
        Part::Other { raw: serde_json::json!({"query": ["mail <EMAIL_1>"]}) }
    );
}

#[test]
fn arguments_stay_json_when_a_number_is_taken_out() {
    let arguments = r#"{"phone": 13812345678, "to": ["anna@kth.se", 13812345678]}"#;
    let call =
        |arguments: &str| Part::ToolCall { id: "1".into(), name: "f".into(), arguments: arguments.into() };
    let (redacted, findings) = Redactor::default().apply(&of(vec![call(arguments)]));
    let expected = r#"{"phone":"<PHONE_1>","to":["<EMAIL_1>","<PHONE_1>"]}"#;
    assert_eq!((redacted.turns[0].parts[0].clone(), findings.len()), (call(expected), 3));
}

#[test]
fn errors_parameters_and_tools_are_cleaned_as_well() {
    let mut conversation = of(vec![text("Hi anna@kth.se")]);
    conversation.error = Some("No mail for bo@kth.se".into());
    conversation.parameters.insert("stop".into(), "bo@kth.se".into());
    let (redacted, findings) = Redactor::default().apply(&conversation);
    assert_eq!(redacted.error.as_deref(), Some("No mail for <EMAIL_2>"));
    assert_eq!((&redacted.parameters["stop"], findings.len()), (&"<EMAIL_2>".into(), 1));
}

#[test]
fn a_profile_says_what_is_taken_and_what_becomes_of_it() {
    let conversation = of(vec![text("anna@kth.se at 83.169.4.12")]);
    let with = |kinds: &[Sensitive], action| {
        Redactor::new(Profile { kinds: kinds.iter().copied().collect(), action })
    };
    let said = |redactor: &Redactor| match &redactor.apply(&conversation).0.turns[0].parts[0] {
        Part::Text { text } => text.clone(),
        part => panic!("{part:?}"),
    };
    assert_eq!(said(&with(&[Sensitive::Ip], Action::Placeholder)), "anna@kth.se at <IP_1>");
    assert_eq!(said(&with(&[Sensitive::Email], Action::Mask)), "*********** at 83.169.4.12");
    let hashed = said(&with(&[Sensitive::Email], Action::Hash));
    assert!(hashed.starts_with("<EMAIL:") && hashed.ends_with("> at 83.169.4.12"), "{hashed}");
    let drops = with(&[Sensitive::Email], Action::Drop);
    assert!(drops.drops(&drops.findings(&conversation)));
    assert!(!drops.drops(&drops.findings(&of(vec![text("nothing")]))));
}

#[test]
fn long_texts_are_looked_at_to_their_end() {
    let long = format!("{}anna@kth.se", "word 1234 a.b:c/d ".repeat(10_000));
    assert_eq!(found(&long), [(Sensitive::Email, "anna@kth.se")]);
    let dense = format!("{} anna@kth.se", "漢".repeat(60_000));
    assert_eq!(found(&dense), [(Sensitive::Email, "anna@kth.se")]);
}
