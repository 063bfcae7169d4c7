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
