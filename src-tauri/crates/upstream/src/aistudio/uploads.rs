//! The files of one request, brought into a form that AI Studio's page takes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, ready};
use futures::{StreamExt, TryStreamExt, stream};
use postern_aistudio::files::{AT_ONCE, Files, Kind, Mentioned, Staged, Supply, extension, mentioned};
use postern_protocol::chat::{Failure, FailureKind, Request, Role};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::Call;
use crate::media::{Folder, Media, MediaError, Taken};

/// The extension of a text of any kind that the site does not know.
const PLAIN: &str = "txt";

/// Most files of a request.
const MOST: usize = 200;

/// Gets a request's files when they are asked for, each once.
struct Uploads {
    request: Arc<Request>,
    media: Media,
    folder: Folder,
    staged: Vec<OnceCell<Arc<Staged>>>,
}

/// The files of the request. What is new in it is got at once, so that a file that cannot be had is told before
/// anything is done; what was said before, when a page has to be given it anew.
pub(super) async fn files_of(media: Option<&Media>, call: &Call) -> Result<Files, Failure> {
    let request = &call.request;
    let found = mentioned(request);
    let Some(first) = found.first() else { return Ok(Files::default()) };
    if found.len() > MOST {
        return Err(too_many(found.len()));
    }
    let none = || failure(first, &MediaError::Disk("there is no folder for files".to_owned()));
    let media = media.ok_or_else(none)?.clone();
    for file in &found {
        media.check(file.source, &call.principal).map_err(|error| failure(file, &error))?;
    }
    let folder = media.folder().map_err(|error| failure(first, &MediaError::Disk(error.to_string())))?;
    let answered = request.messages.iter().rposition(|message| message.role == Role::Assistant);
    let new = found.iter().position(|file| Some(file.message) > answered).unwrap_or(found.len());
    let staged = found.iter().map(|_| OnceCell::new()).collect();
    let uploads = Uploads { request: Arc::clone(request), media, folder, staged };
    let limit = uploads.media.patience();
    let asked: Vec<_> = (new..found.len()).map(|index| uploads.supply(index)).collect();
    let got = timeout(limit, stream::iter(asked).buffered(AT_ONCE).try_for_each(|_| ready(Ok(())))).await;
    got.map_err(|_| late(first, limit))??;
    Ok(Files::of(Arc::new(uploads)))
}

impl Uploads {
    async fn get(&self, index: usize) -> Result<Arc<Staged>, Failure> {
        let nowhere = || Failure::new(FailureKind::Internal, "The request has no such file");
        let found = mentioned(&self.request);
        let wanted = found.get(index).ok_or_else(nowhere)?;
        // One that is named several times is got once.
        let same = |file: &&Mentioned<'_>| (file.source, &file.name) == (wanted.source, &wanted.name);
        let (file, place) =
            found.iter().zip(&self.staged).find(|(file, _)| same(file)).ok_or_else(nowhere)?;
        place.get_or_try_init(|| async { self.stage(file).await.map(Arc::new) }).await.map(Arc::clone)
    }

    async fn stage(&self, file: &Mentioned<'_>) -> Result<Staged, Failure> {
        let name = Some(file.name.as_str());
        let taken = self.media.take(file.source, name, &self.folder).await;
        let Taken { draft, nature, contradicted } = taken.map_err(|error| failure(file, &error))?;
        let plain = nature.is_text().then_some(PLAIN);
        let mime = nature.mime;
        if file.kind != Kind::File && mime == "text/html" {
            return Err(page_instead(file));
        }
        let extension = extension(&mime).or(plain).ok_or_else(|| unsupported(file, &mime))?;
        let size = draft.size();
        let path = draft
            .named(&ending(&file.name, extension))
            .map_err(|error| failure(file, &MediaError::Disk(error.to_string())))?;
        let warning = warning(file, &mime, contradicted.as_deref());
        Ok(Staged { path, mime, size, warning, param: file.param.clone() })
    }
}

impl Supply for Uploads {
    fn supply(&self, index: usize) -> BoxFuture<'_, Result<Arc<Staged>, Failure>> {
        Box::pin(self.get(index))
    }
}

/// The name with an extension by which a browser knows what it is.
fn ending(name: &str, extension: &str) -> String {
    let own = Path::new(name).extension().and_then(|own| own.to_str()).map(str::to_ascii_lowercase);
    match own.as_deref() {
        Some(own) if own == extension => name.to_owned(),
        Some("jpeg") if extension == "jpg" => name.to_owned(),
        Some("htm") if extension == "html" => name.to_owned(),
        _ => format!("{name}.{extension}"),
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "picture",
        Kind::Audio => "recording",
        Kind::Video => "video",
        Kind::File => "file",
    }
}

