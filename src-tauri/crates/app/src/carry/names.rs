//! What an imported account is called.

use crate::AccountName;

const LONGEST: usize = 60;

/// A name made of the first of these that one can be made of, other than all that are taken.
pub(super) fn from_any<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    taken: &[String],
) -> Option<AccountName> {
    let wanted = texts.into_iter().find_map(usable)?;
    let free = |name: &AccountName| !taken.iter().any(|taken| taken.eq_ignore_ascii_case(name.as_str()));
    let numbered = (2_u32..10_000).filter_map(|number| format!("{wanted}-{number}").parse().ok());
    std::iter::once(wanted.clone()).chain(numbered).find(free)
}

/// The part of a file's name that says something.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    [".postern-profile", ".json", ".txt"]
        .iter()
        .find_map(|ending| {
            let at = name.len().checked_sub(ending.len())?;
            name.get(at..)?.eq_ignore_ascii_case(ending).then(|| &name[..at])
        })
        .unwrap_or(name)
}

fn usable(text: &str) -> Option<AccountName> {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "._-@+".contains(c) { c } else { '-' };
    let mapped: String = text.trim().chars().map(kept).collect();
    let mapped = mapped.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let cut = &mapped[..mapped.len().min(LONGEST)];
    let cut = cut.trim_end_matches(['.', '-']);
    cut.parse().or_else(|_| format!("account-{cut}").parse()).ok().filter(|_| !cut.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(texts: &[&str], taken: &[&str]) -> Option<String> {
        let taken: Vec<String> = taken.iter().map(|text| (*text).to_owned()).collect();
        from_any(texts.iter().copied(), &taken).map(|name| name.to_string())
    }

    #[test]
    fn any_text_gives_a_valid_name_that_nobody_has() {
        assert_eq!(name(&["me@example.org"], &[]).as_deref(), Some("me@example.org"));
        assert_eq!(name(&["", "  ", "a b/c.json"], &[]).as_deref(), Some("a-b-c.json"));
        assert_eq!(name(&["..hidden"], &[]).as_deref(), Some("hidden"));
        assert_eq!(name(&["con"], &[]).as_deref(), Some("account-con"));
        assert_eq!(name(&["账号"], &[]), None);
        assert_eq!(name(&["me"], &["ME", "me-2"]).as_deref(), Some("me-3"));
        assert_eq!(name(&[&"x".repeat(100)], &[]).map(|name| name.len()), Some(60));
    }

    #[test]
    fn a_files_name_is_taken_without_folder_and_ending() {
        assert_eq!(stem("C:\\files\\auth-1.json"), "auth-1");
        assert_eq!(stem("saved/me@example.org.JSON"), "me@example.org");
        assert_eq!(stem("work.postern-profile"), "work");
        assert_eq!(stem("文件"), "文件");
    }
}
