//! A manifest that is being edited beside the config is read again whenever it is saved: the console goes on
//! with what it says then, or tells its mistakes and stays as it was. The system says when a file was saved;
//! nothing is looked at meanwhile.

use std::{path::Path, sync::mpsc, time::Duration};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::core::Mail;
use crate::config::{Config, Environment, backends_folder};

/// An editor writes a file in several steps: nothing is read until it rests for so long.
const REST: Duration = Duration::from_millis(150);

/// The watch over the manifests beside a config; it ends when this is dropped.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches the manifests beside a config; none where there are none, or the system cannot tell.
    #[must_use]
    pub fn over(
        config: &Path,
        environment: &Environment,
        sender: tokio::sync::mpsc::UnboundedSender<Mail>,
    ) -> Option<Self> {
        let folder = backends_folder(config);
        if !folder.is_dir() {
            return None;
        }
        let (saved, saves) = mpsc::channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| touches_manifest(&event)) {
                // The reader has ended with the console.
                let _ = saved.send(());
            }
        });
        let mut watcher = watcher.ok()?;
        watcher.watch(&folder, RecursiveMode::NonRecursive).ok()?;
        let (config, environment) = (config.to_owned(), environment.clone());
        let read = move || read_saved(&saves, &config, &environment, &sender);
        std::thread::Builder::new()
            .name("manifests".to_owned())
            .spawn(read)
            .ok()?;
        Some(Self { _watcher: watcher })
    }
}

fn touches_manifest(event: &Event) -> bool {
    let is_manifest = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "toml");
    !event.kind.is_access() && event.paths.iter().any(is_manifest)
}

/// Reads the config with its manifests after each save, until the watch ends.
fn read_saved(
    saves: &mpsc::Receiver<()>,
    config: &Path,
    environment: &Environment,
    sender: &tokio::sync::mpsc::UnboundedSender<Mail>,
) {
    while saves.recv().is_ok() {
        while saves.recv_timeout(REST).is_ok() {}
        let read = Config::load(Some(config), environment).map_err(|error| error.to_string());
        if sender.send(Mail::Saved(Box::new(read))).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "manifest = 1\nid = \"acme\"\ntitle = \"TITLE\"\n[[resource]]\nid = \"keys\"\ntitle = \"Keys\"\nnoun = \"key\"\npane = \"api-keys\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n";
    const CONFIG: &str =
        "[contexts.one]\nbackend = \"acme\"\nurl = \"http://127.0.0.1:1\"\ncredential = {}\n";

    async fn read(mail: &mut tokio::sync::mpsc::UnboundedReceiver<Mail>) -> Result<Config, String> {
        let mail = tokio::time::timeout(Duration::from_secs(30), mail.recv()).await;
        match mail.expect("in time") {
            Some(Mail::Saved(read)) => *read,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_manifest_is_read_when_it_is_saved_and_its_mistakes_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        let manifest = folder.path().join("backends/acme.toml");
        std::fs::create_dir(folder.path().join("backends")).unwrap();
        std::fs::write(&manifest, MANIFEST).unwrap();
        std::fs::write(&config, CONFIG).unwrap();
        let (sender, mut mail) = tokio::sync::mpsc::unbounded_channel();
        let watch = Watch::over(&config, &Environment::default(), sender);
        assert!(watch.is_some());
        std::fs::write(&manifest, MANIFEST.replace("TITLE", "Acme")).unwrap();
        let read_anew = read(&mut mail).await.unwrap();
        assert_eq!(read_anew.contexts[0].connection.manifest.title, "Acme");
        std::fs::write(&manifest, format!("{MANIFEST}zzz = 1\n")).unwrap();
        let mistakes = read(&mut mail).await.unwrap_err();
        assert!(mistakes.contains("acme.toml:12:1"), "{mistakes}");
    }

    #[test]
    fn where_there_are_no_manifests_nothing_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, _mail) = tokio::sync::mpsc::unbounded_channel();
        let config = folder.path().join("config.toml");
        assert!(Watch::over(&config, &Environment::default(), sender).is_none());
    }
}
