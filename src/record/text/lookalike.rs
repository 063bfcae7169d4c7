//! Names that pass for others: letters of two alphabets in one word, a word of another alphabet that
//! reads as Latin, and a name whose twin in the same list differs in nothing that can be seen.

use std::{collections::HashSet, fmt};

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

use super::{Text, cluster::is_ignorable};

/// Why a name may not be what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lookalike {
    /// One word has letters of several alphabets.
    MixedScripts,
    /// A word of another alphabet reads as a Latin one.
    ForeignLetters,
}

impl fmt::Display for Lookalike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MixedScripts => "letters of several alphabets in one word",
            Self::ForeignLetters => "letters that only look Latin",
        })
    }
}

impl Text<'_> {
    /// Whether the text pretends to be another, judged alone.
    #[must_use]
    pub fn lookalike(self) -> Option<Lookalike> {
        if self.exact().is_ascii() {
            return None;
        }
        self.exact()
            .split(|char: char| !char.is_alphanumeric() && !is_mark(char))
            .filter(|word| !word.is_ascii())
            .find_map(judge)
    }

    /// What is left when everything is gone that the eye passes over: accents, case, alphabets whose
    /// letters look alike, what cannot be seen. Equal for names that could be taken for each other.
    #[must_use]
    pub fn skeleton(self) -> String {
        // Of a hundred thousand names nearly all are ASCII, where there is nothing to fold but the case.
        if self.exact().is_ascii() {
            return self.exact().to_ascii_lowercase();
        }
        fold(self.exact())
            .filter(|char| !is_mark(*char))
            .flat_map(char::to_lowercase)
            .collect()
    }
}

fn judge(word: &str) -> Option<Lookalike> {
    let mut scripts = HashSet::new();
    for char in word.chars() {
        let script = char.script();
        if script != Script::Common && script != Script::Inherited {
            scripts.insert(script);
        }
    }
    if scripts.len() > 1 && !written_together(&scripts) {
        return Some(Lookalike::MixedScripts);
    }
    let letters = word
        .chars()
        .any(|char| !char.is_ascii() && char.is_alphabetic());
    let reads_latin = letters && fold(word).all(|char| char.is_ascii());
    reads_latin.then_some(Lookalike::ForeignLetters)
}

/// East Asian writing uses several scripts in one word, with or without Latin letters.
fn written_together(scripts: &HashSet<Script>) -> bool {
    let together: [&[Script]; 3] = [
        &[
            Script::Latin,
            Script::Han,
            Script::Hiragana,
            Script::Katakana,
        ],
        &[Script::Latin, Script::Han, Script::Hangul],
        &[Script::Latin, Script::Han, Script::Bopomofo],
    ];
    together
        .iter()
        .any(|group| scripts.iter().all(|script| group.contains(script)))
}

fn is_mark(char: char) -> bool {
    matches!(
        char.general_category(),
        Category::NonspacingMark | Category::EnclosingMark
    )
}

/// The characters by compatibility, without invisible ones, each by the Latin one that it looks like.
fn fold(text: &str) -> impl Iterator<Item = char> {
    text.nfkd()
        .filter(|char| !is_ignorable(*char) && char.general_category() != Category::Format)
        .map(latin)
}

/// The Latin character that looks the same in most fonts.
fn latin(char: char) -> char {
    const PAIRS: [(&str, &str); 6] = [
        // Cyrillic
        ("авеѕіјкмнорсԛтухԁԝһӏ", "aвesijkmнopcqtyxdwhl"),
        ("АВЕЅІЈКМНОРСԚТУХԜҺӀ", "ABESIJKMHOPCQTYXWHI"),
        // Greek
        ("αγικνορτυχ", "ayikvoptux"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        // Armenian and Latin letters of other languages
        ("օոսհցյզɑɡıȷɩſ", "onuhgjqagijif"),
        // Punctuation
        ("‐‑‒–—−⁃’‘ʼ′⁄∕։꞉∶ː‚٠", "-------''''//:::::,."),
    ];
    PAIRS
        .iter()
        .find_map(|(like, latin)| {
            let at = like.chars().position(|other| other == char)?;
            latin.chars().nth(at)
        })
        .unwrap_or(char)
}
