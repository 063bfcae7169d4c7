use super::*;
use crate::secret::Secret;

const STAYS: Duration = Duration::from_secs(30);

fn secret() -> Content {
    Content::secret(&Secret::new(Zeroizing::new("canary-7f3a".to_owned())))
}

/// A clipboard that waits for slow machines.
fn patient() -> Clipboard {
    Clipboard {
        patience: Duration::from_secs(30),
        ..Clipboard::new()
    }
}

async fn copy(clipboard: &Clipboard, around: &Surroundings, content: Content) -> Delivery {
    clipboard.copy(around, content, STAYS).await
}

#[tokio::test]
async fn without_display_and_tmux_the_terminal_is_asked_and_may_ignore_it() {
    let delivery = copy(&Clipboard::new(), &Surroundings::default(), secret()).await;
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
    let (clipboard, nothing) = (Clipboard::new(), Surroundings::default());
    let fits = "x".repeat(OSC_52_LIMIT / 4 * 3);
    let delivery = copy(&clipboard, &nothing, Content::text(&fits)).await;
    assert!(delivery.for_terminal.is_some());
    let long = fits + "xxx";
    let delivery = copy(&clipboard, &nothing, Content::text(&long)).await;
    assert!(delivery.for_terminal.is_none());
    assert_eq!(
        delivery.receipt.to_string(),
        "not copied: 56247 bytes are too many for a terminal's clipboard"
    );
}

#[tokio::test]
async fn a_clipboard_that_cannot_be_asked_is_no_sink_to_rely_on() {
    let refused = Clipboard::new().check(&Surroundings::default()).await;
    assert_eq!(
        refused.unwrap_err(),
        "no clipboard can be asked (there is no display), and a terminal does not say whether it took a copy; choose another sink"
    );
}

#[cfg(unix)]
mod with_programs {
    use std::{fs, path::Path};

    use super::{super::super::fixture::folder_with, *};

    /// A display whose holder and reader are a script.
    fn display(script: &str) -> (tempfile::TempDir, Surroundings) {
        let (folder, around) = folder_with("keyrack", script);
        let around = Surroundings {
            x11: true,
            display: vec![
                ("DISPLAY".into(), ":9".into()),
                ("PATH".into(), "/usr/bin:/bin".into()),
            ],
            ..around
        };
        (folder, around)
    }

    fn read(folder: &Path, name: &str) -> String {
        fs::read_to_string(folder.join(name)).unwrap()
    }

    /// Writes down what it is given, and answers as a display would.
    const HONEST: &str = r#"#!/bin/sh
if [ "$2" = --read-back ]; then exec cat DIR/held; fi
printf '%s ' "$@" > DIR/args
env > DIR/env
read -r order
echo "$order" > DIR/order
set -- $order
head -c "$3" > DIR/held
echo owned X11
while read -r word; do
    [ "$word" = extend ] && echo extended
    [ "$word" = end ] && echo ended > DIR/end
done
"#;

    #[tokio::test]
    async fn copied_is_said_once_another_process_read_the_same_bytes() {
        let (folder, around) = display(HONEST);
        let clipboard = patient();
        let delivery = copy(&clipboard, &around, secret()).await;
        assert_eq!(
            delivery.receipt.to_string(),
            "copied to the clipboard (X11) for 30 s"
        );
        assert!(delivery.for_terminal.is_none());
        assert_eq!(read(folder.path(), "order"), "hold secret 11 30000\n");
        assert_eq!(read(folder.path(), "args"), "hold ");
        let variables = read(folder.path(), "env");
        assert!(variables.contains("DISPLAY=:9"));
        for word in ["canary", "CARGO", "HOME="] {
            assert!(!variables.contains(word), "{word}");
        }
        clipboard.check(&around).await.unwrap();
    }

    #[tokio::test]
    async fn an_id_stays_until_something_else_is_copied() {
        let (folder, around) = display(HONEST);
        let clipboard = patient();
        let delivery = copy(&clipboard, &around, Content::text("id")).await;
        assert_eq!(
            delivery.receipt.to_string(),
            "copied to the clipboard (X11)"
        );
        assert_eq!(read(folder.path(), "order"), "hold text 2 0\n");
        assert!(clipboard.extend().await.is_err());
    }

    #[tokio::test]
    async fn an_extension_begins_the_time_anew_and_fails_once_the_holder_is_gone() {
        let (_folder, around) = display(HONEST);
        let clipboard = patient();
        assert_eq!(
            clipboard.extend().await.unwrap_err(),
            "the clipboard no longer holds it; copy it again"
        );
        copy(&clipboard, &around, secret()).await;
        assert_eq!(clipboard.extend().await.unwrap().lasts, STAYS);
        let (_folder, gone) =
            display(&HONEST.replace("while read -r word", "exit; while read -r word"));
        copy(&clipboard, &gone, secret()).await;
        assert!(clipboard.extend().await.is_err());
    }

