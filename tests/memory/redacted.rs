//! What is printed of a type for debugging never holds a secret: the wrappers print nothing of what they
//! hold, and no type that prints its fields has one that could hold a secret unwrapped. The sources are read
//! as text.

use std::{
    fs,
    path::{Path, PathBuf},
};

use keyrack::testing::deliver::{Content, Secret};
use zeroize::Zeroizing;

const CANARY: &str = "zq7Vd3-canary-Xw9Lp2";
/// What holds a secret and prints nothing of it.
const WRAPPERS: [&str; 3] = ["Secret", "SecretString", "Zeroizing<"];
/// What can hold a secret and would print it: headers, bodies and frames.
const BARE: [&str; 8] = [
    "HeaderMap",
    "HeaderValue",
    "Vec<u8>",
    "Bytes",
    "Response",
    "Buffer",
    "Terminal<",
    "Screen<",
];

/// A struct or an enum: its file, its name, whether it derives `Debug`, and its fields.
struct Type {
    at: String,
    prints: bool,
    body: String,
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Not of the program: the embedded backend is the other side, and some files are the tests' own.
const OTHERS: [&str; 5] = [
    "demo",
    "tests",
    "fixture.rs",
    "harness.rs",
    "src/testing.rs",
];

/// All types of the program.
fn types() -> Vec<Type> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut types = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        if OTHERS.iter().any(|other| name.contains(other)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        types.extend(types_in(&name, &code));
    }
    types
}

fn types_in(file: &str, code: &[&str]) -> Vec<Type> {
    let mut types = Vec::new();
    let mut prints = false;
    for (at, line) in code.iter().enumerate() {
        if line.starts_with("#[derive(") {
            prints |= line.contains("Debug");
        } else if !line.starts_with("#[") && !line.starts_with(' ') && !line.is_empty() {
            let words: Vec<&str> = line.split(' ').filter(|word| *word != "pub").collect();
            if let ["struct" | "enum", name, ..] = *words {
                let one = line.ends_with(';') || line.ends_with("{}");
                let body = code[at..].iter().take_while(|line| **line != "}");
                let body: Vec<&str> = body
                    .take(if one { 1 } else { usize::MAX })
                    .copied()
                    .collect();
                let body = body.join("\n");
                let (_, fields) = body.split_once(name).unwrap();
                let word = |char: char| char.is_alphanumeric() || char == '_';
                let name: String = name.chars().take_while(|char| word(*char)).collect();
                types.push(Type {
                    at: format!("{file}: {name}"),
                    prints,
                    body: fields.to_owned(),
                });
            }
            if !line.starts_with(')') && !line.starts_with(']') {
                prints = false;
            }
        }
    }
    types
}

/// A type's name as a whole word.
fn names(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(at, found)| {
        let word = |char: char| char.is_alphanumeric() || char == '_';
        let open = found.ends_with(|char| !word(char));
        !body[..at].ends_with(word) && (open || !body[at + found.len()..].starts_with(word))
    })
}

#[test]
fn no_type_prints_a_field_that_can_hold_a_secret() {
    let types = types();
    let holders = types
        .iter()
        .filter(|kind| WRAPPERS.iter().any(|name| names(&kind.body, name)));
    let holders: Vec<&str> = holders.map(|kind| kind.at.as_str()).collect();
    println!(
        "{} types, of which {} hold a secret",
        types.len(),
        holders.len()
    );
    assert!(holders.len() >= 15, "{holders:?}");
    for known in [
        "src/app/reveal.rs: Reveal",
        "src/app/form/editor.rs: Masked",
    ] {
        assert!(holders.contains(&known), "{known} of {holders:?}");
    }
    let mut faults = Vec::new();
    for kind in types.iter().filter(|kind| kind.prints) {
        // What is wrapped prints nothing.
        let bare = kind.body.replace("Zeroizing<Vec<u8>>", "");
        for name in BARE.iter().filter(|name| names(&bare, name)) {
            faults.push(format!("{} derives Debug and has {name}", kind.at));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_wrappers_print_nothing_of_what_they_hold() {
    let text = Zeroizing::new(CANARY.to_owned());
    let bytes = Zeroizing::new(CANARY.as_bytes().to_vec());
    let secret = Secret::new(text.clone());
    let content = Content::secret(&secret);
    let nested = (Some(&secret), Ok::<_, ()>(&bytes));
    let printed = format!("{text:?} {bytes:?} {secret:?} {secret:#?} {content:?} {nested:#?}");
    assert!(!printed.contains("canary"), "{printed}");
    // The bytes as numbers.
    assert!(
        !printed.contains(&format!("{}", CANARY.as_bytes()[0])),
        "{printed}"
    );
    let mut header = reqwest::header::HeaderValue::from_static(CANARY);
    header.set_sensitive(true);
    assert_eq!(format!("{header:?}"), "Sensitive");
}
