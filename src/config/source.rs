//! A credential in the config is where to get it, never the value: the shapes that `credential = …` may
//! have for a backend, read against the inputs that its manifest declares.

use std::{collections::BTreeMap, path::Path};

use toml::Spanned;

use super::{
    Environment,
    file::Node,
    read::{fault_at, suggestion},
    typed::is_hotkey,
};
use crate::{
    manifest::{Fault, Input, Manifest},
    secret::Source,
};

/// The words of a source.
const SOURCES: [&str; 5] = ["env", "file", "command", "keyring", "prompt"];
/// The words of a Chutes hotkey.
const HOTKEY: [&str; 4] = ["seed", "config", "wallet", "hotkey"];

/// Reads the credential of one context.
pub(super) struct Reader<'a> {
    /// The config's text, for places.
    pub text: &'a str,
    /// The config's folder, for relative paths.
    pub folder: &'a Path,
    /// For `~`.
    pub environment: &'a Environment,
    /// Whose inputs they are.
    pub manifest: &'a Manifest,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// A secret stands in the file itself.
    pub literal: bool,
}

type Entry = (Spanned<String>, Spanned<Node>);

impl Reader<'_> {
    /// The sources of all inputs that the context gives.
    pub fn credential(
        &mut self,
        node: Option<&Spanned<Node>>,
        at: usize,
    ) -> BTreeMap<String, Source> {
        let sources = node.map_or_else(BTreeMap::new, |node| self.inputs(node));
        if self.faults.is_empty() {
            self.complete(&sources, node.map_or(at, |node| node.span().start));
        }
        sources
    }

    fn inputs(&mut self, node: &Spanned<Node>) -> BTreeMap<String, Source> {
        let entries = match node.get_ref() {
            Node::Table(entries) if !self.is_source(entries) => entries,
            _ => return self.single(node),
        };
        let mut sources = BTreeMap::new();
        for (key, value) in entries {
            let name = key.get_ref();
            if let Some(input) = self.manifest.inputs.get(name) {
                let source = self.input(name, name, input, value);
                sources.extend(source.map(|source| (name.clone(), source)));
            } else {
                let known: Vec<&String> = self.manifest.inputs.keys().collect();
                let hint = suggestion(name, &known);
                let words = format!("{} has no input {name:?}; {hint}", self.manifest.id);
                self.fault(key.span().start, words);
            }
        }
        sources
    }

    /// One source for the whole credential.
    fn single(&mut self, node: &Spanned<Node>) -> BTreeMap<String, Source> {
        let mut inputs = self.manifest.inputs.iter();
        if let (Some((name, input)), None) = (inputs.next(), inputs.next()) {
            let source = self.input("credential", name, input, node);
            return source
                .map(|source| (name.clone(), source))
                .into_iter()
                .collect();
        }
        let names: Vec<&str> = self.manifest.inputs.keys().map(String::as_str).collect();
        self.literal |= matches!(node.get_ref(), Node::Text(_));
        let message = match &*names {
            [] => format!("{} takes no credential; remove this", self.manifest.id),
            [first, ..] => format!(
                "{} has several inputs ({}), so say which one this is: credential = {{ {first} = {{ env = \"NAME\" }} }}",
                self.manifest.id,
                names.join(", "),
            ),
        };
        self.fault(node.span().start, message);
        BTreeMap::new()
    }

    /// A table whose words are those of a source, not of an input.
    fn is_source(&self, entries: &[Entry]) -> bool {
        entries.iter().any(|(key, _)| {
            SOURCES.contains(&key.get_ref().as_str())
                && !self.manifest.inputs.contains_key(key.get_ref())
        })
    }

    /// One input, which the file calls `word`.
    fn input(
        &mut self,
        word: &str,
        name: &str,
        input: &Input,
        node: &Spanned<Node>,
    ) -> Option<Source> {
        let at = node.span().start;
        match node.get_ref() {
            Node::Text(text) if !input.secret => Some(Source::Plain(text.clone())),
            Node::Text(_) => {
                self.literal = true;
                self.fault(at, format!(
                    "{word} is written in the file itself, where backups and other programs read it; write where it \
                     comes from instead: {word} = {{ env = \"NAME\" }}, {{ file = \"PATH\" }}, {{ command = [\"pass\", \
                     \"show\", \"NAME\"] }} or {{ prompt = true }}"
                ));
                None
            }
            Node::Table(entries) => match &**entries {
                [(key, value)] if is_hotkey(self.manifest, name) && key.get_ref() == "seed" => {
                    self.input(word, name, input, value)
                }
                [(first, _), ..]
                    if is_hotkey(self.manifest, name)
                        && HOTKEY.contains(&first.get_ref().as_str()) =>
                {
                    self.hotkey(entries, at)
                }
                _ => self.source(entries, at, is_hotkey(self.manifest, name)),
            },
            other => {
                self.fault(
                    at,
                    format!(
                        "{word} is {}; write a source such as {{ env = \"NAME\" }}",
                        other.shape()
                    ),
                );
                None
            }
        }
    }

    fn source(&mut self, entries: &[Entry], at: usize, signs: bool) -> Option<Source> {
        let [(key, value)] = entries else {
            self.fault(
                at,
                "a source is exactly one of env, file, command, keyring or prompt",
            );
            return None;
        };
        let word = key.get_ref().as_str();
        let place = value.span().start;
        match (word, value.get_ref()) {
            ("env", Node::Text(name)) if !name.is_empty() && !name.contains(['=', '\0']) => {
                Some(Source::Env(name.clone()))
            }
            ("file", Node::Text(path)) if !path.is_empty() => Some(Source::File(self.path(path))),
            ("keyring", Node::Text(entry)) if !entry.is_empty() => {
                Some(Source::Keyring(entry.clone()))
            }
            ("prompt", Node::Bool(true)) => Some(Source::Prompt),
            ("command", Node::List(words)) => self.command(words, place),
            ("env" | "file" | "keyring" | "prompt" | "command", _) => {
                self.fault(place, match word {
                    "env" => "env takes the name of a variable: { env = \"NAME\" }",
                    "file" => "file takes a path: { file = \"PATH\" }",
                    "keyring" => "keyring takes the name of an entry: { keyring = \"NAME\" }",
                    "prompt" => "prompt is asked for by { prompt = true }",
                    _ => "command takes a list of words: { command = [\"pass\", \"show\", \"NAME\"] }",
                });
                None
            }
            _ => {
                let mut known = SOURCES.to_vec();
                known.extend(HOTKEY.iter().filter(|_| signs));
                self.fault(
                    key.span().start,
                    format!("{word:?} is no source; {}", suggestion(word, &known)),
                );
                None
            }
        }
    }

    fn command(&mut self, words: &[Spanned<Node>], at: usize) -> Option<Source> {
        let argv: Vec<String> = words
            .iter()
            .filter_map(|word| match word.get_ref() {
                Node::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        if argv.len() != words.len() || argv.first().is_none_or(String::is_empty) {
            self.fault(
                at,
                "a command is a list of words, the program first: [\"pass\", \"show\", \"NAME\"]",
            );
            return None;
        }
        Some(Source::Command(argv))
    }

    /// `{ config = PATH }` or `{ wallet = NAME, hotkey = NAME }`.
    fn hotkey(&mut self, entries: &[Entry], at: usize) -> Option<Source> {
        let text = |wanted: &str| {
            entries
                .iter()
                .find_map(|(key, value)| match value.get_ref() {
                    Node::Text(text) if key.get_ref() == wanted && !text.is_empty() => Some(text),
                    _ => None,
                })
        };
        let is_name = |name: &str| !name.contains(['/', '\\']) && name != "." && name != "..";
        match (
            entries.len(),
            text("config"),
            text("wallet"),
            text("hotkey"),
        ) {
            (1, Some(path), ..) => Some(Source::HotkeyConfig(self.path(path))),
            (2, None, Some(wallet), Some(hotkey)) if is_name(wallet) && is_name(hotkey) => {
                Some(Source::HotkeyWallet {
                    wallet: wallet.clone(),
                    hotkey: hotkey.clone(),
                })
            }
            _ => {
                self.fault(
                    at,
                    "a hotkey is { seed = SOURCE }, { config = \"~/.chutes/config.ini\" } or { wallet = \"NAME\", hotkey = \"NAME\" }",
                );
                None
            }
        }
    }

    /// Says what is missing to sign in.
    fn complete(&mut self, sources: &BTreeMap<String, Source>, at: usize) {
        let has_default = |name: &String| {
            let input = self.manifest.inputs.get(name);
            input.is_some_and(|input| input.default.is_some())
        };
        let given = |name: &String| sources.contains_key(name) || has_default(name);
        let ways = &self.manifest.auth;
        if !ways.is_empty() && !ways.iter().any(|way| way.inputs.iter().all(given)) {
            let words: Vec<String> = ways.iter().map(|way| way.inputs.join(" and ")).collect();
            self.fault(
                at,
                format!(
                    "this context cannot sign in: {} needs {} as its credential",
                    self.manifest.id,
                    words.join(", or ")
                ),
            );
        }
        let in_ways = |name: &String| ways.iter().any(|way| way.inputs.contains(name));
        let missing: Vec<&String> = self
            .manifest
            .inputs
            .iter()
            .filter(|(name, input)| !input.optional && !given(name) && !in_ways(name))
            .map(|(name, _)| name)
            .collect();
        for name in missing {
            self.fault(
                at,
                format!("{} also needs {name} in its credential", self.manifest.id),
            );
        }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.environment.expand(path, self.folder)
    }

    fn fault(&mut self, at: usize, message: impl Into<String>) {
        self.faults.push(fault_at(self.text, at, message));
    }
}
