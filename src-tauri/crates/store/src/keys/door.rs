//! The keys as the door checks them: in memory, without waiting.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use tokio::sync::watch;

use super::meter::{Limits, Meter};
use super::{Grant, KeyId, KeyRefusal, table};
use crate::{Error, clock};

pub(super) type Salt = [u8; 16];
pub(super) type Hash = [u8; 32];

/// What the door knows, and what it counts.
#[derive(Debug, Default)]
pub(crate) struct Door {
    view: ArcSwap<View>,
    meters: Mutex<HashMap<KeyId, Meter>>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default, PartialEq)]
struct View {
    locks: Vec<Lock>,
    spent: Vec<Spent>,
    rules: Vec<Rule>,
}

/// A secret as it is stored: enough to recognise it, not enough to know it.
#[derive(Debug, PartialEq)]
pub(super) struct Lock {
    pub(super) key: KeyId,
    pub(super) salt: Salt,
    pub(super) hash: Hash,
    /// From when on it opens nothing, in seconds.
    pub(super) until: Option<i64>,
}

/// A secret that opens nothing any more.
#[derive(Debug, PartialEq)]
pub(super) struct Spent {
    pub(super) salt: Salt,
    pub(super) hash: Hash,
}

/// What a key may do.
#[derive(Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) grant: Grant,
    pub(super) enabled: bool,
    pub(super) expires_at: Option<i64>,
    pub(super) limits: Limits,
}

/// What the table says was used of a day's limit.
#[derive(Debug)]
pub(super) struct Used {
    pub(super) key: KeyId,
    pub(super) day: i64,
    pub(super) on_day: i64,
}

impl Door {
    /// Reads the tables anew. What is counted here and not saved yet stays.
    pub(crate) fn reload(&self, connection: &Connection) -> Result<(), Error> {
        let view = View {
            locks: table::locks(connection)?,
            spent: table::spent(connection)?,
            rules: table::rules(connection)?,
        };
        let used = table::used(connection)?;
        let there: HashSet<KeyId> = used.iter().map(|used| used.key).collect();
        let mut meters = self.meters();
        meters.retain(|key, _| there.contains(key));
        for Used { key, day, on_day } in used {
            meters.entry(key).or_insert_with(|| Meter::new(day, on_day));
        }
        drop(meters);
        if **self.view.load() != view {
            self.view.store(Arc::new(view));
            self.changes.send_modify(|number| *number = number.wrapping_add(1));
        }
        Ok(())
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.view.load().rules.is_empty()
    }

    /// The name of a key, for records that outlive it.
    pub(crate) fn name(&self, key: KeyId) -> Option<String> {
        let view = self.view.load();
        view.rules.iter().find(|rule| rule.grant.id == key).map(|rule| rule.grant.name.as_ref().to_owned())
    }

    pub(super) fn whose(&self, candidate: &str, now: SystemTime) -> Option<KeyId> {
        find(&self.view.load().locks, candidate, clock::seconds(now))
    }

    pub(super) fn knows(&self, candidate: &str) -> bool {
        let view = self.view.load();
        let is = |salt: &Salt, known: &Hash| hash(salt, candidate).ct_eq(known);
        let live = view.locks.iter().map(|lock| is(&lock.salt, &lock.hash));
        let all = live.chain(view.spent.iter().map(|spent| is(&spent.salt, &spent.hash)));
        all.fold(Choice::from(0), |any, one| any | one).into()
    }

    pub(super) fn recognise(&self, candidate: &str, now: SystemTime) -> Result<Grant, KeyRefusal> {
        self.view.load().rule(candidate, clock::seconds(now)).map(|rule| rule.grant.clone())
    }

    pub(super) fn admit(&self, candidate: &str, now: SystemTime) -> Result<Grant, KeyRefusal> {
        let view = self.view.load();
        let rule = view.rule(candidate, clock::seconds(now))?;
        self.meters().entry(rule.grant.id).or_default().take(rule.limits, clock::millis(now))?;
        Ok(rule.grant.clone())
    }

    /// Writes what was counted since the last time.
    pub(crate) fn save(&self, connection: &mut Connection) -> Result<(), Error> {
        let used: Vec<_> = self
            .meters()
            .iter()
            .filter(|(_, meter)| meter.unsaved > 0)
            .map(|(key, meter)| (*key, meter.unsaved, meter.last_used, meter.day, meter.on_day))
            .collect();
        if used.is_empty() {
            return Ok(());
        }
        let transaction = connection.transaction()?;
        for (key, count, last, day, on_day) in &used {
            transaction
                .prepare_cached(
                    "UPDATE keys SET requests = requests + ?2, last_used_at = max(ifnull(last_used_at, 0), ?3),
                     used_day = ?4, used_on_day = ?5 WHERE id = ?1",
                )?
                .execute(params![key.0, count, last, day, on_day])?;
        }
        transaction.commit()?;
        let mut meters = self.meters();
        for (key, count, ..) in used {
            if let Some(meter) = meters.get_mut(&key) {
                meter.unsaved -= count;
            }
        }
        Ok(())
    }

    fn meters(&self) -> MutexGuard<'_, HashMap<KeyId, Meter>> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    /// The rules of the key that `candidate` is, if it opens anything now.
    fn rule(&self, candidate: &str, now: i64) -> Result<&Rule, KeyRefusal> {
        let key = find(&self.locks, candidate, now).ok_or(KeyRefusal::Unknown)?;
        let rule = self.rules.iter().find(|rule| rule.grant.id == key).ok_or(KeyRefusal::Unknown)?;
        match rule.expires_at {
            _ if !rule.enabled => Err(KeyRefusal::Disabled),
            Some(at) if at <= now => Err(KeyRefusal::Expired { at }),
            _ => Ok(rule),
        }
    }
}

/// The key whose secret this is. Takes the same time for a wrong one as for any right one.
pub(super) fn find(locks: &[Lock], candidate: &str, now: i64) -> Option<KeyId> {
    let mut found = 0;
    let mut until = 0;
    let mut any = Choice::from(0);
    for lock in locks {
        let fits = hash(&lock.salt, candidate).ct_eq(&lock.hash);
        found = i64::conditional_select(&found, &lock.key.0, fits);
        until = i64::conditional_select(&until, &lock.until.unwrap_or(i64::MAX), fits);
        any |= fits;
    }
    (bool::from(any) && now < until).then_some(KeyId(found))
}

pub(super) fn hash(salt: &Salt, key: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(key).finalize().into()
}
