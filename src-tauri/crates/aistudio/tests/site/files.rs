//! Files in the prompt: given to the page, kept with a chat that goes on, and gone with their request.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use postern_aistudio::files::{Files, Staged, Supply};
use postern_protocol::RequestId;
use postern_protocol::chat::{
    Completion, Event, Failure, FailureKind, Message, Part, Request, Role, Source, Step,
};
use postern_tests::{Layout, Piece, Scenario, UploadCourse, Variant, echo_text};

use crate::house::{House, conversation};

/// A file of a test: what it is called on the disk, and what is in it.
#[derive(Clone, Copy)]
struct Given(&'static str, &'static [u8]);

const CAT: Given = Given("cat.png", b"\x89PNG\r\n\x1a\n cat");
const DOG: Given = Given("dog.jpg", b"\xff\xd8\xff\xe0 dog");
const NOTE: Given = Given("note.txt", b"a note");

impl Given {
    fn part(self) -> Part {
        Part::Image { source: Source::Url(format!("https://pictures.test/{}", self.0)), detail: None }
    }
}

const PACK: Given = Given("pack.zip", b"PK\x03\x04 pack");

/// Puts the files of a test on the disk.
struct Shelf {
    dir: PathBuf,
    files: Vec<Given>,
}

impl Supply for Shelf {
    fn supply(&self, index: usize) -> BoxFuture<'_, Result<Arc<Staged>, Failure>> {
        let Given(name, bytes) = self.files[index];
        let path = self.dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        let mime = match name.rsplit('.').next() {
            Some("zip") => "application/zip",
            Some("txt") => "text/plain",
            _ => "image/png",
        };
        let staged = Staged {
            path,
            mime: mime.into(),
            size: bytes.len() as u64,
            warning: (name == "note.txt").then(|| "it is a note".to_owned()),
            param: format!("messages[{index}].content"),
        };
        Box::pin(async { Ok(Arc::new(staged)) })
    }
}

fn with(text: &str, files: &[Given]) -> Message {
    let parts = files.iter().map(|file| file.part());
    let parts = parts.chain((!text.is_empty()).then(|| Part::Text { text: text.into() })).collect();
    Message { role: Role::User, name: None, parts }
}

async fn ask(house: &House, messages: Vec<Message>, files: &[Given]) -> Result<Completion, Failure> {
    let request = Request { messages, ..conversation(&[]) };
    let shelf = Shelf { dir: house.dir.path().to_owned(), files: files.to_vec() };
    let files = Files::of(Arc::new(shelf));
    let mut events = house.studio.chat_with(RequestId::new("files"), Arc::new(request), files);
    let mut whole = Completion::default();
    while let Some(event) = events.next().await {
        let event = event?;
        let over = matches!(event, Event::Finished(_));
        whole.push(event);
        if over {
            break;
        }
    }
    Ok(whole)
}

/// The files of the last request that the site got, each with the turn it belongs to.
fn sent(house: &House) -> Vec<(usize, String, usize)> {
    let record = house.site.records().pop().unwrap();
    record.files.into_iter().map(|file| (file.turn, file.name, file.size)).collect()
}

