//! A filter or a group is added to a file that is otherwise left as it was.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::config::Config;

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

fn add(path: &Path, name: &str, text: &str, replace: bool) -> Result<(), EditError> {
    add_filter(path, (name, text), replace, &Environment::default())
}

#[test]
fn a_filter_is_added_and_comments_stay() {
    let (_folder, path) = file("# mine\n[ui] # look\nmouse = true\n");
    add(&path, "stale", "used>90d \"a \\\\ b\"", false).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("# mine\n[ui] # look\nmouse = true\n"),
        "{text}"
    );
    let config = Config::load(Some(&path), &Environment::default()).unwrap();
    let filters: Vec<_> = config
        .filters
        .iter()
        .map(|it| (&*it.name, &*it.value))
        .collect();
    assert_eq!(filters, [("stale", "used>90d \"a \\\\ b\"")]);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_name_that_is_there_is_taken_again_only_when_that_is_wanted() {
    let (_folder, path) = file("[filters]\na = \"x\" # why\nb = \"y\"\n");
    let refused = add(&path, "a", "z", false).unwrap_err().to_string();
    assert_eq!(
        refused,
        "there is a filter \"a\" already; nothing was changed"
    );
    assert!(fs::read_to_string(&path).unwrap().contains("a = \"x\""));
    add(&path, "a", "z", true).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "[filters]\na = \"z\" # why\nb = \"y\"\n"
    );
}

#[test]
fn a_file_that_is_not_there_is_made_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/config.toml");
    add(&path, "stale", "used>90d", false).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "[filters]\nstale = \"used>90d\"\n"
    );
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_cannot_be_used_changes_nothing() {
    let (_folder, path) = file("[filters]\na = \"x\"\n");
    let why = add(&path, "two words", "z", false).unwrap_err().to_string();
    assert!(why.contains("cannot name a filter"), "{why}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(matches!(
        add(&path, "b", "z", false),
        Err(EditError::Guarded(_))
    ));
    assert_eq!(fs::read_to_string(&path).unwrap(), "[filters]\na = \"x\"\n");
    let (_folder, path) = file("filters = 3\n");
    assert!(add(&path, "b", "z", false).is_err());
}

#[test]
fn a_group_of_contexts_is_added_by_its_own_name_alone() {
    let text =
        "[contexts.a]\nbackend = \"djinn\"\nurl = \"https://a\"\ncredential = { env = \"A\" }\n";
    let (_folder, path) = file(text);
    let save = |name: &str, contexts: &[&str], replace| {
        let group = Group {
            name: name.to_owned(),
            contexts: contexts.iter().map(|it| (*it).into()).collect(),
        };
        let saved = add_group(&path, &group, replace, &Environment::default());
        saved.map_err(|error| error.to_string())
    };
    save("eu", &["a"], false).unwrap();
    let config = Config::load(Some(&path), &Environment::default()).unwrap();
    assert_eq!(config.groups[0].contexts, ["a".into()]);
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.starts_with(text), "{before}");
    let why = save("eu", &["a"], false).unwrap_err();
    assert_eq!(why, "there is a group \"eu\" already; nothing was changed");
    let why = save("a", &["a"], false).unwrap_err();
    assert!(why.contains("also the name of a context"), "{why}");
    let why = save("us", &["b"], false).unwrap_err();
    assert!(why.contains("there is no context \"b\""), "{why}");
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    save("eu", &["a"], true).unwrap();
}
