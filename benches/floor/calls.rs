//! What waits for the network, at twenty milliseconds an answer: lists that come page by page and many
//! deletions, beside a bare loop over reqwest with as many calls at once, and beside the latency alone.

use std::{
    error::Error,
    process::{Command, Stdio},
    time::Instant,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, Method};

use super::{
    backend::{Backend, Context},
    probe::{Probe, milliseconds},
    table::Table,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const LATENCY: u32 = 20;
const AT_ONCE: u32 = 16;
const LENGTHS: [u32; 2] = [1_000, 10_000];
const DELETED: u32 = 1_000;
const REPEATS: usize = 3;

/// A list in pages.
struct List {
    service: &'static str,
    pane: &'static str,
    path: &'static str,
    first: u32,
    size: u32,
}

const LISTS: [List; 2] = [
    List {
        service: "djinn",
        pane: "secrets",
        path: "/keys?page=",
        first: 1,
        size: 25,
    },
    List {
        service: "chutes",
        pane: "secrets",
        path: "/secrets/?limit=100&page=",
        first: 0,
        size: 100,
    },
];

pub fn measure() -> Result<Table> {
    // The client of a bench is made like the console's: without a provider it would not be.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let columns = ["keyrack", "console", "bare reqwest", "ideal"];
    let mut table = Table::new("20 ms an answer, 16 at once · ms", &columns);
    for length in LENGTHS {
        let backend = Backend::start(usize::try_from(length)?, LATENCY)?;
        for list in &LISTS {
            let cells = load(&backend, list, length)?;
            table.add(format!("{length} {} by {}", list.service, list.size), cells);
        }
    }
    table.add(format!("delete {DELETED}"), delete()?);
    Ok(table)
}

/// One list by `ls`, on the console's screen, by a bare loop, and the answers' latency alone.
fn load(backend: &Backend, list: &List, length: u32) -> Result<Vec<Vec<f64>>> {
    let pages = length.div_ceil(list.size);
    let context = backend.context(list.service)?;
    let arguments = backend.arguments(list.service)?;
    let (mut listed, mut shown, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        listed.push(run(&arguments, &["ls", list.pane])?);
        // Only this service's console begins with the pane.
        if list.service == "djinn" {
            let mut probe = Probe::start(env!("CARGO_BIN_EXE_keyrack"), &arguments)?;
            shown.push(probe.wait_text("as of")?);
        }
        let first = list.first;
        let path = |page: u32| format!("{}{}", list.path, first + page);
        bare.push(calls(&context, &Method::GET, pages, path)?);
    }
    // The first page says how many there are.
    let ideal = f64::from((1 + (pages - 1).div_ceil(AT_ONCE)) * LATENCY);
    Ok(vec![listed, shown, bare, vec![ideal]])
}

/// As many keys deleted by `rm`, by the console's plan, and by a bare loop, each on a backend of its own.
fn delete() -> Result<Vec<Vec<f64>>> {
    let (mut removed, mut planned, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let start = || Backend::start(usize::try_from(DELETED)?, LATENCY);
        let backend = start()?;
        let command = ["rm", "api-keys", "-c", "here", "-f", "id<1000000", "--yes"];
        removed.push(run(&backend.arguments("typesense")?, &command)?);
        let backend = start()?;
        planned.push(plan(&backend.arguments("typesense")?)?);
        let context = start()?;
        let typesense = context.context("typesense")?;
        let path = |id: u32| format!("/keys/{id}");
        bare.push(calls(&typesense, &Method::DELETE, DELETED, path)?);
    }
    let ideal = f64::from(DELETED.div_ceil(AT_ONCE) * LATENCY);
    Ok(vec![removed, planned, bare, vec![ideal]])
}

/// Milliseconds from the typed count to the last outcome on the screen.
fn plan(arguments: &[String]) -> Result<f64> {
    let mut probe = Probe::start(env!("CARGO_BIN_EXE_keyrack"), arguments)?;
    probe.wait_text("as of")?;
    probe.until("*", "1,000 marked")?;
    probe.until("d", "Type 1000")?;
    probe.until("1000\r", "1000 of 1000 keys deleted")
}

/// Milliseconds of a command, from its start to its end.
fn run(config: &[String], arguments: &[&str]) -> Result<f64> {
    let home = tempfile::tempdir()?;
    let started = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_keyrack"))
        .args(config)
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("keyrack {arguments:?} ended with {status}").into());
    }
    Ok(milliseconds(started.elapsed()))
}

/// Milliseconds of as many calls, the first alone where they are pages.
#[tokio::main]
async fn calls(
    context: &Context,
    method: &Method,
    count: u32,
    path: impl Fn(u32) -> String,
) -> Result<f64> {
    let client = Client::new();
    let header = match context.input.as_str() {
        "api_key" if context.url.ends_with("typesense") => "X-TYPESENSE-API-KEY",
        _ => "Authorization",
    };
    let value = match header {
        "Authorization" => format!("Bearer {}", context.credential),
        _ => context.credential.clone(),
    };
    let call = |number: u32| {
        let url = format!("{}{}", context.url, path(number));
        let call = client.request(method.clone(), url).header(header, &value);
        async move { call.send().await?.error_for_status()?.bytes().await }
    };
    let started = Instant::now();
    let alone = u32::from(*method == Method::GET);
    for number in 0..alone {
        call(number).await?;
    }
    stream::iter(alone..count)
        .map(call)
        .buffer_unordered(usize::try_from(AT_ONCE)?)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    Ok(milliseconds(started.elapsed()))
}