fn file(turn: usize, Given(name, bytes): Given) -> (usize, String, usize) {
    (turn, name.to_owned(), bytes.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_arrive_once_the_page_has_its_consent_and_do_not_stay() {
    let house = House::open().await;
    let answer = ask(&house, vec![with("What is it?", &[CAT, DOG, NOTE])], &[CAT, DOG, NOTE]).await.unwrap();
    assert_eq!(answer.text(), echo_text("What is it?"));
    assert_eq!(answer.warnings, ["it is a note"]);
    assert_eq!(sent(&house), [file(0, CAT), file(0, DOG), file(0, NOTE)]);
    let record = house.site.records().pop().unwrap();
    let types: Vec<&str> = record.files.iter().map(|file| file.mime.as_str()).collect();
    assert_eq!(types, ["image/png", "image/jpeg", "text/plain"]);
    // Another chat has none of them, and one with the same file uploads it anew.
    house.works().await;
    assert_eq!(sent(&house), []);
    ask(&house, vec![with("And this?", &[DOG])], &[DOG]).await.unwrap();
    assert_eq!(sent(&house), [file(0, DOG)]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_goes_on_uploads_what_is_new_and_nothing_else() {
    let house = House::open().await;
    let mut talk = vec![with("What is it?", &[CAT])];
    let first = ask(&house, talk.clone(), &[CAT]).await.unwrap();
    talk.extend([Message::text(Role::Assistant, first.text()), with("And this one?", &[DOG, DOG])]);
    let second = ask(&house, talk.clone(), &[CAT, DOG, DOG]).await.unwrap();
    assert_eq!(sent(&house), [file(0, CAT), file(2, DOG)]);
    talk.extend([Message::text(Role::Assistant, second.text()), with("Which is older?", &[])]);
    ask(&house, talk.clone(), &[CAT, DOG, DOG]).await.unwrap();
    let names: Vec<String> = house.site.uploads().into_iter().map(|upload| upload.name).collect();
    assert_eq!(names, ["cat.png", "dog.jpg"], "each was uploaded once");
    assert_eq!(house.site.records().pop().unwrap().contents.len(), 5);
    // Another file in an old message makes it another conversation, which is written down with all its files.
    talk[0] = with("What is it?", &[NOTE]);
    ask(&house, talk, &[NOTE, DOG, DOG]).await.unwrap();
    assert_eq!(sent(&house), [file(0, NOTE), file(0, DOG)]);
    let record = house.site.records().pop().unwrap();
    let prompt = record.prompt();
    assert!(prompt.contains("[file: note.txt]\nWhat is it?"), "{prompt}");
    assert!(prompt.contains("[file: dog.jpg]\n[file: dog.jpg]\nAnd this one?"), "{prompt}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_alone_is_a_prompt() {
    let house = House::open().await;
    ask(&house, vec![with("", &[CAT])], &[CAT]).await.unwrap();
    assert_eq!(sent(&house), [file(0, CAT)]);
    assert_eq!(house.site.records()[0].prompt(), "[file: cat.png]");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_generation_of_the_page_takes_files() {
    for variant in [Variant::InputWrapper, Variant::RenamedClasses] {
        let house = House::with(Layout::of(variant), |_| {}).await;
        let answer = ask(&house, vec![with("What?", &[CAT, DOG])], &[CAT, DOG]).await.unwrap();
        assert_eq!(answer.warnings, Vec::<String>::new());
        assert_eq!(sent(&house), [file(0, CAT), file(0, DOG)]);
        house.works().await;
        assert_eq!(sent(&house), []);
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_goes_out_only_when_all_its_files_are_there() {
    let house = House::open().await;
    house.site.set_scenario(Scenario::default().uploading(UploadCourse::Gate("up".into())));
    let asking = ask(&house, vec![with("What?", &[CAT, DOG])], &[CAT, DOG]);
    let opening = async {
        house.site.open_gate("up");
        house.site.wait_for_uploads(1).await.unwrap();
        assert_eq!(house.site.records().len(), 0, "the other one is still on its way");
        house.site.open_gate("up");
    };
    let (answer, ()) = tokio::join!(asking, opening);
    assert_eq!(answer.unwrap().text(), echo_text("What?"));
    let mut files = sent(&house);
    files.sort();
    assert_eq!(files, [file(0, CAT), file(0, DOG)]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_given_up_while_its_file_is_uploaded_leaves_nothing_behind() {
    let house = House::open().await;
    house.site.set_scenario(Scenario::default().uploading(UploadCourse::Gate("shut".into())));
    let request = Request { messages: vec![with("What?", &[CAT])], ..conversation(&[]) };
    let shelf = Arc::new(Shelf { dir: house.dir.path().to_owned(), files: vec![CAT] });
    let mut events = house.studio.chat_with(RequestId::new("gone"), Arc::new(request), Files::of(shelf));
    while let Some(event) = events.next().await {
        // The form comes next, which this file keeps from being whole.
        match event.unwrap() {
            Event::Step(Step::Page) => break,
            Event::Step(_) => {}
            other => panic!("{other:?}"),
        }
    }
    drop(events);
    house.site.set_scenario(Scenario::default());
    house.works().await;
    assert_eq!((sent(&house), house.site.records().len()), (Vec::new(), 1));
    house.close().await;
}

/// What came of one file on a page like this. The request after it must not notice.
async fn refused(layout: Layout, scenario: Scenario, given: Given) -> Failure {
    let house = House::with(layout, |_| {}).await;
    house.site.set_scenario(scenario);
    let failure = ask(&house, vec![with("What?", &[CAT, given])], &[CAT, given]).await.unwrap_err();
    house.site.set_scenario(Scenario::default());
    house.works().await;
    assert_eq!(sent(&house), [], "what was left in the prompt is gone");
    assert_eq!(house.site.records().len(), 1);
    house.close().await;
    failure
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_does_not_take_is_told_in_its_words() {
    let failure = refused(Layout::default(), Scenario::default(), PACK).await;
    assert_eq!(
        (failure.kind, failure.param.as_deref()),
        (FailureKind::BadRequest, Some("messages[1].content"))
    );
    assert!(failure.message.contains("(pack.zip, application/zip, 9 bytes)"), "{failure}");
    assert!(failure.message.contains("unsupported file type"), "{failure}");
    let large = Given("large.txt", &[b'a'; (1 << 20) + 1]);
    let layout = Layout { largest_file: 1 << 20, ..Layout::default() };
    let failure = refused(layout, Scenario::default(), large).await;
    assert_eq!(
        (failure.kind, failure.param.as_deref()),
        (FailureKind::BadRequest, Some("messages[1].content"))
    );
    assert!(failure.message.contains("larger than 1 MB"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_fails_in_passing_is_tried_once_more() {
    let fails = Scenario::default().uploading(UploadCourse::Fails);
    let failure = refused(Layout::default(), fails, NOTE).await;
    assert_eq!(failure.kind, FailureKind::UpstreamError);
    assert!(failure.message.contains("Failed to upload"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_a_field_for_files_says_so() {
    let layout = Layout::default().without([Piece::Attach]);
    let failure = refused(layout, Scenario::default(), NOTE).await;
    assert_eq!(failure.kind, FailureKind::PageChanged);
    assert!(failure.message.contains("field for files"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_given_by_its_path() {
    let house = House::open().await;
    let path = house.dir.path().join("large.png");
    std::fs::write(&path, vec![7_u8; 30 << 20]).unwrap();
    struct Large(PathBuf);
    impl Supply for Large {
        fn supply(&self, _: usize) -> BoxFuture<'_, Result<Arc<Staged>, Failure>> {
            let (path, mime) = (self.0.clone(), "image/png".to_owned());
            let staged = Staged { path, mime, size: 30 << 20, warning: None, param: "x".into() };
            Box::pin(async { Ok(Arc::new(staged)) })
        }
    }
    let request = Request { messages: vec![with("What?", &[CAT])], ..conversation(&[]) };
    let files = Files::of(Arc::new(Large(path.clone())));
    let events: Vec<_> =
        house.studio.chat_with(RequestId::new("large"), Arc::new(request), files).collect().await;
    assert!(matches!(events.last(), Some(Ok(Event::Finished(_)))), "{:?}", events.last());
    let uploaded = house.site.uploads().pop().unwrap();
    assert_eq!((uploaded.name.as_str(), uploaded.size), ("large.png", 30 << 20));
    assert!(Path::new(&path).exists(), "whoever put it there takes it away");
    house.close().await;
}
