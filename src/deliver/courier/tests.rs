use super::{
    super::{
        Arrival,
        fixture::{folder_with, secret},
    },
    *,
};

fn courier(surroundings: Surroundings, stdout: bool) -> Courier {
    let argv = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Courier::new(Settings {
        surroundings,
        commands: BTreeMap::from([
            ("store".to_owned(), argv(&["store"])),
            ("gone".to_owned(), argv(&["nothing-of-this-name"])),
        ]),
        clear_after: Duration::from_secs(30),
        rescue: Rescue::Off,
        stdout,
    })
}

#[tokio::test]
async fn a_sink_is_checked_before_and_keeps_its_word_afterwards() {
    let (folder, around) = folder_with("store", "#!/bin/sh\ncat > DIR/taken\n");
    let around = Surroundings {
        home: Some(folder.path().to_owned()),
        ..around
    };
    let courier = courier(around, false);
    for (sink, file, holds) in [
        ("file:~/key", "key", "canary"),
        ("env:~/.env:KEY", ".env", "KEY=canary\n"),
        ("cmd:store", "taken", "canary"),
    ] {
        let sink: Sink = sink.parse().unwrap();
        courier.check(&sink).await.unwrap();
        let delivery = courier.deliver(&sink, secret("canary")).await;
        assert_eq!(
            delivery.receipt.arrival(),
            Arrival::Certain,
            "{}",
            delivery.receipt
        );
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert_eq!(text, holds);
    }
}

#[tokio::test]
async fn a_sink_that_would_not_take_a_secret_says_so_in_words() {
    let (_folder, around) = folder_with("store", "#!/bin/sh\n");
    let courier = courier(around, false);
    for (sink, says) in [
        ("stdout", "standard output is the console's screen"),
        ("file:/nowhere/key", "the folder /nowhere is not there"),
        ("env:/nowhere/.env:KEY", "the folder /nowhere is not there"),
        (
            "cmd:vault",
            "there is no command vault under [sinks]; there is gone, store",
        ),
        (
            "cmd:gone",
            "the program nothing-of-this-name is not on PATH",
        ),
        ("clipboard", "no clipboard can be asked"),
    ] {
        let sink: Sink = sink.parse().unwrap();
        let refused = courier.check(&sink).await.unwrap_err();
        assert!(refused.starts_with(says), "{refused}");
        if sink != Sink::Clipboard {
            let delivery = courier.deliver(&sink, secret("canary")).await;
            assert_eq!(delivery.receipt.arrival(), Arrival::None);
        }
    }
}

#[test]
fn a_second_secret_that_nothing_takes_leaves_the_first_on_the_clipboard() {
    let (folder, around) = folder_with(
        "keyrack",
        "#!/bin/sh\nif [ \"$2\" = --read-back ]; then exec cat DIR/held; fi\nread -r order\nset -- $order\nhead -c \"$3\" > DIR/held\necho owned X11\ncat > /dev/null\n",
    );
    let around = Surroundings {
        x11: true,
        display: around.inherited.clone(),
        ..around
    };
    let mut courier = courier(around, false);
    courier.settings.rescue = Rescue::Holder;
    for name in ["one", "two"] {
        let secrets = [(name.to_owned(), secret(&format!("canary-{name}")))];
        courier.keep(&secrets).unwrap();
    }
    let held = std::fs::read_to_string(folder.path().join("held")).unwrap();
    assert_eq!(held, "one: canary-one\ntwo: canary-two\n");
}

#[tokio::test]
async fn a_command_that_wants_to_know_the_key_is_told_it_or_does_not_run() {
    let (folder, around) = folder_with(
        "put",
        "#!/bin/sh\necho \"$@\" > DIR/told\ncat > DIR/taken\n",
    );
    let mut courier = courier(around, false);
    let argv = ["put", "keys/{context}/{name}", "{id}", "-"].map(str::to_owned);
    courier
        .settings
        .commands
        .insert("put".to_owned(), argv.to_vec());
    let sink: Sink = "cmd:put".parse().unwrap();
    let about = About {
        name: "--x/../y".to_owned(),
        id: "7".to_owned(),
        context: "dev".to_owned(),
    };
    courier.check_for(&sink, Some(&about)).await.unwrap();
    let content = secret("canary").about(Some(about));
    let delivery = courier.deliver(&sink, content).await;
    assert_eq!(delivery.receipt.arrival(), Arrival::Certain);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("told"), "keys/dev/_-x_.._y 7 -\n");
    let refused = courier.check(&sink).await.unwrap_err();
    assert!(refused.contains("wants to know the key"), "{refused}");
    std::fs::remove_file(folder.path().join("taken")).unwrap();
    let delivery = courier.deliver(&sink, secret("canary")).await;
    assert_eq!(delivery.receipt.arrival(), Arrival::None);
    assert!(!folder.path().join("taken").exists());
}
