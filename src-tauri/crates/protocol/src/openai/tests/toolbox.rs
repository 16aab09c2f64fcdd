//! Tools and the choice of them.

use serde_json::{Value, json};

use super::{refusal, request};
use crate::chat::{ProviderTools, Tool, ToolChoice};

fn function(name: &str) -> Value {
    json!({ "type": "function", "function": { "name": name } })
}

fn tool(name: &str) -> Tool {
    Tool { name: name.to_owned(), ..Tool::default() }
}

fn choice(value: &Value) -> ToolChoice {
    request(&json!({ "tools": [function("f"), function("g")], "tool_choice": value })).tool_choice
}

#[test]
fn functions_arrive_whole() {
    let request = request(&json!({ "tools": [{ "type": "function", "function": {
        "name": "f", "description": "Does.", "parameters": { "type": "object" }, "strict": true,
    } }], "parallel_tool_calls": false }));
    let expected = Tool {
        name: "f".to_owned(),
        description: Some("Does.".to_owned()),
        parameters: Some(json!({ "type": "object" })),
        strict: Some(true),
        mcp_endpoint: None,
    };
    assert_eq!(request.tools, [expected]);
    assert_eq!(request.tool_choice, ToolChoice::Auto);
    assert_eq!(request.parallel_tool_calls, Some(false));
    assert!(request.extra.is_empty());
}

#[test]
fn a_function_may_name_the_server_that_runs_it() {
    let beside = |key: &str| {
        let mut tool = function("f");
        tool[key] = json!("http://127.0.0.1:9/mcp");
        tool
    };
    let within = json!({ "function": { "name": "f", "x-mcp-endpoint": "http://127.0.0.1:9/mcp" } });
    for tool in [beside("x-mcp-endpoint"), beside("x_mcp_endpoint"), within] {
        let request = request(&json!({ "tools": [tool, function("g")] }));
        let named: Vec<Option<&str>> =
            request.tools.iter().map(|tool| tool.mcp_endpoint.as_deref()).collect();
        assert_eq!(named, [Some("http://127.0.0.1:9/mcp"), None]);
    }
    let wrong = json!({ "tools": [{ "function": { "name": "f" }, "x-mcp-endpoint": 7 }] });
    assert_eq!(refusal(&wrong).0, "tools[0].x-mcp-endpoint");
}

#[test]
fn tools_that_are_no_functions_are_kept_as_they_came() {
    let custom = json!({ "type": "custom", "custom": { "name": "sh" } });
    let typed = json!({ "type": "file_search", "vector_store_ids": ["v"] });
    let keyed = json!({ "retrieval": {} });
    let request = request(&json!({ "tools": [custom, function("f"), typed, keyed] }));
    assert_eq!(request.tools, [tool("f")]);
    assert_eq!(request.extra["tools"], json!([custom, typed, keyed]));
    assert_eq!(request.provider_tools, ProviderTools::default());
}

const SEARCH: ProviderTools =
    ProviderTools { search: Some(true), url_context: None, code_execution: None, maps: None };

#[test]
fn the_providers_own_tools_are_known_in_every_form() {
    let own = |tool: Value| {
        let request = request(&json!({ "tools": [tool, function("f")] }));
        assert_eq!((request.tools.len(), request.extra.get("tools")), (1, None), "{tool}");
        request.provider_tools
    };
    for search in [
        json!({ "type": "google_search" }),
        json!({ "type": "googleSearch" }),
        json!({ "google_search": {} }),
        json!({ "googleSearch": {} }),
        json!({ "google_search_retrieval": { "dynamic_retrieval_config": {} } }),
        json!({ "type": "google_search_retrieval" }),
        json!({ "type": "web_search" }),
        json!({ "type": "web_search_preview", "search_context_size": "low" }),
        json!({ "type": "web_search_preview_2025_03_11" }),
        json!({ "type": "web_search_20250305", "name": "web_search" }),
        function("googleSearch"),
        function("google_search"),
        json!({ "type": "function", "function":
            { "name": "googleSearch", "parameters": { "type": "object", "properties": {} } } }),
    ] {
        assert_eq!(own(search.clone()), SEARCH, "{search}");
    }
    let url = ProviderTools { url_context: Some(true), ..ProviderTools::default() };
    for tool in [json!({ "type": "url_context" }), json!({ "urlContext": {} }), function("urlContext")] {
        assert_eq!(own(tool.clone()), url, "{tool}");
    }
    let code = ProviderTools { code_execution: Some(true), ..ProviderTools::default() };
    for tool in [
        json!({ "code_execution": {} }),
        json!({ "type": "code_interpreter", "container": { "type": "auto" } }),
        function("codeExecution"),
    ] {
        assert_eq!(own(tool.clone()), code, "{tool}");
    }
    let maps = ProviderTools { maps: Some(true), ..ProviderTools::default() };
    assert_eq!(own(json!({ "type": "google_maps" })), maps);
    let both = json!({ "google_search": {}, "google_maps": {}, "url_context": false });
    assert_eq!(
        own(both),
        ProviderTools { url_context: Some(false), ..ProviderTools { maps: Some(true), ..SEARCH } }
    );
}

