//! The bytes of pictures, recordings and files that a request names.
//!
//! In comes a [`Source`]: bytes in the request itself, an address, or a path. Out comes a [`Taken`]: a file of our own
//! on the disk, with the type that its content shows. Addresses are fetched past a guard that lets nobody reach
//! this computer or its network through Postern ([`guard`], [`web`]); paths are read only below folders that the
//! owner listed ([`local`]). Nothing in here knows a provider.

mod guard;
mod local;
mod nature;
mod rules;
mod stage;
mod web;

use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use postern_net::{Guard, Network};
use postern_protocol::chat::Source;

pub(crate) use nature::Nature;
pub use rules::MediaRules;
pub(crate) use stage::Folder;

use crate::Principal;
use stage::Draft;
use web::Web;

/// How much of a file tells what it is.
const HEAD: usize = 8192;

/// Gets the bytes of what requests name. Cheap to clone; clones share the rules.
#[derive(Clone)]
pub struct Media {
    rules: Arc<RwLock<Arc<Ruled>>>,
    network: Network,
    /// Where the files of all requests lie.
    root: Arc<Path>,
}

/// Rules in force, and what fetches by them.
struct Ruled {
    rules: MediaRules,
    web: Web,
}

/// A file that was got.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The bytes, in the request's folder.
    pub(crate) draft: Draft,
    /// What they are.
    pub(crate) nature: Nature,
    /// The type that the caller or the address named, where it is another one.
    pub(crate) contradicted: Option<String>,
}

/// Why a file was not got. Each says what to do about it, and shows no more of an address than its host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MediaError {
    /// Larger than the owner allows.
    #[error(
        "it is larger than {limit} bytes, the most that is taken; send a smaller one, or raise max_bytes under [files]"
    )]
    TooLarge {
        /// The most that is taken.
        limit: u64,
    },
    /// Together with the other files of its request, it is larger than the owner allows.
    #[error(
        "the files of the request have more than {limit} bytes together, the most that is taken; send fewer at once, or \
         raise max_bytes under [files]"
    )]
    TooMuch {
        /// The most that is taken.
        limit: u64,
    },
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// The bytes cannot be read.
    #[error("its data is not base64")]
    NotBase64,
    /// An id of a provider that Postern cannot ask.
    #[error("it is told by an id, which only the provider that gave it knows; send its bytes or its address")]
    Id,
    /// An address that cannot be fetched at all.
    #[error("its address cannot be used: {0}")]
    Address(String),
    /// An address that the guard does not let through.
    #[error(
        "its address ({host}) leads to {what}, which is not fetched for clients; send its bytes, or list the host \
         under local_hosts in [files]"
    )]
    Guarded {
        /// The host, as the caller wrote it.
        host: String,
        /// What it leads to.
        what: &'static str,
    },
    /// The server could not be asked, or did not give it.
    #[error("{host} did not give it: {why}")]
    NotFetched {
        /// The host.
        host: String,
        /// Why.
        why: String,
    },
    /// A path, where none may be named.
    #[error(
        "it is a path on this computer, and clients may name none; send its bytes, or list its folder under \
         local_folders in [files]"
    )]
    NoPaths,
    /// A path, told by somebody who may name none.
    #[error(
        "it is a path on this computer, which may not be named with this key; send its bytes, or list the key's name \
         under local_keys in [files]"
    )]
    NotWithThisKey,
    /// A path outside of the listed folders, or one that only seems to be in one.
    #[error("its path is not below a folder that local_folders in [files] lists")]
    Outside,
    /// A path at which nothing can be read.
    #[error("its file cannot be read: {0}")]
    Unreadable(String),
    /// It could not be put down here.
    #[error("it could not be written to the data folder: {0}")]
    Disk(String),
}

impl Ruled {
    fn new(rules: MediaRules, network: &Network) -> Self {
        let web = Web::new(Guard::allowing(rules.local_hosts.iter().cloned()), network);
        Self { rules, web }
    }
}

impl Media {
    /// Gets files by these rules, over this network, and puts them into `root`, which is emptied: what lies there was left by a program
    /// that was killed.
    pub fn open(root: &Path, rules: MediaRules, network: Network) -> std::io::Result<Self> {
        stage::empty(root)?;
        let ruled = Arc::new(Ruled::new(rules, &network));
        Ok(Self { rules: Arc::new(RwLock::new(ruled)), network, root: root.into() })
    }

    /// The rules for what is asked for from now on.
    pub fn set_rules(&self, rules: MediaRules) {
        // What fetches is made anew at some cost.
        if self.ruled().rules == rules {
            return;
        }
        *self.rules.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Arc::new(Ruled::new(rules, &self.network));
    }

    /// How long getting all files of a request may take.
    pub(crate) fn patience(&self) -> Duration {
        self.ruled().rules.fetch_timeout.saturating_mul(2)
    }

    /// A folder for the files of one request; what is in it goes when it is dropped.
    pub(crate) fn folder(&self) -> std::io::Result<Folder> {
        Folder::within(&self.root)
    }

    /// What can be said without looking: fails where nothing could come of asking for it.
    pub(crate) fn check(&self, source: &Source, principal: &Principal) -> Result<(), MediaError> {
        let ruled = self.ruled();
        match source {
            Source::Data { base64, .. } => ruled.rules.fits(base64.len() as u64 / 4 * 3),
            Source::FileId(_) => Err(MediaError::Id),
            Source::Url(address) => match local::path_of(address)? {
                Some(_) => ruled.rules.paths_for(principal),
                None => ruled.web.check(address).map(drop),
            },
        }
    }

    /// Gets the bytes of what was checked before and puts them into the folder. `name` is what the caller calls it.
    pub(crate) async fn take(
        &self,
        source: &Source,
        name: Option<&str>,
        folder: &Folder,
    ) -> Result<Taken, MediaError> {
        let ruled = self.ruled();
        let mut draft = folder.draft(ruled.rules.max_bytes)?;
        let claimed = match source {
            Source::Data { mime, base64 } => {
                let bytes = BASE64_STANDARD.decode(base64).map_err(|_| MediaError::NotBase64)?;
                draft.write(&bytes).await?;
                mime.clone()
            }
            Source::FileId(_) => return Err(MediaError::Id),
            Source::Url(address) => match local::path_of(address)? {
                Some(path) => {
                    local::copy(path, &ruled.rules.local_folders, &mut draft).await?;
                    None
                }
                None => ruled.web.fetch(address, ruled.rules.fetch_timeout, &mut draft).await?,
            },
        };
        draft.finish().await?;
        let named = name.or(match source {
            Source::Url(address) => Some(address.as_str()),
            Source::Data { .. } | Source::FileId(_) => None,
        });
        let (nature, contradicted) = Nature::of(draft.head(), claimed.as_deref(), named);
        Ok(Taken { draft, nature, contradicted })
    }

    fn ruled(&self) -> Arc<Ruled> {
        Arc::clone(&self.rules.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
