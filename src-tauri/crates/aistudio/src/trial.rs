//! What a first look at an account needs to know: which model a test question costs least with, and which page a
//! failure came from.

use postern_protocol::chat::Failure;

use crate::PageState;
use crate::page::Seen;
use crate::wire::Model;

/// Marks in the ids of models, cheapest first. A model with none of them comes after all others.
const CHEAP: [&str; 3] = ["flash-lite", "flash", "gemma"];
/// Marks of models that answer with something else than a text, or not in a chat.
const UNFIT: [&str; 8] = ["image", "tts", "audio", "live", "embedding", "veo", "imagen", "robotics"];

/// The model that a test question costs least with, among those that answer a chat with a text.
pub fn trial_model(models: &[Model]) -> Option<&Model> {
    let fit = |model: &&Model| model.chats() && !UNFIT.iter().any(|mark| model.id.contains(mark));
    let price = |model: &&Model| {
        let rank = CHEAP.iter().position(|mark| model.id.contains(mark)).unwrap_or(CHEAP.len());
        (model.paid, rank)
    };
    models.iter().filter(fit).min_by_key(price)
}

impl PageState {
    /// What the page of this account showed when it could not be used; `None` when the failure has another cause.
    pub fn behind(failure: &Failure, account: &str) -> Option<Self> {
        let states = [
            Self::SignIn,
            Self::Verification,
            Self::Captcha,
            Self::RegionBlocked,
            Self::Restricted,
            Self::Unreachable,
            Self::Loading,
            Self::Unknown,
            Self::Blocked,
        ];
        let told = |state: &Self| {
            let own = Seen { state: *state, why: None }.failure();
            own.is_some_and(|own| {
                let text = own.message.replace("account add NAME", &format!("account add {account}"));
                // What the page calls itself is a part of the last one's text.
                own.kind == failure.kind && (*state == Self::Blocked || text == failure.message)
            })
        };
        states.into_iter().find(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(id: &str) -> Model {
        Model { id: id.to_owned(), ..Model::default() }
    }

    #[test]
    fn the_test_question_goes_to_a_cheap_model_that_writes() {
        let models = ["gemini-3-pro", "gemini-3-flash-image", "gemini-3-flash", "gemini-3-flash-lite-tts"];
        let models = models.map(model);
        assert_eq!(trial_model(&models).map(|model| model.id.as_str()), Some("gemini-3-flash"));
        let paid = Model { paid: true, ..model("gemini-3-flash-lite") };
        let models = [paid, model("gemini-3-pro")];
        assert_eq!(trial_model(&models).map(|model| model.id.as_str()), Some("gemini-3-pro"));
        assert_eq!(trial_model(&[model("imagen-5")]), None);
    }

    #[test]
    fn a_failure_leads_back_to_the_page_that_it_came_from() {
        for state in [PageState::SignIn, PageState::Captcha, PageState::RegionBlocked, PageState::Restricted]
        {
            let mut failure = Seen { state, why: None }.failure().expect("a failure");
            failure.message = failure.message.replace("account add NAME", "account add work");
            assert_eq!(PageState::behind(&failure, "work"), Some(state));
        }
        let blocked = Seen { state: PageState::Blocked, why: Some("403".to_owned()) }.failure();
        assert_eq!(PageState::behind(&blocked.expect("a failure"), "work"), Some(PageState::Blocked));
        let other = Failure::new(postern_protocol::chat::FailureKind::Timeout, "the browser took too long");
        assert_eq!(PageState::behind(&other, "work"), None);
    }
}