#[test]
fn a_function_of_the_callers_stays_one() {
    let with_parameters = json!({ "type": "function", "function": { "name": "google_search",
        "parameters": { "type": "object", "properties": { "q": { "type": "string" } } } } });
    for tool in [with_parameters, function("web_search"), function("search")] {
        let request = request(&json!({ "tools": [tool] }));
        assert_eq!((request.tools.len(), request.provider_tools), (1, ProviderTools::default()), "{tool}");
    }
}

#[test]
fn options_of_a_search_stay_for_those_who_honour_them() {
    let options = json!({ "search_context_size": "low" });
    for (given, kept) in [(json!({}), None), (options.clone(), Some(&options))] {
        let request = request(&json!({ "web_search_options": given }));
        assert_eq!(request.provider_tools, SEARCH);
        assert_eq!(request.extra.get("web_search_options"), kept);
    }
    assert_eq!(refusal(&json!({ "web_search_options": true })).0, "web_search_options");
}

#[test]
fn a_choice_of_the_providers_tools_is_left_to_the_model() {
    for (tool, choice) in [
        (json!({ "type": "web_search" }), json!("required")),
        (json!({ "type": "web_search_preview" }), json!({ "type": "web_search_preview" })),
        (json!({ "google_search": {} }), json!({ "type": "google_search" })),
        (function("googleSearch"), function("googleSearch")),
    ] {
        let request = request(&json!({ "tools": [tool], "tool_choice": choice }));
        assert_eq!((request.tool_choice, request.provider_tools), (ToolChoice::Auto, SEARCH), "{choice}");
    }
    let search = json!({ "type": "google_search" });
    let both = request(&json!({ "tools": [function("f"), search], "tool_choice": "required" }));
    assert_eq!(both.tool_choice, ToolChoice::Required);
    let other = json!({ "tools": [search], "tool_choice": { "type": "code_interpreter" } });
    assert_eq!(refusal(&other).0, "tool_choice");
}

#[test]
fn choices() {
    assert_eq!(choice(&json!("auto")), ToolChoice::Auto);
    assert_eq!(choice(&json!("none")), ToolChoice::None);
    assert_eq!(choice(&json!("required")), ToolChoice::Required);
    assert_eq!(choice(&json!("any")), ToolChoice::Required);
    let named = ToolChoice::Named("g".to_owned());
    assert_eq!(choice(&function("g")), named);
    assert_eq!(choice(&json!("g")), named);
    assert_eq!(choice(&json!({ "name": "g" })), named);
    let custom = json!({ "type": "custom", "custom": { "name": "sh" } });
    let request = request(&json!({ "tools": [custom], "tool_choice": custom }));
    assert_eq!(request.tool_choice, ToolChoice::Named("sh".to_owned()));
}

#[test]
fn allowed_tools_leave_out_the_others() {
    let custom = json!({ "type": "custom", "custom": { "name": "sh" } });
    let search = json!({ "type": "google_search" });
    let request = request(&json!({
        "tools": [function("f"), custom, function("g"), search],
        "tool_choice": { "type": "allowed_tools", "allowed_tools":
            { "mode": "required", "tools": [function("g"), { "type": "google_search" }] } },
    }));
    assert_eq!(request.tools, [tool("g")]);
    assert_eq!((request.provider_tools, request.extra.get("tools")), (SEARCH, None));
    assert_eq!(request.tool_choice, ToolChoice::Required);
}

#[test]
fn the_older_names_mean_the_same() {
    let request = request(&json!({ "functions": [{ "name": "f" }], "function_call": { "name": "f" } }));
    assert_eq!(request.tools, [tool("f")]);
    assert_eq!(request.tool_choice, ToolChoice::Named("f".to_owned()));
}

#[test]
fn a_choice_without_its_tool_is_refused() {
    let (param, message) = refusal(&json!({ "tools": [function("f")], "tool_choice": function("g") }));
    assert_eq!(param, "tool_choice");
    assert!(message.contains("'g'"), "{message}");
    assert_eq!(refusal(&json!({ "tool_choice": "required" })).0, "tool_choice");
    assert_eq!(refusal(&json!({ "function_call": { "name": "f" } })).0, "function_call");
    request(&json!({ "tool_choice": "none" }));
    request(&json!({ "tool_choice": "auto", "tools": [] }));
}

#[test]
fn a_wrong_tool_is_named_with_its_way() {
    let wrong = [
        (json!({ "tools": {} }), "tools"),
        (json!({ "tools": ["f"] }), "tools[0]"),
        (json!({ "tools": [{ "type": 5 }] }), "tools[0].type"),
        (json!({ "tools": [{ "type": "function" }] }), "tools[0].function"),
        (json!({ "tools": [function("f"), function("")] }), "tools[1].function.name"),
        (
            json!({ "tools": [{ "function": { "name": "f", "parameters": [] } }] }),
            "tools[0].function.parameters",
        ),
        (json!({ "tools": [{ "type": "custom" }] }), "tools[0].custom.name"),
        (json!({ "functions": [{}] }), "functions[0].name"),
        (json!({ "tool_choice": 5 }), "tool_choice"),
        (json!({ "tool_choice": {} }), "tool_choice.name"),
        (
            json!({ "tool_choice": { "type": "allowed_tools", "allowed_tools": { "mode": "never" } } }),
            "tool_choice.allowed_tools.mode",
        ),
    ];
    for (fields, param) in wrong {
        assert_eq!(refusal(&fields).0, param, "{fields}");
    }
}
