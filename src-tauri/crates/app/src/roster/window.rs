//! Showing an account's browser to the person at the machine.

use postern_aistudio::ShowError;
use postern_console::api::accounts::AccountView;
use postern_console::{Code, Trouble};

use super::Roster;
use crate::words::capitalised;

impl Roster {
    /// Shows the account's browser in a window, or closes that.
    pub(crate) async fn show(&self, name: &str, shown: bool) -> Result<AccountView, Trouble> {
        let (name, studio) = self.find(name)?;
        studio.show(shown).await.map_err(|error| not_shown(&error))?;
        self.inner.facts.checked(&name);
        let unknown = || Trouble::new(Code::NotFound, format!("There is no account {name}."));
        self.view(&studio).ok_or_else(unknown)
    }
}

fn not_shown(error: &ShowError) -> Trouble {
    let (code, action) = match error {
        ShowError::NoScreen => (
            Code::Unavailable,
            "Start Postern on a desktop, or sign in on another machine and carry the profile over.",
        ),
        ShowError::Remote => (Code::Unavailable, "Look at it there."),
        ShowError::Busy => (Code::Conflict, "Wait until it is done, or cancel the request."),
        ShowError::Off => (Code::Conflict, "Switch it on first."),
        ShowError::Full => {
            (Code::Conflict, "Try again in a moment, or let more browsers run at once in the settings.")
        }
        ShowError::Gone => (Code::NotFound, "Look at the list of accounts again."),
        ShowError::Failed(_) => (Code::Unavailable, "postern doctor tells what the browser needs."),
    };
    let message = capitalised(error.to_string().trim_end_matches('.'));
    Trouble::new(code, format!("{message}.")).action(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_window_away_is_told_with_a_way_out() {
        let trouble = not_shown(&ShowError::Busy);
        assert_eq!(
            (trouble.code, trouble.message.as_str()),
            (Code::Conflict, "The account is answering a request.")
        );
        assert!(trouble.action.is_some_and(|action| action.contains("cancel")));
    }
}
