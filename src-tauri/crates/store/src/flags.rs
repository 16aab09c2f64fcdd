//! How far the first steps are: a small table of moments.

use rusqlite::params;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::worker::Worker;
use crate::{Error, clock};

pub(crate) const CREATE_TABLE: &str = "
    CREATE TABLE flags (
        name   TEXT    PRIMARY KEY,
        set_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// Something that has happened, or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The owner agreed to the providers' terms and risks.
    Consent,
    /// The owner put the first run away.
    SetupDismissed,
    /// A client got its first answer.
    FirstAnswer,
}

impl Flag {
    fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::SetupDismissed => "setup_dismissed",
            Self::FirstAnswer => "first_answer",
        }
    }
}

/// When each flag was set, in seconds of Unix time; `None` where it is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetFlags {
    /// Of [`Flag::Consent`].
    pub consent_at: Option<i64>,
    /// Of [`Flag::SetupDismissed`].
    pub setup_dismissed_at: Option<i64>,
    /// Of [`Flag::FirstAnswer`].
    pub first_answer_at: Option<i64>,
}

/// The flags. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Flags {
    worker: Worker,
}

impl Flags {
    pub(crate) fn new(worker: Worker) -> Self {
        Self { worker }
    }

    /// All of them.
    pub async fn all(&self) -> Result<SetFlags, Error> {
        let rows: Vec<(String, i64)> = self
            .worker
            .run(|connection| {
                let mut all = connection.prepare_cached("SELECT name, set_at FROM flags")?;
                let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await?;
        let at = |flag: Flag| rows.iter().find(|(name, _)| name == flag.name()).map(|(_, at)| *at);
        Ok(SetFlags {
            consent_at: at(Flag::Consent),
            setup_dismissed_at: at(Flag::SetupDismissed),
            first_answer_at: at(Flag::FirstAnswer),
        })
    }

    /// Sets the flag now; one that is set keeps its moment.
    pub async fn set(&self, flag: Flag) -> Result<(), Error> {
        self.worker
            .run(move |connection| {
                connection.execute(
                    "INSERT INTO flags (name, set_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
                    params![flag.name(), clock::now()],
                )?;
                Ok(())
            })
            .await
    }

    /// Takes the flag back.
    pub async fn clear(&self, flag: Flag) -> Result<(), Error> {
        self.worker
            .run(move |connection| {
                connection.execute("DELETE FROM flags WHERE name = ?1", [flag.name()])?;
                Ok(())
            })
            .await
    }
}
