//! tmux as a way to the clipboard: the terminal that shows it gets the secret, its buffers do not keep it.

use std::{path::Path, process::Command};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use keyrack::testing::deliver::{Channel, Content, Courier, Receipt, Sink, Surroundings};

use super::{
    CANARY, LONG,
    display::{courier, has, secret},
    session::Session,
};

const SIZE: (u16, u16) = (80, 24);

/// A tmux server on a terminal of its own.
struct Tmux {
    session: Session,
    folder: tempfile::TempDir,
}

impl Tmux {
    /// None where tmux is missing, which is told.
    fn start(set_clipboard: &str) -> Option<Self> {
        if !has(&[("tmux", "tmux")]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let (socket, config) = (folder.path().join("socket"), folder.path().join("conf"));
        let settings = format!(
            "set -g set-clipboard {set_clipboard}\nset -g default-shell /bin/sh\nset -g status-left \"here\"\n"
        );
        std::fs::write(&config, settings).unwrap();
        let words = [
            "-S",
            text(&socket),
            "-f",
            text(&config),
            "new-session",
            "sh",
        ];
        let session = Session::run("tmux", &words, SIZE, &[]);
        session.wait_text("here");
        Some(Self { session, folder })
    }

    fn run(&self, words: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(self.folder.path().join("socket"))
            .args(words)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A courier that works in the server's first pane.
    fn courier(&self) -> Courier {
        let variables = self.run(&[
            "display-message",
            "-p",
            "#{socket_path},#{pid},0 #{pane_id}",
        ]);
        let (tmux, pane) = variables.trim().split_once(' ').unwrap();
        let path = std::env::var_os("PATH").unwrap();
        let surroundings = Surroundings {
            tmux: Some(tmux.into()),
            tmux_pane: Some(pane.into()),
            path: std::env::split_paths(&path).collect(),
            ..Surroundings::default()
        };
        courier(surroundings, LONG)
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux")
            .arg("-S")
            .arg(self.folder.path().join("socket"))
            .arg("kill-server")
            .status();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn the_terminal_around_tmux_gets_the_secret_and_no_buffer_keeps_it() {
    for set_clipboard in ["on", "external"] {
        let Some(tmux) = Tmux::start(set_clipboard) else {
            return;
        };
        let courier = tmux.courier();
        courier.check(&Sink::Clipboard).await.unwrap();
        let delivery = courier.copy(secret(CANARY)).await;
        assert_eq!(delivery.receipt, Receipt::Handed(Channel::Tmux));
        let encoded = BASE64_STANDARD.encode(CANARY);
        tmux.session.wait_log("the secret in OSC 52", |log| {
            let log = String::from_utf8_lossy(log);
            log.contains(&format!("\x1b]52;;{encoded}"))
                || log.contains(&format!("\x1b]52;c;{encoded}"))
        });
        assert_eq!(tmux.run(&["list-buffers"]), "");
        courier.copy(Content::text("an id")).await;
        assert_eq!(tmux.run(&["show-buffer"]), "an id");
    }
}

#[tokio::test]
async fn a_tmux_that_is_gone_is_told_and_the_terminal_is_asked_only_the_second_time() {
    let Some(tmux) = Tmux::start("on") else {
        return;
    };
    let courier = tmux.courier();
    tmux.run(&["kill-server"]);
    let first = courier.copy(secret(CANARY)).await;
    let words = first.receipt.to_string();
    assert!(words.starts_with("not copied: tmux refused it"), "{words}");
    assert!(first.for_terminal.is_none());
    assert!(courier.check(&Sink::Clipboard).await.is_err());
    let second = courier.copy(secret(CANARY)).await;
    assert_eq!(second.receipt, Receipt::Handed(Channel::Terminal));
}
