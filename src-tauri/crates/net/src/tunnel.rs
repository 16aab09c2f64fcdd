//! Asking a proxy for a way through it: `CONNECT` of HTTP (RFC 9110, 9.3.6), and SOCKS 5 (RFC 1928 and 1929).

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::ProxyTrouble;
use crate::proxy::{Login, Proxy};

/// Most bytes of the head of a proxy's answer.
const HEAD_BYTES: usize = 16 * 1024;
/// Most signs of a proxy's answer that are repeated.
const SHOWN: usize = 120;

const SOCKS: u8 = 5;
const NO_LOGIN: u8 = 0;
const LOGIN: u8 = 2;
const NONE_GOOD: u8 = 0xff;
const CONNECT: u8 = 1;
const OLDER: u8 = 1;
const NAME: u8 = 3;
const NEWER: u8 = 4;

/// Whom a proxy is to connect to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    Name(&'a str),
    Address(IpAddr),
}

/// Asks an HTTP proxy. From then on the connection is one to the target.
pub(crate) async fn connect<S>(
    stream: &mut S,
    proxy: &Proxy,
    place: Place<'_>,
    port: u16,
) -> Result<(), ProxyTrouble>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let target = match place {
        Place::Name(name) => format!("{name}:{port}"),
        Place::Address(address) => std::net::SocketAddr::new(address, port).to_string(),
    };
    let mut asked = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(line) = proxy.authorization() {
        asked.extend_from_slice(b"Proxy-Authorization: ");
        asked.extend_from_slice(line.as_bytes());
        asked.extend_from_slice(b"\r\n");
    }
    asked.extend_from_slice(b"\r\n");
    stream.write_all(&asked).await.map_err(|error| gone(&error))?;
    stream.flush().await.map_err(|error| gone(&error))?;
    let line = answer(stream).await?;
    let mut words = line.splitn(3, ' ');
    let (version, status) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match status.parse::<u16>() {
        Ok(200..300) if version.starts_with("HTTP/1.") => Ok(()),
        Ok(407) => Err(ProxyTrouble::WantsLogin),
        Ok(_) if version.starts_with("HTTP/1.") => {
            Err(ProxyTrouble::Refuses(shown(line[version.len()..].trim())))
        }
        _ => Err(ProxyTrouble::Strange(format!("it answered {:?}", shown(&line)))),
    }
}

/// The first line of the head that a proxy answers with. The head is read to its end and no further: what comes behind
/// it is the target's.
async fn answer<S: AsyncRead + Unpin>(stream: &mut S) -> Result<String, ProxyTrouble> {
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD_BYTES {
            return Err(ProxyTrouble::Strange("its answer has no end".to_owned()));
        }
        head.push(stream.read_u8().await.map_err(|error| gone(&error))?);
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

/// Asks a SOCKS proxy. From then on the connection is one to the target.
pub(crate) async fn socks<S>(
    stream: &mut S,
    proxy: &Proxy,
    place: Place<'_>,
    port: u16,
) -> Result<(), ProxyTrouble>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let broken = |error: io::Error| gone(&error);
    let way = if proxy.login.is_some() { LOGIN } else { NO_LOGIN };
    let offer: &[u8] = if way == LOGIN { &[SOCKS, 2, NO_LOGIN, LOGIN] } else { &[SOCKS, 1, NO_LOGIN] };
    stream.write_all(offer).await.map_err(broken)?;
    let [version, chosen] = read(stream).await?;
    if version != SOCKS {
        return Err(ProxyTrouble::Strange("it answered, but not in SOCKS 5".to_owned()));
    }
    match (chosen, &proxy.login) {
        (NO_LOGIN, _) => {}
        (LOGIN, Some(login)) => log_in(stream, login).await?,
        (LOGIN | NONE_GOOD, _) => return Err(ProxyTrouble::WantsLogin),
        _ => return Err(ProxyTrouble::Strange("it chose what was not offered".to_owned())),
    }
    let mut asked = vec![SOCKS, CONNECT, 0];
    match place {
        Place::Address(IpAddr::V4(address)) => {
            asked.push(OLDER);
            asked.extend(address.octets());
        }
        Place::Address(IpAddr::V6(address)) => {
            asked.push(NEWER);
            asked.extend(address.octets());
        }
        Place::Name(name) => {
            let length = u8::try_from(name.len())
                .map_err(|_| ProxyTrouble::Refuses("SOCKS has no room for so long a name".to_owned()))?;
            asked.extend([NAME, length]);
            asked.extend(name.as_bytes());
        }
    }
    asked.extend(port.to_be_bytes());
    stream.write_all(&asked).await.map_err(broken)?;
    let [_, reply, _, kind] = read(stream).await?;
    if reply != 0 {
        return Err(ProxyTrouble::Refuses(meaning(reply).to_owned()));
    }
    // Where the proxy connected from, which nobody needs.
    let rest = match kind {
        OLDER => 4,
        NEWER => 16,
        _ => usize::from(read::<1, _>(stream).await?[0]),
    };
    let mut bound = vec![0; rest + 2];
    stream.read_exact(&mut bound).await.map_err(broken)?;
    Ok(())
}

async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    login: &Login,
) -> Result<(), ProxyTrouble> {
    let mut asked = vec![1];
    for text in [login.user.as_str(), login.password.expose()] {
        asked.push(u8::try_from(text.len()).map_err(|_| ProxyTrouble::WantsLogin)?);
        asked.extend(text.as_bytes());
    }
    stream.write_all(&asked).await.map_err(|error| gone(&error))?;
    let [_, status] = read(stream).await?;
    if status == 0 { Ok(()) } else { Err(ProxyTrouble::WantsLogin) }
}

async fn read<const N: usize, S: AsyncRead + Unpin>(stream: &mut S) -> Result<[u8; N], ProxyTrouble> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await.map_err(|error| gone(&error))?;
    Ok(bytes)
}

fn meaning(reply: u8) -> &'static str {
    match reply {
        1 => "it failed, and does not say why",
        2 => "its rules do not allow it",
        3 => "the network cannot be reached from there",
        4 => "the host cannot be reached from there",
        5 => "nobody listens there",
        6 => "it took too long",
        7 => "it makes no connections",
        8 => "it does not know such addresses",
        _ => "for a reason that has no name",
    }
}

fn gone(error: &io::Error) -> ProxyTrouble {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            ProxyTrouble::Strange("it closed the connection".to_owned())
        }
        _ => ProxyTrouble::Unreachable(error.to_string()),
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(SHOWN).collect()
}
