//! Keys are found again: by a filter that is kept in the config, and by a value that turned up somewhere.

use std::fs;

use crate::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_kept_in_the_config_and_used_from_there() {
    let more = "# what I look for\n[filters]\nold = \"age>1y\" # too old\n";
    let mut desk = Desk::with(&["typesense"], more).await;
    let config = desk.home.path().join("config.toml");
    desk.console.sees("80 keys").await;
    desk.console.press("/").await;
    desk.console.0.type_text("is:exp");
    desk.console.press("Tab Enter").await;
    desk.console.shows("filter: is:expired");
    desk.console
        .press_and_see(". Down Enter", "Save the filter")
        .await;
    desk.console.0.type_text("ended");
    desk.console
        .press_and_see("ctrl-s", "is saved as “ended”")
        .await;
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.contains("# what I look for\n"), "{text}");
    assert!(
        text.contains("old = \"age>1y\" # too old\nended = \"is:expired\"\n"),
        "{text}"
    );
    // A name that is there is asked about first.
    desk.console.press("Esc /").await;
    desk.console.0.type_text("is:admin");
    desk.console.press("Enter").await;
    desk.console
        .press_and_see(". Down Down Enter", "Save the filter")
        .await;
    desk.console.0.type_text("ended");
    desk.console
        .press_and_see("ctrl-s", "Replace the filter “ended”?")
        .await;
    assert_eq!(fs::read_to_string(&config).unwrap(), text);
    desk.console.press_and_see("Tab Enter", "is saved as").await;
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.contains("ended = \"is:admin\"\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaked_value_leads_to_its_key_in_a_context_that_is_not_shown() {
    let mut desk = Desk::on(&["typesense", "chutes"]).await;
    desk.console.press_and_see("c", "Contexts").await;
    desk.console.press_and_see("Down Enter", "80 keys").await;
    let leaked = desk.input("chutes", "api_key");
    desk.console.press_and_see("w", "Whose key is this?").await;
    desk.console
        .0
        .paste(&format!("CHUTES_API_KEY='{leaked}'\n"));
    desk.console
        .press_and_see("Enter", "Its id stands inside the value")
        .await;
    desk.console.sees("The value is gone from here").await;
    desk.console.hides(&leaked);
    desk.console.press("Enter").await;
    desk.console
        .until("the cursor is on the key", |screen| {
            let mut lines = screen.lines().filter(|line| line.starts_with('▌'));
            lines.any(|line| line.contains("keyrack-operator"))
        })
        .await;
}