fn warning(file: &Mentioned<'_>, mime: &str, contradicted: Option<&str>) -> Option<String> {
    let family = mime.split('/').next().unwrap_or_default();
    let expected = match file.kind {
        Kind::Image => "image",
        Kind::Audio => "audio",
        Kind::Video => "video",
        Kind::File => family,
    };
    let said = contradicted.map(|said| format!("was said to be {said}"));
    let given = || (expected != family).then(|| format!("was given as a {}", word(file.kind)));
    let what = said.or_else(given)?;
    Some(format!(
        "the {} in {} {what}, but its content is {mime}, and was sent as that",
        word(file.kind),
        file.param
    ))
}

fn unsupported(file: &Mentioned<'_>, mime: &str) -> Failure {
    let text = format!(
        "the {} in {} is of the type {mime}, which AI Studio does not take; it takes pictures (PNG, JPEG, WebP, HEIC, \
         HEIF, GIF), sound (WAV, MP3, AIFF, AAC, OGG, Opus, FLAC, M4A, WebM), videos (MP4, MPEG, MOV, AVI, FLV, WebM, WMV, \
         3GP), PDF, RTF and texts",
        word(file.kind),
        file.param
    );
    Failure::new(FailureKind::BadRequest, text).param(&file.param)
}

/// Many an address of a picture leads to a page that shows it, or that asks for a sign-in.
fn page_instead(file: &Mentioned<'_>) -> Failure {
    let what = word(file.kind);
    let text = format!(
        "the {what} in {} is a web page (text/html); name the address of the {what} itself, or send its bytes",
        file.param
    );
    Failure::new(FailureKind::BadRequest, text).param(&file.param)
}

fn too_many(count: usize) -> Failure {
    let text = format!(
        "the request names {count} files, and at most {MOST} are taken; leave out some, such as those of earlier turns"
    );
    Failure::new(FailureKind::BadRequest, text).param("messages")
}

fn late(file: &Mentioned<'_>, limit: Duration) -> Failure {
    let text = format!(
        "the files of the request were not there after {} s, twice fetch_timeout_s under [files]; send fewer at once, or \
         their bytes in place of their addresses",
        limit.as_secs()
    );
    Failure::new(FailureKind::BadRequest, text).param(&file.param)
}

