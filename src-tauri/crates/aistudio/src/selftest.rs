//! The self-test: what a look at the page becomes a report of.
//!
//! In comes which selectors found something, out comes for each control ([`catalogue`]) whether it is there, by which
//! fallback, or what its absence means. Whether an absence counts depends on where the control is: much of the page
//! is there only with an answer, with some models, or behind a button.

mod catalogue;

use std::collections::BTreeMap;

use postern_protocol::page::{Absence, Control, Loss, Need, PackStatus, PageReport, Sight};
use serde::{Deserialize, Serialize};

use crate::page::Seen;
use crate::selectors::Selectors;
use crate::wire::Model;
pub(crate) use catalogue::{DOORS, Door};
use catalogue::{GROUPS, Place, Row};

/// What the page script saw.
#[derive(Debug, Deserialize)]
pub(crate) struct Looked {
    #[serde(flatten)]
    pub(crate) seen: Seen,
    /// The model that the page shows.
    pub(crate) model: Option<String>,
    /// By purpose, which entry finds something.
    found: BTreeMap<String, Option<usize>>,
    /// The openers of what could not be opened.
    shut: Vec<String>,
    /// Whether something stayed open that was closed before.
    pub(crate) open: bool,
}

/// What lies behind a button, and is looked at with the button pressed.
#[derive(Debug, Serialize)]
pub(crate) struct Opening {
    #[serde(flatten)]
    door: &'static Door,
    /// What is looked for there.
    holds: Vec<&'static str>,
}

/// Everything that is opened and closed again.
pub(crate) fn openings() -> Vec<Opening> {
    let behind = |row: &Row, door: &Door| matches!(row.place, Place::Behind(opener) if opener == door.opener);
    let holds = |door: &Door| {
        let rows = GROUPS.iter().flat_map(|(_, rows)| *rows);
        rows.filter(|row| behind(row, door)).map(|row| row.purpose).collect()
    };
    DOORS.iter().map(|door| Opening { door, holds: holds(door) }).collect()
}

/// What is looked for inside of something else only, and inside of what.
pub(crate) fn insides() -> BTreeMap<&'static str, &'static str> {
    let rows = GROUPS.iter().flat_map(|(_, rows)| *rows);
    rows.filter_map(|row| Some((row.purpose, row.within?))).collect()
}

/// What was known when the page was looked at.
pub(crate) struct Setting<'a> {
    pub(crate) selectors: &'a Selectors,
    pub(crate) pack: PackStatus,
    /// The model that the page shows, as the site describes it.
    pub(crate) model: Option<&'a Model>,
    /// Why the page cannot be used.
    pub(crate) trouble: Option<String>,
    /// Seconds of Unix time.
    pub(crate) now: u64,
}

impl Looked {
    /// Each control with what of it was seen.
    pub(crate) fn report(&self, setting: Setting<'_>) -> PageReport {
        let known = |row: &&Row| setting.selectors.selectors.contains_key(row.purpose);
        let control = |group, row: &Row| Control {
            purpose: row.purpose.to_owned(),
            name: row.name.to_owned(),
            group,
            need: row.need(),
            loss: row.loss,
            sight: self.sight(row, &setting),
        };
        let controls = GROUPS
            .iter()
            .flat_map(|(group, rows)| rows.iter().filter(known).map(move |row| control(*group, row)))
            .collect();
        PageReport {
            checked_at: setting.now,
            model: self.model.clone(),
            trouble: setting.trouble,
            pack: setting.pack,
            controls,
        }
    }

    fn sight(&self, row: &Row, setting: &Setting<'_>) -> Sight {
        let entries = setting.selectors.selectors.get(row.purpose);
        let entries = entries.map(Vec::as_slice).unwrap_or_default();
        if let Some(rank) = self.rank(row.purpose)
            && let Some(selector) = entries.get(rank)
        {
            return Sight::Found { selector: selector.clone(), rank };
        }
        match self.absence(&row.place, setting.model) {
            Some(why) => Sight::NotLookedFor { why },
            None => Sight::Missing { tried: entries.to_vec() },
        }
    }

    /// Why a control of this place need not be there; `None` when it should be.
    fn absence(&self, place: &Place, model: Option<&Model>) -> Option<Absence> {
        match place {
            Place::Page => None,
            Place::Model => Some(Absence::Model),
            Place::Can(capability) => {
                let offered = model.is_some_and(|model| model.capabilities.has(*capability));
                (!offered).then_some(Absence::Model)
            }
            Place::Behind(opener) => self.shut.iter().any(|shut| shut == opener).then_some(Absence::Closed),
            Place::Instead(others) => {
                others.iter().any(|other| self.rank(other).is_some()).then_some(Absence::Spare)
            }
            Place::Answer => Some(Absence::NoAnswer),
            Place::Trouble => Some(Absence::NoTrouble),
            Place::Use => Some(Absence::NotInUse),
        }
    }

    fn rank(&self, purpose: &str) -> Option<usize> {
        self.found.get(purpose).copied().flatten()
    }
}

impl Row {
    fn need(&self) -> Need {
        if self.loss == Loss::Answers { Need::Required } else { Need::Optional }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use postern_protocol::page::Group;
    use serde_json::json;

    use super::*;
    use crate::wire::parse_models;

    fn rows() -> impl Iterator<Item = &'static Row> {
        GROUPS.iter().flat_map(|(_, rows)| *rows)
    }

