//! A manifest that is being edited beside the config is read again whenever it is saved: the console goes on
//! with what it says then, or tells its mistakes and stays as it was. On Linux the system says when a file was
//! saved and nothing is looked at meanwhile; elsewhere the files are looked at once a second.

mod saves;

use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;

use self::saves::Saves;
use super::core::Mail;
use crate::config::{Config, Environment, backends_folder};

/// Watches the manifests beside a config for as long as the console runs; tells whether there are any, and the
/// system can tell of them.
pub fn watch(config: &Path, environment: &Environment, sender: UnboundedSender<Mail>) -> bool {
    let Some(mut saves) = Saves::of(&backends_folder(config)) else {
        return false;
    };
    let (config, environment) = (config.to_owned(), environment.clone());
    let read = move || {
        while saves.wait() {
            let read = Config::load(Some(&config), &environment).and_then(Config::whole);
            let read = read.map_err(|error| error.to_string());
            if sender.send(Mail::Saved(Box::new(read))).is_err() {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("manifests".to_owned());
    thread.spawn(read).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, time::Duration};

    use super::*;

    const MANIFEST: &str = "manifest = 1\nid = \"acme\"\ntitle = \"TITLE\"\n[[resource]]\nid = \"keys\"\ntitle = \"Keys\"\nnoun = \"key\"\npane = \"api-keys\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n";
    const CONFIG: &str =
        "[contexts.one]\nbackend = \"acme\"\nurl = \"http://127.0.0.1:1\"\ncredential = {}\n";

    /// A config, and where the manifest of its backend stands.
    fn beside(folder: &Path) -> (PathBuf, PathBuf) {
        let (config, backends) = (folder.join("config.toml"), folder.join("backends"));
        std::fs::create_dir(&backends).unwrap();
        std::fs::write(&config, CONFIG).unwrap();
        (config, backends.join("acme.toml"))
    }

    async fn read(mail: &mut tokio::sync::mpsc::UnboundedReceiver<Mail>) -> Result<Config, String> {
        let mail = tokio::time::timeout(Duration::from_secs(30), mail.recv()).await;
        match mail.expect("in time") {
            Some(Mail::Saved(read)) => *read,
            other => panic!("{other:?}"),
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_manifest_that_is_a_link_is_read_when_it_is_saved_where_it_leads() {
        let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let manifest = kept.path().join("acme.toml");
        std::fs::write(&manifest, MANIFEST).unwrap();
        let (config, link) = beside(folder.path());
        std::os::unix::fs::symlink(&manifest, link).unwrap();
        let (sender, mut mail) = tokio::sync::mpsc::unbounded_channel();
        assert!(watch(&config, &Environment::default(), sender));
        std::fs::write(&manifest, MANIFEST.replace("TITLE", "Acme")).unwrap();
        let read_anew = read(&mut mail).await.unwrap();
        assert_eq!(read_anew.contexts[0].connection.manifest.title, "Acme");
    }

    #[tokio::test]
    async fn a_manifest_is_read_when_it_is_saved_and_its_mistakes_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let (config, manifest) = beside(folder.path());
        std::fs::write(&manifest, MANIFEST).unwrap();
        let (sender, mut mail) = tokio::sync::mpsc::unbounded_channel();
        assert!(watch(&config, &Environment::default(), sender));
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
        assert!(!watch(&config, &Environment::default(), sender));
    }
}