fn failure(file: &Mentioned<'_>, error: &MediaError) -> Failure {
    let text = format!("the {} in {} cannot be used: {error}", word(file.kind), file.param);
    match error {
        MediaError::Disk(_) => Failure::new(FailureKind::Internal, text),
        _ => Failure::new(FailureKind::BadRequest, text).param(&file.param),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use postern_net::Network;
    use postern_protocol::RequestId;
    use postern_protocol::chat::{Message, Part, Source};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::Principal;
    use crate::media::MediaRules;

    fn data(bytes: &[u8], mime: &str) -> Source {
        Source::Data { mime: Some(mime.into()), base64: BASE64_STANDARD.encode(bytes) }
    }

    fn request(sources: Vec<Source>) -> Arc<Request> {
        let message = |source| Message {
            role: Role::User,
            name: None,
            parts: vec![Part::Image { source, detail: None }],
        };
        Arc::new(Request { messages: sources.into_iter().map(message).collect(), ..Request::default() })
    }

    fn call(sources: Vec<Source>) -> Call {
        Call { id: RequestId::new("r"), principal: Principal::Anonymous, request: request(sources) }
    }

    #[tokio::test]
    async fn files_lie_in_a_folder_of_their_own_until_the_request_ends() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("uploads");
        std::fs::create_dir_all(root.join("request-left")).unwrap();
        let media = Media::open(&root, MediaRules::default(), Network::default()).unwrap();
        assert!(!root.join("request-left").exists(), "what a killed program left is gone");
        let request =
            request(vec![data(b"\x89PNG\r\n\x1a\n\0", "image/jpeg"), data(b"%PDF-1.7", "application/pdf")]);
        let uploads = Uploads {
            folder: media.folder().unwrap(),
            staged: vec![OnceCell::new(), OnceCell::new()],
            request,
            media,
        };
        let one = uploads.supply(0).await.unwrap();
        assert!(one.path.ends_with("0/image-1.png") && one.path.exists(), "{}", one.path.display());
        assert!(one.warning.as_ref().unwrap().contains("was said to be image/jpeg"), "{one:?}");
        assert_eq!(uploads.supply(0).await.unwrap().path, one.path, "it is got once");
        let two = uploads.supply(1).await.unwrap();
        assert!(two.warning.as_ref().unwrap().contains("given as a picture"), "{two:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&root), mode(uploads.folder.path())), (0o700, 0o700));
        }
        drop(uploads);
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let rules = MediaRules { max_bytes: 64, ..MediaRules::default() };
        let media = Media::open(dir.path(), rules, Network::default()).unwrap();
        let fails = async |sources| {
            let Err(failure) = files_of(Some(&media), &call(sources)).await else { panic!("it was taken") };
            assert_eq!(failure.kind, FailureKind::BadRequest);
            assert_eq!(failure.param.as_deref(), Some("messages[0].content"));
            failure.message
        };
        assert!(fails(vec![data(b"PK\x03\x04\x14\0\0\0", "image/png")]).await.contains("application/zip"));
        assert!(fails(vec![data(b"<!DOCTYPE html><p>x", "text/html")]).await.contains("web page"));
        assert!(fails(vec![data(&[7; 65], "image/png")]).await.contains("larger than 64 bytes"));
        assert!(fails(vec![Source::Url("/etc/passwd".into())]).await.contains("local_folders"));
        assert!(fails(vec![Source::Url("http://169.254.169.254/x".into())]).await.contains("metadata"));
        assert!(fails(vec![Source::FileId("file-1".into())]).await.contains("id"));
        assert!(files_of(None, &call(Vec::new())).await.is_ok());
    }

    /// A web server whose pictures are there after a while.
    struct Pictures {
        port: u16,
        asked: Arc<Mutex<usize>>,
    }

    impl Pictures {
        async fn after(pause: Duration) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let asked = Arc::default();
            let count: Arc<Mutex<usize>> = Arc::clone(&asked);
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    *count.lock().unwrap() += 1;
                    tokio::spawn(async move {
                        let _ = stream.read(&mut [0; 4096]).await;
                        sleep(pause).await;
                        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\n";
                        let _ = stream.write_all(&[answer.as_bytes(), b"\x89PNG\r\n\x1a\n\0"].concat()).await;
                    });
                }
            });
            Self { port, asked }
        }

        fn named(&self, names: impl IntoIterator<Item = usize>) -> Call {
            let url = |name| Source::Url(format!("http://127.0.0.1:{}/{name}.png", self.port));
            call(names.into_iter().map(url).collect())
        }

        fn media(&self, dir: &Path) -> Media {
            let local_hosts = vec![format!("127.0.0.1:{}", self.port).parse().unwrap()];
            Media::open(dir, MediaRules { local_hosts, ..MediaRules::default() }, Network::default()).unwrap()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn files_are_got_several_at_once_and_each_once_within_a_time_for_all() {
        let dir = tempfile::tempdir().unwrap();
        let site = Pictures::after(Duration::from_secs(50)).await;
        let media = site.media(dir.path());
        let begun = Instant::now();
        let call = site.named([1, 2, 3, 4, 1, 2, 5, 6]);
        let files = files_of(Some(&media), &call).await;
        assert!(files.is_ok(), "{:?}", files.err());
        assert_eq!((*site.asked.lock().unwrap(), begun.elapsed().as_secs()), (6, 100));
        let failure = files_of(Some(&media), &site.named(1..=9)).await.map(drop).unwrap_err();
        assert_eq!(
            (failure.kind, failure.param.as_deref()),
            (FailureKind::BadRequest, Some("messages[0].content"))
        );
        assert!(failure.message.contains("after 120 s"), "{failure}");
        let failure = files_of(Some(&media), &site.named(0..=MOST)).await.map(drop).unwrap_err();
        assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("messages")));
        assert!(failure.message.contains("201 files, and at most 200"), "{failure}");
    }

    #[tokio::test]
    async fn files_of_a_request_may_be_so_large_together() {
        let dir = tempfile::tempdir().unwrap();
        let media = Media::open(
            dir.path(),
            MediaRules { max_bytes: 64, ..MediaRules::default() },
            Network::default(),
        )
        .unwrap();
        let picture = [b"\x89PNG\r\n\x1a\n\0".as_slice(), &[7; 55]].concat();
        let ask = async |count| {
            let sources = (0..count).map(|_| data(&picture, "image/png")).collect();
            files_of(Some(&media), &call(sources)).await.map(drop)
        };
        ask(4).await.unwrap();
        let failure = ask(5).await.unwrap_err();
        assert!(
            failure.kind == FailureKind::BadRequest && failure.message.contains("256 bytes together"),
            "{failure}"
        );
    }

    #[test]
    fn names_end_as_a_browser_knows_them() {
        assert_eq!(ending("cat.PNG", "png"), "cat.PNG");
        assert_eq!(ending("cat.jpeg", "jpg"), "cat.jpeg");
        assert_eq!(ending("main.rs", "txt"), "main.rs.txt");
        assert_eq!(ending("image-1", "png"), "image-1.png");
    }
}
