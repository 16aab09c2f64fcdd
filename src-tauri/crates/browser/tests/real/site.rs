//! A web server whose answers are prescribed to the byte, with two origins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const HTML: &str = include_str!("page.html");

/// How an answer ends.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    Complete,
    /// The connection is closed in the middle.
    Cut,
    /// Nothing more comes.
    Hang,
}

#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: &'static str,
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) end: End,
    /// Sent after the first piece only once this is notified.
    pub(crate) gate: Option<Arc<Notify>>,
}

impl Answer {
    pub(crate) fn pieces(pieces: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let pieces = pieces.into_iter().map(Into::into).collect();
        Self { status: 200, headers: "", pieces, end: End::Complete, gate: None }
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        self.pieces.concat()
    }
}

type Answers = Arc<Mutex<HashMap<String, Answer>>>;

/// A running server.
pub(crate) struct Site {
    pub(crate) origin: String,
    pub(crate) other_origin: String,
    answers: Answers,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let answers = Answers::default();
        let origin = serve(answers.clone()).await;
        let other_origin = serve(answers.clone()).await;
        Self { origin, other_origin, answers }
    }

    /// Prescribes the answer at `/api/NAME`, and returns that address on either origin.
    pub(crate) fn answer(&self, name: &str, answer: Answer) -> (String, String) {
        let path = format!("/api/{name}");
        self.answers.lock().unwrap().insert(path.clone(), answer);
        (format!("{}{path}", self.origin), format!("{}{path}", self.other_origin))
    }
}

/// An address where nobody listens.
pub(crate) async fn closed_origin() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(answers: Answers) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let answers = answers.clone();
            tokio::spawn(async move {
                // The browser may hang up at any time.
                let _ = connection(stream, answers).await;
            });
        }
    });
    origin
}

async fn connection(stream: TcpStream, answers: Answers) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let Some((method, path)) = request(&mut stream).await? else { return Ok(()) };
    let stream = stream.get_mut();
    let bare = path.split('?').next().unwrap_or_default();
    let found = answers.lock().unwrap().get(bare).cloned();
    let cors = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\nConnection: close\r\n";
    match found {
        Some(_) if method == "OPTIONS" => {
            stream.write_all(format!("HTTP/1.1 204 Fine\r\n{cors}\r\n").as_bytes()).await
        }
        Some(answer) => {
            let head = format!(
                "HTTP/1.1 {} Fine\r\n{cors}{}Content-Type: application/json; charset=utf-8\r\n\
                 Transfer-Encoding: chunked\r\n\r\n",
                answer.status, answer.headers
            );
            stream.write_all(head.as_bytes()).await?;
            body(stream, answer).await
        }
        None => {
            let head = format!(
                "HTTP/1.1 200 Fine\r\n{cors}Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
                HTML.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(HTML.as_bytes()).await
        }
    }
}

async fn body(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    for (index, piece) in answer.pieces.iter().enumerate() {
        if let (1, Some(gate)) = (index, &answer.gate) {
            gate.notified().await;
        }
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
        stream.write_all(piece).await?;
        stream.write_all(b"\r\n").await?;
    }
    match answer.end {
        End::Complete => stream.write_all(b"0\r\n\r\n").await,
        End::Cut => Ok(()),
        End::Hang => {
            // Until the browser hangs up.
            let mut byte = [0];
            stream.read_exact(&mut byte).await.map(drop)
        }
    }
}

async fn request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<(String, String)>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(None),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    stream.read_exact(&mut vec![0; length]).await?;
    let mut words = head.split(' ').map(str::to_owned);
    Ok(words.next().zip(words.next()))
}
