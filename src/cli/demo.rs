//! `keyrack demo`: the embedded backend, alone or behind the console.

use std::{io::Write as _, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;
use tokio::signal;

use super::{DONE, Ended, Failure, Setting, block_on, output, start};
use crate::{
    config::{Config, Environment},
    demo::{self, Demo, Fault, Options},
};

/// `keyrack demo`
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Serve the embedded backend alone; the first line of output says where, as JSON
    #[arg(long)]
    serve: bool,
    /// Address to listen on
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:0",
        requires = "serve"
    )]
    listen: SocketAddr,
    /// Keep the sample keys in this directory
    #[arg(long, value_name = "DIR", conflicts_with = "memory")]
    data: Option<PathBuf>,
    /// Keep nothing (the default)
    #[arg(long)]
    memory: bool,
    /// Rows of each list that the real service does not cap
    #[arg(long, value_name = "N")]
    keys: Option<usize>,
    /// Milliseconds added to the time of every answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Something that goes wrong, and how often: lost-before, lost-after, cut, garbage, silent, stale, 429,
    /// 502, 503 or slow, and 0.0 to 1.0; an aim is METHOD/path:COUNT
    #[arg(long, value_name = "KIND:RATE[:AIM]")]
    fault: Vec<Fault>,
}

/// Starts the embedded backend.
pub(super) fn run(setting: &Setting, arguments: Arguments) -> Ended {
    let serve = arguments.serve;
    let options = Options {
        listen: arguments.listen,
        data: arguments.data,
        keys: arguments.keys,
        latency: Duration::from_millis(arguments.latency),
        faults: arguments.fault,
        ..Options::default()
    };
    block_on(async {
        let demo = demo::start(options)
            .await
            .map_err(|error| Failure::failed(error.to_string()))?;
        if serve {
            alone(&demo).await
        } else {
            behind_console(setting, &demo).await
        }
    })
}

/// Says where it is and serves until it is told to end.
async fn alone(demo: &Demo) -> Ended {
    let ended = told_to_end().map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    if let Some(warning) = demo.warning() {
        output::say(&warning);
    }
    {
        let mut out = output::data();
        writeln!(out, "{}", demo.ready_line())?;
        out.flush()?;
    }
    ended.await;
    Ok(DONE)
}

#[cfg(unix)]
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = signal::ctrl_c().await;
    })
}

async fn behind_console(setting: &Setting, demo: &Demo) -> Ended {
    // What is done to sample keys is no part of the operator's own journal.
    let environment = Environment {
        state_folder: Some(demo.state_folder()),
        ..setting.environment.clone()
    };
    let setting = Setting {
        environment,
        config: None,
        color: setting.color,
    };
    let config = Config::load(Some(demo.config_path()), &setting.environment)?;
    start::open(&setting, config, true).await
}
