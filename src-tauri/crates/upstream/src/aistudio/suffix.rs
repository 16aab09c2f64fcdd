//! Names of models with tools of the site at their end, such as `gemini-3-flash:search`.
//!
//! In comes a name, out come the model's own name and the tools. Whoever has a model of the whole name never asks
//! here.

use postern_protocol::chat::ProviderTools;

/// The name without the tools at its end, and the tools; `None` where it ends with none.
pub(super) fn cut(name: &str) -> Option<(&str, ProviderTools)> {
    let (mut model, mut tools) = (name, ProviderTools::default());
    while let Some((rest, word)) = model.rsplit_once(':').filter(|(rest, _)| !rest.is_empty()) {
        let tool = match word {
            "search" | "google_search" | "online" => &mut tools.search,
            "url" | "url_context" => &mut tools.url_context,
            "code" | "code_execution" => &mut tools.code_execution,
            "maps" | "google_maps" => &mut tools.maps,
            _ => break,
        };
        *tool = Some(true);
        model = rest;
    }
    (model.len() < name.len()).then_some((model, tools))
}

/// What a request says of the tools, and where it says nothing, what its model's name says.
pub(super) fn together(asked: ProviderTools, named: ProviderTools) -> ProviderTools {
    ProviderTools {
        search: asked.search.or(named.search),
        url_context: asked.url_context.or(named.url_context),
        code_execution: asked.code_execution.or(named.code_execution),
        maps: asked.maps.or(named.maps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_cut_off_the_end() {
        let search = ProviderTools { search: Some(true), ..ProviderTools::default() };
        assert_eq!(cut("gemini-x:search"), Some(("gemini-x", search)));
        assert_eq!(cut("gemini-x:online"), Some(("gemini-x", search)));
        let two = ProviderTools { code_execution: Some(true), ..search };
        assert_eq!(cut("gemini-x:code:search"), Some(("gemini-x", two)));
        assert_eq!(cut("gemini:beta:search"), Some(("gemini:beta", search)));
    }

    #[test]
    fn other_names_stay_whole() {
        for name in ["gemini-x", "gemini-x:beta", ":search", "gemini-x:", ""] {
            assert_eq!(cut(name), None, "{name}");
        }
    }

    #[test]
    fn the_request_has_the_last_word() {
        let (_, named) = cut("m:search:maps").unwrap();
        let asked = ProviderTools { search: Some(false), ..ProviderTools::default() };
        let both = ProviderTools { search: Some(false), maps: Some(true), ..ProviderTools::default() };
        assert_eq!(together(asked, named), both);
    }
}
