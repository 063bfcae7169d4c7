//! What a picture is taken of: the demo, or a config of several contexts whose services are the demo's.

use std::{fs, net::TcpListener};

use crate::{harness::Demo, session::Session};

/// On what the console is opened.
#[derive(Clone, Copy)]
pub enum Stage {
    /// `keyrack demo` with these arguments.
    Demo(&'static [&'static str]),
    /// Three contexts, one of them production, with a group and filters; the third is like this.
    Fleet(Third),
    /// The demo, left and opened again once two keys were made.
    Back,
}

/// The third of several contexts.
#[derive(Clone, Copy)]
pub enum Third {
    Answers,
    /// Nobody listens.
    Down,
    /// Somebody listens and says nothing.
    Silent,
}

/// The console on its stage, and the services behind it.
pub struct Set {
    pub session: Session,
    demo: Option<Demo>,
    #[expect(dead_code, reason = "it serves until the picture is taken")]
    other: Option<Demo>,
    silent: Option<TcpListener>,
}

impl Set {
    /// Opens the console and waits until its lists are there.
    pub fn build(stage: &Stage, size: (u16, u16)) -> Self {
        match stage {
            Stage::Demo(flags) => {
                let session = Session::start(&[&["demo"], *flags].concat(), size, &[]);
                let set = Self::of(session);
                set.session.wait_text("as of");
                set.rests();
                set
            }
            Stage::Fleet(third) => Self::fleet(*third, size),
            Stage::Back => Self::back(size),
        }
    }

    fn of(session: Session) -> Self {
        Self {
            session,
            demo: None,
            other: None,
            silent: None,
        }
    }

    /// Waits until nothing is on its way but what stays so.
    pub fn rests(&self) {
        if self.silent.is_none() {
            self.session.wait_gone("reading");
            self.session.wait_gone("checking");
        }
    }

    fn fleet(third: Third, size: (u16, u16)) -> Self {
        let demo = Demo::start(&[]);
        let other = matches!(third, Third::Answers).then(|| Demo::start(&["--keys", "40"]));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mute = format!(
            "\nbackend = \"typesense\"\nurl = \"http://{}\"\ncredential = {{ env = \"KEY\" }}\n",
            listener.local_addr().unwrap()
        );
        let third_lines = other.as_ref().map_or(mute, |it| lines(it, "typesense"));
        let text = format!(
            "[contexts.chutes]{}\n[contexts.search]{}\nproduction = true\n[contexts.search-eu]{third_lines}\n{MORE}",
            lines(&demo, "chutes"),
            lines(&demo, "typesense"),
        );
        demo.overwrite("fleet.toml", &text);
        demo.close("fleet.toml", 0o600);
        let config = demo.config.with_file_name("fleet.toml");
        let arguments = ["--config", config.to_str().unwrap()];
        let silent = matches!(third, Third::Silent).then_some(listener);
        let session = Session::start(&arguments, size, &[("KEY", "k")]);
        session.wait_text("as of");
        let set = Self {
            session,
            demo: Some(demo),
            other,
            silent,
        };
        match third {
            Third::Silent => set.session.wait_text("still on the way"),
            Third::Down => set.session.wait_text("no connection to"),
            Third::Answers => set.session.wait_gone("of 3 contexts"),
        }
        set.rests();
        set
    }

    fn back(size: (u16, u16)) -> Self {
        let demo = Demo::start(&[]);
        let arguments = demo.with_config(&[]);
        let mut session = Session::start(&arguments, size, &[]);
        session.wait_text("as of");
        session.wait_gone("reading");
        session.press("q");
        assert_eq!(session.exit_code(), 0);
        for name in ["a new indexer", "a new shop window"] {
            let set = format!("description={name}");
            let file = format!("file:{}", demo.home.path(name).display());
            let ran = demo.run(&[
                "create",
                "api-keys",
                "-c",
                "typesense",
                "--set",
                &set,
                "--set",
                "actions=documents:search",
                "--set",
                "expires_at=30d",
                "--to",
                &file,
            ]);
            assert_eq!(ran.code, 0, "{ran:?}");
        }
        let session = session.again(&arguments, size, &[]);
        session.wait_text("as of");
        let set = Self::of(session);
        set.rests();
        Self {
            demo: Some(demo),
            ..set
        }
    }

    /// Pastes the key that the first context signs in with.
    pub fn leak(&mut self) {
        let demo = self.demo.as_ref().unwrap();
        let key = &demo.ready["contexts"]["chutes"]["credential"]["api_key"];
        let line = format!("CHUTES_API_KEY='{}'\n", key.as_str().unwrap());
        self.session.paste(&line);
    }
}

/// What the config has beside its contexts.
const MORE: &str = "[groups]
shop = [\"search\", \"search-eu\"]
[filters]
old = \"age>1y\"
ending = \"expires<30d\"
powerful = \"is:admin OR is:broad\"
";

/// The lines of a context in the demo's config, without its name.
fn lines(demo: &Demo, name: &str) -> String {
    let text = fs::read_to_string(&demo.config).unwrap();
    let mut contexts = text.split("[contexts.").skip(1);
    let start = format!("{name}]");
    let context = contexts.find(|it| it.starts_with(&start)).unwrap();
    let (_, lines) = context.split_once(']').unwrap();
    lines.split("\n[").next().unwrap().to_owned()
}