    fn looked(found: &[(&str, usize)], shut: &[&str]) -> Looked {
        let found: BTreeMap<&str, usize> = found.iter().copied().collect();
        let value = json!({ "state": "ready", "model": "m", "found": found, "shut": shut, "open": false });
        serde_json::from_value(value).unwrap()
    }

    fn report(looked: &Looked, model: Option<&Model>) -> BTreeMap<String, Control> {
        let selectors = Selectors::embedded();
        let pack = PackStatus { version: 1, file: None };
        let setting = Setting { selectors: &selectors, pack, model, trouble: None, now: 7 };
        let report = looked.report(setting);
        report.controls.into_iter().map(|control| (control.purpose.clone(), control)).collect()
    }

    fn absence(sight: &Sight) -> Option<Absence> {
        match sight {
            Sight::NotLookedFor { why } => Some(*why),
            Sight::Found { .. } | Sight::Missing { .. } => None,
        }
    }

    #[test]
    fn every_selector_has_its_place_in_the_catalogue() {
        let selectors = Selectors::embedded();
        let told: BTreeSet<&str> = rows().map(|row| row.purpose).collect();
        let known: BTreeSet<&str> = selectors.selectors.keys().map(String::as_str).collect();
        let untold: Vec<_> = known.difference(&told).collect();
        assert!(untold.is_empty(), "selftest/catalogue.rs does not say what these are: {untold:?}");
        let gone: Vec<_> = told.difference(&known).collect();
        assert!(gone.is_empty(), "there are no such selectors: {gone:?}");
        assert_eq!(rows().count(), told.len(), "one is told twice");
        for group in GROUPS.windows(2) {
            assert!(group[0].0 < group[1].0, "groups in their order");
        }
        assert_eq!(GROUPS.len(), Group::Account as usize + 1, "every group");
    }

    #[test]
    fn whatever_is_opened_is_known() {
        let told: BTreeSet<&str> = rows().map(|row| row.purpose).collect();
        for Door { opener, sign, closer, unless } in DOORS {
            for purpose in [Some(opener), Some(sign), closer.as_ref(), unless.as_ref()].into_iter().flatten()
            {
                assert!(told.contains(purpose), "{purpose}");
            }
        }
        assert!(insides().values().all(|outer| told.contains(outer)));
        for row in rows() {
            if let Place::Behind(opener) = row.place {
                assert!(DOORS.iter().any(|door| door.opener == opener), "{} is behind nothing", row.purpose);
            }
        }
        let openings = openings();
        let system = openings.iter().find(|opening| opening.door.opener == "system_open").unwrap();
        assert!(system.holds.contains(&"system_box"));
    }

    #[test]
    fn what_is_found_is_told_with_its_fallback() {
        let controls = report(&looked(&[("prompt", 0), ("run", 2)], &[]), None);
        let found = |purpose: &str| match &controls[purpose].sight {
            Sight::Found { selector, rank } => (selector.clone(), *rank),
            other => panic!("{purpose}: {other:?}"),
        };
        let selectors = Selectors::embedded();
        assert_eq!(found("prompt"), (selectors.selectors["prompt"][0].clone(), 0));
        assert_eq!(found("run"), (selectors.selectors["run"][2].clone(), 2));
    }

    #[test]
    fn an_absence_counts_only_where_the_control_should_be() {
        let controls = report(&looked(&[("settings_panel", 0)], &["system_open"]), None);
        let of = |purpose: &str| &controls[purpose].sight;
        assert!(matches!(of("run"), Sight::Missing { tried } if !tried.is_empty()));
        assert_eq!(controls["run"].need, Need::Required);
        assert!(matches!(of("temperature"), Sight::Missing { .. }));
        assert_eq!(controls["temperature"].need, Need::Optional);
        assert_eq!(absence(of("stop")), Some(Absence::NoAnswer));
        assert_eq!(absence(of("toast")), Some(Absence::NoTrouble));
        assert_eq!(absence(of("stop_chip")), Some(Absence::NotInUse));
        assert_eq!(absence(of("settings_open")), Some(Absence::Spare));
        assert_eq!(absence(of("system_box")), Some(Absence::Closed));
        assert!(matches!(of("model_row"), Sight::Missing { .. }), "the picker was open");
    }

    #[test]
    fn what_the_model_can_do_should_be_there() {
        let with = |codes: &str| {
            let mut model = vec!["null".to_owned(); 65];
            model[0] = "\"models/m\"".to_owned();
            model[64] = codes.to_owned();
            let list = format!("[[[{}]]]", model.join(","));
            parse_models(list.as_bytes()).unwrap_or_else(|| panic!("{list}")).remove(0)
        };
        let page = looked(&[], &[]);
        let level = |model: Option<&Model>| report(&page, model)["thinking_level"].sight.clone();
        assert!(matches!(level(Some(&with("[1,52]"))), Sight::Missing { .. }));
        assert_eq!(absence(&level(Some(&with("[1]")))), Some(Absence::Model));
        assert_eq!(absence(&level(None)), Some(Absence::Model));
    }
}
