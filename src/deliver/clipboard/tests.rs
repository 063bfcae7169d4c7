use super::*;
use crate::secret::Secret;

fn secret() -> Secret {
    Secret::new(Zeroizing::new("canary-7f3a".to_owned()))
}

fn clipboard(open: fn() -> Put) -> Clipboard {
    Clipboard {
        open,
        patience: Duration::from_millis(50),
        ..Clipboard::new()
    }
}

fn x11() -> Surroundings {
    Surroundings {
        x11: true,
        ..Surroundings::default()
    }
}

#[tokio::test]
async fn without_display_and_tmux_the_terminal_is_asked_and_may_ignore_it() {
    let secret = secret();
    let delivery = Clipboard::new()
        .copy(&Surroundings::default(), Content::secret(&secret))
        .await;
    assert_eq!(
        delivery.receipt.to_string(),
        "sent to the terminal (OSC 52), which may ignore it"
    );
    assert_eq!(
        delivery.for_terminal.unwrap().as_slice(),
        b"\x1b]52;c;Y2FuYXJ5LTdmM2E=\x1b\\"
    );
}

#[tokio::test]
async fn a_text_too_long_for_a_terminal_is_refused_in_words() {
    let fits = "x".repeat(OSC_52_LIMIT / 4 * 3);
    let delivery = Clipboard::new()
        .copy(&Surroundings::default(), Content::text(&fits))
        .await;
    assert!(delivery.for_terminal.is_some());
    let long = fits + "xxx";
    let delivery = Clipboard::new()
        .copy(&Surroundings::default(), Content::text(&long))
        .await;
    assert!(delivery.for_terminal.is_none());
    assert_eq!(
        delivery.receipt.to_string(),
        "not copied: 56247 bytes are too many for a terminal's clipboard"
    );
}

#[tokio::test]
async fn the_display_is_preferred_and_its_receipt_kept() {
    let clipboard = clipboard(|| {
        Box::new(|text, secret| {
            assert_eq!((text.as_str(), secret), ("canary-7f3a", true));
            Ok(Receipt::Copied(Channel::X11))
        })
    });
    let secret = secret();
    let delivery = clipboard.copy(&x11(), Content::secret(&secret)).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "copied to the clipboard (X11)"
    );
    assert!(delivery.for_terminal.is_none());
}

#[tokio::test]
async fn a_display_that_refuses_leaves_the_terminal() {
    let clipboard = clipboard(|| Box::new(|_, _| Err("no data control".to_owned())));
    let delivery = clipboard.copy(&x11(), Content::text("id")).await;
    assert_eq!(delivery.receipt, Receipt::Handed(Channel::Terminal));
    let long = "x".repeat(OSC_52_LIMIT);
    let delivery = clipboard.copy(&x11(), Content::text(&long)).await;
    assert_eq!(
        delivery.receipt.to_string(),
        "not copied: no data control; 74994 bytes are too many for a terminal's clipboard"
    );
}

#[tokio::test]
async fn a_display_that_hangs_is_given_up_and_not_asked_again() {
    let clipboard = clipboard(|| {
        Box::new(|_, _| {
            // Parked for good: a display that never answers.
            loop {
                thread::park();
            }
        })
    });
    for _ in 0..2 {
        let delivery = clipboard.copy(&x11(), Content::text("id")).await;
        assert_eq!(delivery.receipt, Receipt::Handed(Channel::Terminal));
    }
    assert!(clipboard.stuck.load(Ordering::SeqCst));
}

/// A directory with a `tmux` of our own that keeps what it is told.
#[cfg(unix)]
fn fake_tmux(script: &str) -> (tempfile::TempDir, Surroundings) {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tmux");
    std::fs::write(&path, script.replace("DIR", dir.path().to_str().unwrap())).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut search = dir.path().as_os_str().to_owned();
    search.push(":/usr/bin:/bin");
    let around = Surroundings {
        tmux: Some("/tmp/tmux-0/default,1,0".into()),
        path: Some(search),
        ..Surroundings::default()
    };
    (dir, around)
}

#[cfg(unix)]
#[tokio::test]
async fn tmux_gets_the_secret_on_its_standard_input_and_nowhere_else() {
    let (dir, around) =
        fake_tmux("#!/bin/sh\ncat > DIR/stdin\nprintf '%s\\n' \"$@\" > DIR/args\nenv > DIR/env\n");
    let mut clipboard = Clipboard::new();
    clipboard.patience = Duration::from_secs(30);
    let secret = secret();
    let delivery = clipboard.copy(&around, Content::secret(&secret)).await;
    assert_eq!(delivery.receipt.to_string(), "handed to tmux");
    assert!(delivery.for_terminal.is_none());
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("stdin"), "canary-7f3a");
    assert_eq!(read("args"), "load-buffer\n-w\n-\n");
    assert!(!read("env").contains("canary"));
    assert!(read("env").contains("TMUX=/tmp/tmux-0/default,1,0"));
    assert!(!read("env").contains("HOME="));
}

#[cfg(unix)]
#[tokio::test]
async fn a_tmux_that_fails_or_is_missing_leaves_the_terminal() {
    let (_dir, around) = fake_tmux("#!/bin/sh\nexit 1\n");
    let missing = Surroundings {
        path: Some("/nowhere".into()),
        ..around.clone()
    };
    for around in [around, missing] {
        let delivery = Clipboard::new().copy(&around, Content::text("id")).await;
        assert_eq!(delivery.receipt, Receipt::Handed(Channel::Terminal));
    }
}

#[tokio::test]
#[ignore = "needs a display and replaces its clipboard: xvfb-run cargo test -- --ignored display"]
async fn a_display_is_read_back_by_another_client_before_copied_is_said() {
    let around = Surroundings {
        x11: std::env::var_os("DISPLAY").is_some(),
        wayland: std::env::var_os("WAYLAND_DISPLAY").is_some(),
        ..Surroundings::default()
    };
    let clipboard = Clipboard::new();
    let secret = secret();
    for _ in 0..3 {
        let delivery = clipboard.copy(&around, Content::secret(&secret)).await;
        assert!(
            matches!(delivery.receipt, Receipt::Copied(_)),
            "{}",
            delivery.receipt
        );
    }
    // Larger than the server takes in one property: arboard says it is copied, nobody can read it.
    let long = "x".repeat(17 << 20);
    let delivery = clipboard.copy(&around, Content::text(&long)).await;
    assert!(
        !matches!(delivery.receipt, Receipt::Copied(_)),
        "{}",
        delivery.receipt
    );
}
