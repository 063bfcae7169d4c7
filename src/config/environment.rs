//! The environment is read here and nowhere else, once, at the start: where files are, what the
//! terminal can do, where a copied key may go.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use directories::{BaseDirs, ProjectDirs};

/// What leads to the display.
const DISPLAY: &[&str] = &[
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "HOME",
];

/// What a command that takes a secret may know: who and where we are, how to write, and the agents that
/// hold its keys. Nothing that could be a credential; what it needs beyond this stands in its argv, as in
/// `["env", "VAULT_ADDR=…", "vault", …]`.
const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NUMERIC",
    "LC_TIME",
    "TZ",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_DIRS",
    "XDG_CONFIG_HOME",
    "XDG_DATA_DIRS",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "GNUPGHOME",
    // Without them no program of Windows starts.
    "SystemRoot",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "TEMP",
];

/// Variables that lead requests elsewhere or choose who is trusted; the client's libraries read them.
const NETWORK: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What the program takes from its environment.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact about the terminal"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `KEYRACK_CONFIG`: the config to read instead of the usual one.
    pub config_file: Option<PathBuf>,
    /// `KEYRACK_LOG`: what `--log` writes down.
    pub log_level: Option<String>,
    /// The folder of `config.toml` and `backends/`; none without a home.
    pub config_folder: Option<PathBuf>,
    /// The folder of the journal and of what the console remembers; none without a home.
    pub state_folder: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`: a folder in memory that goes with the login.
    pub runtime_folder: Option<PathBuf>,
    /// The home folder, which `~` stands for.
    pub home: Option<PathBuf>,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// `TERM`.
    pub term: Option<String>,
    /// The locale writes UTF-8.
    pub utf8: bool,
    /// `DISPLAY` is set: there is an X server.
    pub x11: bool,
    /// `WAYLAND_DISPLAY` is set.
    pub wayland: bool,
    /// `TMUX`: a multiplexer stands between, and where it listens.
    pub tmux: Option<OsString>,
    /// `TMUX_PANE`: which of its panes this is.
    pub tmux_pane: Option<OsString>,
    /// The folders of `PATH`, to find programs.
    pub search_path: Vec<PathBuf>,
    /// This very program, also after its file was replaced where the system allows that.
    pub program: Option<PathBuf>,
    /// The variables that lead to the display: all that the clipboard's holder gets.
    pub display: Vec<(OsString, OsString)>,
    /// The variables that a command which takes a secret gets.
    pub inherited: Vec<(OsString, OsString)>,
    /// An `SSH_*` variable is set: the screen is far from here.
    pub ssh: bool,
    /// The variables about proxies and certificates that are set, by name.
    pub network: Vec<&'static str>,
    /// `KEYRACK_TEST_PANIC`: where to panic, in debug builds.
    #[cfg(debug_assertions)]
    pub test_panic: Option<String>,
}

impl Environment {
    /// Reads the environment of this process.
    #[must_use]
    pub fn read() -> Self {
        // Folders below a relative home would be others in every working directory.
        let base = BaseDirs::new().filter(|dirs| dirs.home_dir().is_absolute());
        let project = base
            .as_ref()
            .and_then(|_| ProjectDirs::from("", "", "keyrack"));
        let state = |dirs: &ProjectDirs| {
            dirs.state_dir()
                .unwrap_or_else(|| dirs.data_local_dir())
                .to_owned()
        };
        Self {
            config_folder: project.as_ref().map(|dirs| dirs.config_dir().to_owned()),
            state_folder: project.as_ref().map(state),
            runtime_folder: base
                .as_ref()
                .and_then(|dirs| dirs.runtime_dir().map(Path::to_owned)),
            home: base.as_ref().map(|dirs| dirs.home_dir().to_owned()),
            program: program(),
            ..Self::from_variables(|name| env::var_os(name))
        }
    }

    /// Takes what stands in variables; the folders stay unset.
    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| given(name).map(|value| value.to_string_lossy().into_owned());
        let taken = |names: &[&str]| {
            let pair = |name: &&str| Some((OsString::from(name), variable(name)?));
            names.iter().filter_map(pair).collect()
        };
        let locale = text("LC_ALL")
            .or_else(|| text("LC_CTYPE"))
            .or_else(|| text("LANG"));
        Self {
            config_file: given("KEYRACK_CONFIG").map(PathBuf::from),
            log_level: text("KEYRACK_LOG"),
            no_color: given("NO_COLOR").is_some(),
            term: text("TERM"),
            utf8: locale.map_or(!cfg!(target_os = "linux"), |locale| writes_utf8(&locale)),
            x11: given("DISPLAY").is_some(),
            wayland: given("WAYLAND_DISPLAY").is_some(),
            tmux: given("TMUX"),
            tmux_pane: given("TMUX_PANE"),
            search_path: given("PATH")
                .map(|path| env::split_paths(&path).collect())
                .unwrap_or_default(),
            display: taken(DISPLAY),
            inherited: taken(INHERITED),
            ssh: ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]
                .iter()
                .any(|name| given(name).is_some()),
            network: NETWORK
                .iter()
                .copied()
                .filter(|name| given(name).is_some())
                .collect(),
            #[cfg(debug_assertions)]
            test_panic: text("KEYRACK_TEST_PANIC"),
            ..Self::default()
        }
    }

    /// The config that is meant, and whether somebody named it: the flag, else the variable, else the
    /// usual place.
    #[must_use]
    pub fn config_path(&self, flag: Option<&Path>) -> Option<(PathBuf, bool)> {
        flag.map(Path::to_owned)
            .or_else(|| self.config_file.clone())
            .map(|path| (path, true))
            .or_else(|| {
                let folder = self.config_folder.as_ref()?;
                Some((folder.join("config.toml"), false))
            })
    }

    /// The path with a leading `~` replaced by the home folder, taken from `folder` when relative.
    #[must_use]
    pub fn expand(&self, path: &str, folder: &Path) -> PathBuf {
        match (path.strip_prefix('~'), &self.home) {
            (Some(""), Some(home)) => home.clone(),
            (Some(rest), Some(home)) if rest.starts_with('/') => {
                home.join(rest.trim_start_matches('/'))
            }
            _ => folder.join(path),
        }
    }
}

/// On Linux a name that stays even when an update has replaced the file.
fn program() -> Option<PathBuf> {
    if cfg!(target_os = "linux") {
        Some("/proc/self/exe".into())
    } else {
        env::current_exe().ok()
    }
}

fn writes_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Environment {
        Environment::from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_strongest_locale_variable_decides_whether_text_is_utf8() {
        assert!(with(&[("LANG", "de_DE.UTF-8")]).utf8);
        assert!(with(&[("LANG", "C"), ("LC_CTYPE", "C.utf8")]).utf8);
        assert!(!with(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "POSIX")]).utf8);
    }

    #[test]
    fn a_command_that_takes_a_secret_gets_no_variable_that_could_be_a_credential() {
        let environment = with(&[
            ("PATH", "/a:/b"),
            ("HOME", "/h"),
            ("SSH_AUTH_SOCK", "/s"),
            ("AWS_SECRET_ACCESS_KEY", "canary"),
            ("VAULT_TOKEN", "canary"),
            ("KEYRACK_CONFIG", "/c"),
            ("LD_PRELOAD", "/l"),
            ("DISPLAY", ":0"),
        ]);
        let names = |variables: &[(OsString, OsString)]| {
            let names = variables
                .iter()
                .map(|(name, _)| name.to_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            names(&environment.inherited),
            ["PATH", "HOME", "SSH_AUTH_SOCK"]
        );
        assert_eq!(names(&environment.display), ["DISPLAY", "HOME"]);
        assert_eq!(environment.search_path, ["/a", "/b"].map(PathBuf::from));
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = with(&[("NO_COLOR", ""), ("KEYRACK_CONFIG", ""), ("TMUX", "")]);
        assert!(!environment.no_color && environment.tmux.is_none());
        assert_eq!(environment.config_file, None);
    }

    #[test]
    fn the_flag_wins_over_the_variable_and_the_variable_over_the_usual_place() {
        let mut environment = with(&[("KEYRACK_CONFIG", "/b")]);
        environment.config_folder = Some("/c".into());
        let path = |flag: Option<&str>| environment.config_path(flag.map(Path::new));
        assert_eq!(path(Some("/a")), Some(("/a".into(), true)));
        assert_eq!(path(None), Some(("/b".into(), true)));
        environment.config_file = None;
        assert_eq!(
            environment.config_path(None),
            Some(("/c/config.toml".into(), false))
        );
    }

    #[test]
    fn a_tilde_stands_for_the_home_folder_only_at_the_start() {
        let environment = Environment {
            home: Some("/home/a".into()),
            ..Environment::default()
        };
        let expand = |path| environment.expand(path, Path::new("/etc/k"));
        assert_eq!(expand("~/x"), Path::new("/home/a/x"));
        assert_eq!(expand("~"), Path::new("/home/a"));
        assert_eq!(expand("~bob/x"), Path::new("/etc/k/~bob/x"));
        assert_eq!(expand("x/~"), Path::new("/etc/k/x/~"));
        assert_eq!(expand("/x"), Path::new("/x"));
    }
}