    #[tokio::test]
    async fn the_old_holder_is_told_to_end_after_the_new_one_owns_the_clipboard() {
        let (first, around) = display(HONEST);
        let (_second, other) = display(HONEST);
        let clipboard = patient();
        copy(&clipboard, &around, secret()).await;
        copy(&clipboard, &other, secret()).await;
        let started = Instant::now();
        while !first.path().join("end").exists() {
            assert!(started.elapsed() < Duration::from_secs(20));
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_reads_differently_is_handed_and_never_called_copied() {
        for other in ["printf other", "printf canary-7f3aX", "exit 1", "printf ''"] {
            let (_folder, around) = display(&HONEST.replace("exec cat DIR/held", other));
            let delivery = copy(&patient(), &around, secret()).await;
            assert_eq!(delivery.receipt, Receipt::Handed(Channel::X11), "{other}");
        }
    }

    #[tokio::test]
    async fn a_display_that_refuses_leaves_the_terminal() {
        let (_folder, around) = display("#!/bin/sh\nread -r order; echo failed no data control\n");
        let delivery = copy(&patient(), &around, Content::text("id")).await;
        assert_eq!(delivery.receipt, Receipt::Handed(Channel::Terminal));
        let long = "x".repeat(OSC_52_LIMIT);
        let delivery = copy(&patient(), &around, Content::text(&long)).await;
        assert_eq!(
            delivery.receipt.to_string(),
            "not copied: no data control; 74994 bytes are too many for a terminal's clipboard"
        );
    }

    #[tokio::test]
    async fn a_holder_that_hangs_is_ended_and_a_program_that_is_none_is_told() {
        let (folder, around) = display("#!/bin/sh\necho $$ > DIR/pid\nexec sleep 1000\n");
        let clipboard = Clipboard {
            patience: Duration::from_millis(300),
            ..Clipboard::new()
        };
        let long = "x".repeat(1 << 20);
        let delivery = copy(&clipboard, &around, Content::text(&long)).await;
        assert!(
            delivery
                .receipt
                .to_string()
                .starts_with("not copied: the display does not answer; ")
        );
        let pid: i32 = read(folder.path(), "pid").trim().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        let started = Instant::now();
        while rustix::process::test_kill_process(pid).is_ok() {
            assert!(started.elapsed() < Duration::from_secs(20), "it still runs");
            tokio::task::yield_now().await;
        }
        let missing = Surroundings {
            program: Some("/nowhere/keyrack".into()),
            ..around
        };
        assert!(
            clipboard
                .check(&missing)
                .await
                .unwrap_err()
                .contains("cannot be started")
        );
    }

    fn in_tmux(script: &str) -> (tempfile::TempDir, Surroundings) {
        let (folder, around) = folder_with("tmux", script);
        let around = Surroundings {
            tmux: Some("/tmp/tmux-0/default,1,0".into()),
            tmux_pane: Some("%3".into()),
            ..around
        };
        (folder, around)
    }

    const TMUX: &str = "#!/bin/sh\nPATH=/usr/bin:/bin\ncat > DIR/stdin\nprintf '%s\\n' \"$@\" > DIR/args\nenv > DIR/env\n";

    #[tokio::test]
    async fn tmux_gets_the_secret_on_its_standard_input_and_its_buffer_is_deleted_in_the_same_breath()
     {
        let (folder, around) = in_tmux(TMUX);
        let delivery = copy(&patient(), &around, secret()).await;
        assert_eq!(delivery.receipt.to_string(), "handed to tmux");
        assert!(delivery.for_terminal.is_none());
        assert_eq!(read(folder.path(), "stdin"), "canary-7f3a");
        let arguments = read(folder.path(), "args");
        let words: Vec<&str> = arguments.lines().collect();
        let [.., name] = words.as_slice() else {
            panic!("{words:?}");
        };
        assert!(name.starts_with("keyrack-"));
        assert_eq!(
            words,
            [
                "load-buffer",
                "-w",
                "-b",
                name,
                "-",
                ";",
                "delete-buffer",
                "-b",
                name
            ]
        );
        let variables = read(folder.path(), "env");
        assert!(!variables.contains("canary") && !variables.contains("HOME="));
        assert!(variables.contains("TMUX=/tmp/tmux-0/default,1,0\n"));
        assert!(variables.contains("TMUX_PANE=%3\n"));
    }

    #[tokio::test]
    async fn an_id_stays_among_the_buffers_of_tmux() {
        let (folder, around) = in_tmux(TMUX);
        copy(&patient(), &around, Content::text("id")).await;
        assert_eq!(read(folder.path(), "args"), "load-buffer\n-w\n-\n");
    }

    #[tokio::test]
    async fn a_terminal_behind_tmux_gets_a_secret_only_when_asked_again() {
        let (_folder, around) = in_tmux("#!/bin/sh\nexit 1\n");
        let missing = Surroundings {
            path: vec!["/nowhere".into()],
            ..around.clone()
        };
        for around in [around, missing] {
            let clipboard = patient();
            let id = copy(&clipboard, &around, Content::text("id")).await;
            assert_eq!(id.receipt, Receipt::Handed(Channel::Terminal));
            let first = copy(&clipboard, &around, secret()).await;
            let words = first.receipt.to_string();
            assert!(words.starts_with("not copied: tmux "), "{words}");
            assert!(
                words.ends_with(
                    "; copy again to send it to the terminal through tmux, whose buffers may keep it"
                ),
                "{words}"
            );
            assert!(first.for_terminal.is_none());
            let second = copy(&clipboard, &around, secret()).await;
            assert_eq!(second.receipt, Receipt::Handed(Channel::Terminal));
            assert!(second.for_terminal.is_some());
        }
    }
}
