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
fn what_has_as_few_digits_as_it_can_have_is_found_as_well() {
    let key = ["sk-", "ZtKqmVxLwRnBsYcHdFg72J"].concat();
    let bearer = "ZtKqmVxLwRnBsYcHdFg72J";
    let random = ["ZtKqmVxLwRnBsYcHdF", "gJPaTeUiOq7w2Ed9Rm"].concat();
    for (kind, text, what) in [
        (Sensitive::ApiKey, format!("use {key} then"), key.as_str()),
        (Sensitive::Bearer, format!("Authorization: Bearer {bearer}"), bearer),
        (Sensitive::Password, "DB_PASSWORD=\"Troub!dor3x\"".into(), "Troub!dor3x"),
        (Sensitive::Iban, "to DE35ABCDEFGHJKLMNPQRST please".into(), "DE35ABCDEFGHJKLMNPQRST"),
        (Sensitive::ChineseId, "身份证号11010519491231002X，".into(), "11010519491231002X"),
        (Sensitive::CreditCard, "paid with 4222222222222".into(), "4222222222222"),
        (Sensitive::Phone, "call +49 30 9018".into(), "+49 30 9018"),
        (Sensitive::Ip, "from 9.7.6.5".into(), "9.7.6.5"),
        (Sensitive::Ip, "from 2abc:def::face".into(), "2abc:def::face"),
        (Sensitive::RandomToken, format!("Use {random} for it."), random.as_str()),
    ] {
        assert_eq!(found(&text), [(kind, what)], "{text}");
    }
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

#[test]
fn a_long_random_token_is_found_without_a_word_beside_it() {
    let tokens = [
        ["Zt7Kq2mVx9Lw4RnB8sYc", "3HdF6gJ0Pa5Te1Ui"].concat(),
        ["q0WzT4vKx7+LmR2bY9sD/", "c3HnF6gJ8Pa5Te1UiQ=="].concat(),
        ["l8Gx-2TqVn5_RzW0kYc7", "mBd4HsJf9Lp3XeAa6Qu1"].concat(),
    ];
    for token in &tokens {
        for text in [
            format!("Use {token} for it."),
            format!("{{\"value\":\"{token}\"}}"),
            format!("here it is:\n{token}\nthanks"),
            format!("X={token} ./run"),
        ] {
            assert_eq!(found(&text), [(Sensitive::RandomToken, token.as_str())], "{text}");
        }
    }
    let only = Profile { kinds: [Sensitive::Email].into(), ..Profile::default() };
    let said = of(vec![text(&tokens[0])]);
    assert!(Redactor::new(only).findings(&said).is_empty(), "a profile without them leaves them");
    assert_eq!(Redactor::default().apply(&said).0.turns[0].parts, [text("<RANDOM_1>")]);
}

#[test]
fn what_is_random_and_no_secret_is_left() {
    let innocent = [
        "commit 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1f and 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
        "id 123e4567-e89b-12d3-a456-426614174000, 550E8400-E29B-41D4-A716-446655440000",
        "\"integrity\": \"sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==\"",
        "golang.org/x/text v0.3.0 h1:g61tztE5qeGQ89tm6NTjjM9VPIm088od1l6aSorWRWg=",
        "<img src=\"data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7\">",
        "let dot = \"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk\";",
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\nRTESMBAGA1UEChMJQmFsdGltb3JlMRMwEQYDVQQLEwpDeWJlclRydXN0MSIwIAYD\nVQQDExlCYWx0aW1vcmUgQ3liZXJUcnVzdCBSb290MB4XDTAw\n-----END CERTIFICATE-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@host",
        "{\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"system_fingerprint\":\"fp_44709d6fcb\"}",
        "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b, msg_01XFDUDYJgAACzvnptvVoYEL",
        "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit?list=PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, 0x52908400098527886E0F7030069857D2E4169EE7, QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG",
        "abstractSingletonProxyFactoryBean2GeneratorVisitorAdapter, XMLHttpRequestEventTargetV2Prototype1",
        "kubernetes-dashboard-7d9f8b6c5d-x2x9k in kube-system, my_really_long_snake_case_identifier_number_42",
        "SGVsbG8gd29ybGQsIHRoaXMgaXMgYSBsb25nZXIgdGV4dCAxMjM= is base64 of a text",
        "src/main/java/com/example2/Foo3/BarBaz4Impl5/QuxService, M12 4C7 3L9a2V1H0Z5q8T6s7A3m4l2h9v8c1z0",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "i18nLocaleEnUs2TranslateKeyForButton3Label and t3Large8xlarge16xlarge32xlarge64xlarge",
        "{{--------------------------------------------}} ================================ ________________________________",
        "GET /v1/items/Zt7Kq2mVx9Lw4RnB8sYc3HdF6gJ0Pa5Te1Ui HTTP/1.1",
    ];
    for text in innocent {
        assert_eq!(found(text), [], "{text}");
    }
}
