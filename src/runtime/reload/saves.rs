//! Waits until a manifest in a folder was saved and rests: an editor writes a file in several steps.

use std::{path::Path, time::Duration};

/// So long must nothing be written before a file is read.
const REST: Duration = Duration::from_millis(150);

#[cfg(target_os = "linux")]
mod system {
    use std::{mem::MaybeUninit, os::fd::OwnedFd, path::Path, time::Duration};

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        fs::inotify::{self, CreateFlags, Reader, WatchFlags},
        io::Errno,
    };

    /// What the system tells of a folder.
    #[derive(Debug)]
    pub struct Saves(OwnedFd);

    impl Saves {
        pub fn of(folder: &Path) -> Option<Self> {
            let told = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            let saved = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::DELETE;
            let watch = |folder: &Path| {
                inotify::add_watch(&told, folder, saved | WatchFlags::ONLYDIR).map(drop)
            };
            watch(folder).ok()?;
            // A manifest that is a link is written where it leads.
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let links = files.filter(|it| it.file_type().is_ok_and(|it| it.is_symlink()));
            let kept = links.filter_map(|it| it.path().canonicalize().ok());
            for place in kept.filter_map(|it| it.parent().map(Path::to_owned)) {
                // Where that cannot be, the link alone is watched.
                let _ = watch(&place);
            }
            Some(Self(told))
        }

        pub fn wait(&mut self) -> bool {
            loop {
                match self.told(None) {
                    Some(true) => break,
                    Some(false) => {}
                    None => return false,
                }
            }
            while self.told(Some(super::REST)).unwrap_or(false) {}
            true
        }

        /// Whether a manifest was among what was told within this time; none: nothing can be told any more.
        fn told(&self, within: Option<Duration>) -> Option<bool> {
            let timeout = within.and_then(|within| Timespec::try_from(within).ok());
            match poll(&mut [PollFd::new(&self.0, PollFlags::IN)], timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return None,
            }
            let mut space = [MaybeUninit::uninit(); 4096];
            let mut events = Reader::new(&self.0, &mut space);
            let mut manifest = false;
            loop {
                match events.next() {
                    Ok(event) => {
                        let name = event.file_name();
                        manifest |= name.is_some_and(|it| it.to_bytes().ends_with(b".toml"));
                    }
                    Err(Errno::AGAIN) => return Some(manifest),
                    Err(Errno::INTR) => {}
                    Err(_) => return None,
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::{
        path::{Path, PathBuf},
        time::{Duration, SystemTime},
    };

    /// A file, when it was written and how long it is.
    type Stamp = (PathBuf, Option<SystemTime>, u64);

    /// What the files of a folder looked like.
    #[derive(Debug)]
    pub struct Saves {
        folder: PathBuf,
        seen: Vec<Stamp>,
    }

    impl Saves {
        pub fn of(folder: &Path) -> Option<Self> {
            let seen = stamps(folder)?;
            let folder = folder.to_owned();
            Some(Self { folder, seen })
        }

        pub fn wait(&mut self) -> bool {
            loop {
                std::thread::sleep(Duration::from_secs(1));
                let Some(now) = stamps(&self.folder) else {
                    return false;
                };
                if now != self.seen {
                    self.seen = now;
                    std::thread::sleep(super::REST);
                    return true;
                }
            }
        }
    }

    fn stamps(folder: &Path) -> Option<Vec<Stamp>> {
        let entries = std::fs::read_dir(folder).ok()?.flatten();
        let files = entries.filter(|it| it.path().extension().is_some_and(|it| it == "toml"));
        let stamp = |file: std::fs::DirEntry| {
            let about = std::fs::metadata(file.path()).ok()?;
            Some((file.path(), about.modified().ok(), about.len()))
        };
        let mut stamps: Vec<Stamp> = files.filter_map(stamp).collect();
        stamps.sort();
        Some(stamps)
    }
}

/// The saves of the manifests in a folder.
#[derive(Debug)]
pub struct Saves(system::Saves);

impl Saves {
    /// From now on; none where there is no such folder, or the system cannot tell.
    #[must_use]
    pub fn of(folder: &Path) -> Option<Self> {
        system::Saves::of(folder).map(Self)
    }

    /// Waits for the next one; false: there will be none.
    pub fn wait(&mut self) -> bool {
        self.0.wait()
    }
}
