//! `/v1/models` and `/v1beta/models`: lists of models, in the dialect of who asks. All are on one page.

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, Uri};
use postern_protocol::anthropic;
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::dialect::Dialect;
use postern_protocol::gemini::{self, Method, ModelPage};
use postern_protocol::openai::{Model, encode_model, encode_models};
use postern_upstream::Listed;

use crate::auth::{Caller, Pass};
use crate::conversation::{json, now};
use crate::reject::Reject;
use crate::{Gateway, paths};

/// The models that the caller may use.
pub(crate) async fn list(
    State(gateway): State<Gateway>,
    Extension(pass): Extension<Pass>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let created = now();
    let listed = gateway.registry().models().await.into_iter();
    let models: Vec<Model> =
        listed.filter(|listed| may_use(&pass, listed)).map(|listed| model(listed, created)).collect();
    json(match paths::dialect(uri.path(), &headers) {
        Dialect::Messages => anthropic::encode_models(&models),
        Dialect::Gemini => gemini::encode_models(&ModelPage {
            models: models.into_iter().map(for_gemini).collect(),
            next: None,
        }),
        Dialect::Chat | Dialect::Responses | Dialect::Completions => encode_models(&models),
    })
}

fn for_gemini(model: Model) -> gemini::Model {
    let methods = [Method::GenerateContent, Method::CountTokens];
    gemini::Model {
        id: model.id,
        version: String::new(),
        display_name: model.display_name,
        description: model.description,
        input_token_limit: model.context_length,
        output_token_limit: model.supported_max_output_tokens,
        methods: methods.map(|method| method.name().to_owned()).to_vec(),
        temperature: model.default_temperature,
        top_p: model.default_top_p,
        top_k: model.default_top_k,
        thinking: model.thinking,
    }
}

fn may_use(pass: &Pass, listed: &Listed) -> bool {
    pass.allows(&listed.name, &listed.upstream, &listed.card.id)
}

pub(crate) async fn one(
    State(gateway): State<Gateway>,
    Extension(pass): Extension<Pass>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Reject> {
    let Path(id) = id?;
    let resolved = gateway.registry().resolve(&id).await;
    let (upstream, own) = resolved.map_err(|failure| told_to(pass.caller, failure))?;
    let own = upstream.base(&own);
    if !pass.allows(&id, upstream.name(), own) {
        return Err(pass.not_allowed(&id).into());
    }
    let mut models = gateway.registry().models().await;
    let same = |listed: &Listed| listed.upstream == upstream.name() && listed.card.id == own;
    // An alias is shown as itself.
    let named = models.iter().position(|listed| listed.name == id && same(listed));
    match named.or_else(|| models.iter().position(|listed| !listed.alias && same(listed))) {
        Some(index) => {
            let model = model(models.swap_remove(index), now());
            Ok(json(match paths::dialect(uri.path(), &headers) {
                Dialect::Messages => anthropic::encode_model(&model),
                Dialect::Gemini => gemini::encode_model(&for_gemini(model)),
                Dialect::Chat | Dialect::Responses | Dialect::Completions => encode_model(&model),
            }))
        }
        None => Err(Failure::new(FailureKind::UnknownModel, "The model was here a moment ago.").into()),
    }
}

/// What is wrong with an account, its name included, is for those who may use it.
fn told_to(caller: Caller, mut failure: Failure) -> Failure {
    if caller == Caller::Unknown && failure.kind != FailureKind::UnknownModel {
        failure.message = "What serves this model cannot answer now.".to_owned();
    }
    failure
}

fn model(listed: Listed, created: u64) -> Model {
    let card = listed.card;
    Model {
        id: listed.name,
        created,
        owned_by: listed.upstream,
        display_name: card.display_name,
        description: card.description,
        raw_model_path: None,
        context_length: card.input_tokens,
        supported_max_output_tokens: card.output_tokens,
        default_max_output_tokens: None,
        default_temperature: card.default_temperature,
        default_top_p: card.default_top_p,
        default_top_k: card.default_top_k,
        thinking: Some(card.thinking),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    #[test]
    fn strangers_do_not_hear_of_accounts() {
        let trouble = Failure::new(FailureKind::SignInExpired, "Sign in again: postern account add ada");
        assert!(!told_to(Caller::Unknown, trouble.clone()).message.contains("ada"));
        let own = Caller::Address(IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert_eq!(told_to(own, trouble.clone()), trouble);
        let missing = Failure::new(FailureKind::UnknownModel, "There is no model m; there are a and b.");
        assert_eq!(told_to(Caller::Unknown, missing.clone()), missing);
    }
}
