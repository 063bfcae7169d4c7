//! What a command consists of: its program and every file that one of its words names, each with the hash of
//! its bytes. A file that others could have written is none to be approved. What a program loads by itself
//! (libraries, modules, its own settings) is not seen here.

use std::{
    collections::BTreeMap,
    fs::Metadata,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Place;
use crate::{
    api::auth::hotkey::hex,
    config::guard::{self, Guard},
    deliver::find_program,
};

/// Largest file that is hashed, in bytes.
const LARGEST: u64 = 256 << 20;

/// A command as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The command as the manifest has it.
    pub words: Vec<String>,
    /// What it starts.
    pub program: PathBuf,
    /// The program first, then each other file that a word names.
    pub pieces: Vec<Piece>,
}

/// A file of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where it is.
    pub path: PathBuf,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Content {
    /// What is not as it was when these pieces were approved.
    pub(super) fn news(&self, before: &[Piece]) -> String {
        let known = |piece: &&Piece| before.iter().any(|known| known.path == piece.path);
        let changed: Vec<String> = self
            .pieces
            .iter()
            .filter(|piece| known(piece) && !before.contains(piece))
            .map(|piece| piece.path.display().to_string())
            .collect();
        if changed.is_empty() {
            return "which names other files than those that were approved".to_owned();
        }
        let has = if changed.len() == 1 { "has" } else { "have" };
        format!(
            "and {} {has} changed since it was approved",
            changed.join(" and ")
        )
    }
}

impl Place {
    /// What a command with these words consists of; `argv` has their holes filled.
    pub(super) fn content(&self, words: &[String], argv: &[String]) -> Result<Content, String> {
        let name = argv.first().ok_or("the command is empty")?;
        let program = self.find(name)?;
        let mut pieces = vec![self.piece(&program)?];
        for path in self.named(&program, argv) {
            let piece = self.piece(&path)?;
            if !pieces.contains(&piece) {
                pieces.push(piece);
            }
        }
        Ok(Content {
            words: words.to_owned(),
            program,
            pieces,
        })
    }

    /// The program of this name: a path from the folder on, or the first on `PATH`.
    fn find(&self, name: &str) -> Result<PathBuf, String> {
        let is_path = Path::new(name).components().count() > 1 || name.starts_with('.');
        if is_path {
            let at = self.at(name);
            let shown = at.display();
            return find_program(&at.to_string_lossy(), &[])
                .ok_or_else(|| format!("{shown} is not a program that may be run"));
        }
        find_program(name, &self.path).ok_or_else(|| {
            format!(
                "the program {name} is not on PATH; name it by its path, from {} on",
                self.folder.display()
            )
        })
    }

    /// The place of a path that a word names.
    fn at(&self, word: &str) -> PathBuf {
        // Without the `.` of `./sign`.
        self.folder.join(word).components().collect()
    }

    /// The files that the words behind the program name, whole or behind a `=`; and what `env` starts.
    fn named(&self, program: &Path, argv: &[String]) -> Vec<PathBuf> {
        let words = || argv.iter().skip(1).map(String::as_str);
        let behind = |word| Some(str::split_once(word, '=')?.1);
        let each = words().flat_map(|word| [Some(word), behind(word)]);
        let mut found: Vec<PathBuf> = each
            .flatten()
            .filter(|word| !word.is_empty())
            .map(|word| self.at(word))
            .filter(|path| path.is_file())
            .collect();
        if program.file_name().is_some_and(|name| name == "env") {
            let mut started = words().filter(|word| !word.contains('=') && !word.starts_with('-'));
            found.extend(
                started
                    .next()
                    .and_then(|name| find_program(name, &self.path)),
            );
        }
        found
    }

    /// A file as it is now.
    pub(super) fn piece(&self, path: &Path) -> Result<Piece, String> {
        Ok(Piece {
            path: path.to_owned(),
            sha256: self.hashes.of(path)?,
        })
    }
}

/// Which file it is, its size, and when its bytes and its entry were changed last.
type Stamp = [i64; 7];

/// How long a file has to be at rest before its stamp tells it from a changed one, in seconds: clocks of file
/// systems are coarse.
const AT_REST: i64 = 2;

/// The stamp of a file that is at rest.
#[cfg(unix)]
fn stamp(metadata: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let now = jiff::Timestamp::now().as_second();
    let rests = metadata.ctime().max(metadata.mtime()) + AT_REST < now;
    rests.then(|| {
        [
            metadata.dev().cast_signed(),
            metadata.ino().cast_signed(),
            metadata.size().cast_signed(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec(),
        ]
    })
}

#[cfg(not(unix))]
fn stamp(_: &Metadata) -> Option<Stamp> {
    None
}

/// Hashes of files by their paths, for as long as the files are the same by what the system says of them.
#[derive(Debug, Default)]
pub(super) struct Hashes(Mutex<BTreeMap<PathBuf, (Stamp, String)>>);

impl Hashes {
    /// The hash of a file that nobody else could have written.
    fn of(&self, path: &Path) -> Result<String, String> {
        let (file, metadata) =
            guard::open(path, Guard::Write).map_err(|error| error.to_string())?;
        let shown = path.display();
        if !metadata.is_file() {
            return Err(format!("{shown} is no file"));
        }
        if metadata.len() > LARGEST {
            return Err(format!(
                "{shown} is larger than {} MiB, and a command is approved by the content of its files",
                LARGEST >> 20
            ));
        }
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&metadata);
        if let Some(stamp) = stamp
            && let Some((before, hash)) = known().get(path)
            && *before == stamp
        {
            return Ok(hash.clone());
        }
        let hash = hashed(file.take(LARGEST));
        let hash = hash.map_err(|error| format!("cannot read {shown}: {error}"))?;
        if let Some(stamp) = stamp {
            known().insert(path.to_owned(), (stamp, hash.clone()));
        }
        Ok(hash)
    }
}

fn hashed(mut file: impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hash.finalize())),
            length => hash.update(piece.get(..length).unwrap_or_default()),
        }
    }
}
