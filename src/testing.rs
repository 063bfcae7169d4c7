//! What the benches measure, without the network and the terminal: one list of any length through the
//! same decode, update and view as the console's; and what the tests of displays deliver with. No part
//! of the library's interface.

use std::{fmt::Write as _, sync::Arc};

use nucleo_matcher::{
    Matcher, Utf32Str,
    pattern::{Atom, AtomKind, CaseMatching, Normalization},
};
use ratatui::{Terminal, backend::TestBackend};

use crate::{
    api::{ListEnd, Progress},
    app::{
        self, Context, Effect, Light, Model, Msg,
        columns::ColumnId,
        filter::LANGUAGE,
        gate::Write,
        keymap::{Action, Keymap, Place},
        pane::Sorting,
    },
    manifest::{self, Manifest, Resource},
    record::{Cell, Moment, Rows, decode_page},
    ui,
};

/// What takes secrets to their sinks.
pub mod deliver {
    pub use crate::{
        deliver::{
            Arrival, Channel, Content, Courier, Delivery, Lease, Receipt, Rescue, Rescued,
            Settings, Sink, Surroundings,
        },
        record::Moment,
        secret::Secret,
    };
}

/// Columns and rows of the screen.
const SIZE: (u16, u16) = (120, 40);

/// A console on one list of Typesense keys.
#[derive(Debug)]
pub struct Bench {
    model: Model,
    resource: Arc<Resource>,
    body: Vec<u8>,
    terminal: Terminal<TestBackend>,
    look: ui::Look,
    floor: Floor,
}

/// What a console on a list is measured against: its texts in one, its names, and its times packed.
#[derive(Debug, Default)]
pub struct Floor {
    texts: String,
    names: Vec<String>,
    times: Vec<(i64, u32)>,
}

impl Floor {
    fn of(rows: &Rows) -> Self {
        let mut floor = Self::default();
        for (row, record) in (0..).zip(rows.iter()) {
            floor.names.push(record.name().exact().to_owned());
            for field in 0..rows.resource().field.len() {
                match record.cell(field) {
                    Cell::Text(text) | Cell::List(text) => floor.texts.push_str(text.exact()),
                    Cell::Time(moment) => floor.times.push((moment.micros(), row)),
                    _ => {}
                }
            }
        }
        floor
    }

    /// How often the texts have this in them.
    #[must_use]
    pub fn words(&self, word: &str) -> usize {
        memchr::memmem::find_iter(self.texts.as_bytes(), word).count()
    }

    /// How many names have these letters in this order.
    #[must_use]
    pub fn fuzzy(&self, letters: &str) -> usize {
        let (case, normal) = (CaseMatching::Ignore, Normalization::Smart);
        let atom = Atom::new(letters, case, normal, AtomKind::Fuzzy, false);
        let mut matcher = Matcher::new(nucleo_matcher::Config::DEFAULT);
        let mut room = Vec::new();
        let names = self.names.iter();
        names
            .filter(|name| {
                let name = Utf32Str::new(name, &mut room);
                atom.score(name, &mut matcher).is_some()
            })
            .count()
    }

    /// The row with the latest time.
    #[must_use]
    pub fn sorted(&self) -> Option<u32> {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.last().map(|(_, row)| *row)
    }
}

impl Bench {
    /// A console that has read a list of this many rows.
    ///
    /// # Errors
    /// When the built-in manifest or the list cannot be read; why.
    pub fn new(rows: usize) -> Result<Self, String> {
        let text = manifest::builtin("typesense").ok_or("no such manifest")?;
        let manifest = manifest::load(text).map_err(|faults| format!("{faults:?}"))?;
        let resource = manifest.resource.first().ok_or("no resource")?;
        let mut bench = Self {
            resource: Arc::clone(resource),
            model: model(&manifest)?,
            body: body(rows),
            terminal: Terminal::new(TestBackend::new(SIZE.0, SIZE.1))
                .map_err(|why| why.to_string())?,
            look: ui::Look::default(),
            floor: Floor::default(),
        };
        bench.read()?;
        Ok(bench)
    }

    /// Decodes the list's answer; gives its rows' number.
    ///
    /// # Errors
    /// When it cannot be read; why.
    pub fn decode(&self) -> Result<usize, String> {
        self.rows().map(|rows| rows.len())
    }

    /// Presses keys in the notation of the config, separated by blanks; gives the number of rows shown.
    ///
    /// # Errors
    /// A key that is none.
    pub fn press(&mut self, keys: &str) -> Result<usize, String> {
        for key in keys.split_whitespace() {
            self.send(Msg::Key(key.parse()?));
        }
        Ok(self.model.pane().view.len())
    }

    /// Puts the rows in order by a field as if they had just come; gives the number of rows shown.
    pub fn sort(&mut self, field: &str) -> usize {
        let column = self.resource.field_at(field).map(ColumnId::Field);
        let order = column.map(|column| Sorting {
            column,
            descending: false,
        });
        self.model.pane_mut().order = order.into_iter().collect();
        let tab = self.model.active;
        app::view::rebuild_view(&mut self.model, tab);
        app::view::settle(&mut self.model, tab);
        self.model.pane().view.len()
    }

    /// The same rows with nothing around them.
    #[must_use]
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// A message, and what goes on by itself after it.
    fn send(&mut self, msg: Msg) {
        let mut effects = app::update(&mut self.model, msg);
        while let Some(Effect::Continue(tab)) = effects.pop() {
            effects = app::update(&mut self.model, Msg::Continue(tab));
        }
    }

    /// Draws a frame into memory.
    ///
    /// # Errors
    /// Never: the memory is a terminal that does not fail.
    pub fn draw(&mut self) -> Result<(), String> {
        let Self {
            model,
            terminal,
            look,
            ..
        } = self;
        let drawn = terminal.draw(|frame| ui::view(model, frame, look));
        drawn.map(|_| ()).map_err(|why| why.to_string())
    }

    /// Reads the lists of many contexts at once, in pages that come in turns; gives the number of rows shown.
    ///
    /// # Errors
    /// When the built-in manifest or a page cannot be read; why.
    pub fn fleet(contexts: usize, pages: usize, page: usize) -> Result<usize, String> {
        let mut bench = Self::new(page)?;
        let manifest = Arc::clone(&bench.model.contexts.first().ok_or("no context")?.manifest);
        let all = (0..contexts).map(|at| context(&format!("cluster-{at:03}"), &manifest));
        bench.model = Model::new(all.collect(), Keymap::default());
        bench.model.size = SIZE;
        let calls: Vec<_> = bench.model.start().iter().filter_map(list).collect();
        for number in 1..=pages {
            for call in calls.iter().copied() {
                let progress = Progress {
                    rows: bench.rows()?,
                    page: number,
                    pages: Some(pages),
                    total: None,
                    own: None,
                };
                bench.send(Msg::Rows { call, progress });
                if number == pages {
                    let result = Ok(ListEnd::default());
                    bench.send(Msg::Listed { call, result });
                }
            }
        }
        Ok(bench.model.pane().view.len())
    }

    fn rows(&self) -> Result<Rows, String> {
        let list = &self.resource.list;
        let page = decode_page(&self.resource, list, &self.body).map_err(|why| why.to_string())?;
        Ok(page.rows)
    }

    fn read(&mut self) -> Result<(), String> {
        let rows = self.rows()?;
        self.floor = Floor::of(&rows);
        let fetched = rows.len();
        let asked = self.model.start();
        let call = asked
            .iter()
            .filter_map(list)
            .next_back()
            .ok_or("nothing is asked for")?;
        let progress = Progress {
            rows,
            page: 1,
            pages: Some(1),
            total: None,
            own: None,
        };
        self.send(Msg::Rows { call, progress });
        let end = ListEnd {
            fetched,
            ..ListEnd::default()
        };
        let result = Ok(end);
        self.send(Msg::Listed { call, result });
        Ok(())
    }
}

/// The call of a list.
fn list(effect: &Effect) -> Option<app::CallId> {
    match effect {
        Effect::List { call, .. } => Some(*call),
        _ => None,
    }
}

fn context(name: &str, manifest: &Arc<Manifest>) -> Context {
    Context {
        name: Arc::from(name),
        manifest: Arc::clone(manifest),
        address: "http://localhost:8108".to_owned(),
        production: false,
        plaintext: false,
        write: Write::Always,
        accent: None,
        armed_until: None,
        chosen: true,
        keeps: std::collections::BTreeMap::new(),
        light: Light::Dark,
    }
}

fn model(manifest: &Arc<Manifest>) -> Result<Model, String> {
    let mut model = Model::new(vec![context("search", manifest)], Keymap::default());
    model.size = SIZE;
    model.now = Moment::read("2026-01-01T00:00:00Z").ok_or("no such time")?;
    Ok(model)
}

/// The README's table of keys.
#[must_use]
pub fn key_table() -> String {
    let keymap = Keymap::default();
    let mut table = String::new();
    for (place, title) in [
        (Place::Table, "In the tables"),
        (Place::Reveal, "While a new secret is shown"),
    ] {
        let _ = write!(
            table,
            "**{title}**\n\n| key | what it does | name in `[keys]` |\n|---|---|---|\n"
        );
        for action in Action::ALL.iter().filter(|action| action.place() == place) {
            let keys = keymap
                .keys(*action)
                .iter()
                .map(|key| code(&key.to_string()))
                .collect::<Vec<_>>();
            let _ = writeln!(
                table,
                "| {} | {} | {} |",
                keys.join(" "),
                action.help(),
                code(action.name())
            );
        }
        table.push('\n');
    }
    table
}

/// The README's table of the filter language.
#[must_use]
pub fn filter_table() -> String {
    let mut table = "| filter | what it keeps |\n|---|---|\n".to_owned();
    for (example, meaning) in LANGUAGE {
        let _ = writeln!(
            table,
            "| {} | {} |",
            code(example),
            meaning.replace('\\', "\\\\")
        );
    }
    table
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// A list's answer as the service writes it.
fn body(rows: usize) -> Vec<u8> {
    let mut text = String::from(r#"{"keys":["#);
    for row in 0..rows {
        let comma = if row == 0 { "" } else { "," };
        let expires = if row % 3 == 0 {
            64_723_363_199
        } else {
            1_735_689_600 + row * 3_600
        };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            r#"{comma}{{"actions":["documents:search"],"autodelete":false,"collections":["orders-{}"],"description":"search key of team {} number {row}","expires_at":{expires},"id":{},"value_prefix":"k{:03}"}}"#,
            row % 41,
            row % 997,
            row * 7 % rows.max(1) + row,
            row % 1_000,
        );
    }
    text.push_str("]}");
    text.into_bytes()
}

pub use crate::runtime::harness::Harness;

/// The embedded backend within a test's own process.
#[cfg(feature = "demo")]
#[derive(Debug)]
pub struct DemoServer(crate::demo::Demo);

#[cfg(feature = "demo")]
impl DemoServer {
    /// Starts it in memory; `faults` are as on the command line.
    ///
    /// # Errors
    /// Why it cannot start.
    pub async fn start(faults: &[&str]) -> Result<Self, String> {
        let options = crate::demo::Options {
            faults: read_faults(faults)?,
            ..crate::demo::Options::default()
        };
        crate::demo::start(options)
            .await
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// From now on other things go wrong; `faults` are as on the command line.
    ///
    /// # Errors
    /// A fault that is none.
    pub fn trouble(&self, faults: &[&str]) -> Result<(), String> {
        self.0.trouble(read_faults(faults)?);
        Ok(())
    }

    /// How many writes arrived whose method and path begin so: `POST /typesense/keys`.
    #[must_use]
    pub fn writes(&self, what: &str) -> usize {
        self.0.writes(what)
    }

    /// How many requests something went wrong with.
    #[must_use]
    pub fn struck(&self) -> usize {
        self.0.struck()
    }

    /// Ends the server; its files stay.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// The config whose contexts are its services.
    #[must_use]
    pub fn config_path(&self) -> &std::path::Path {
        self.0.config_path()
    }
}

#[cfg(feature = "demo")]
fn read_faults(faults: &[&str]) -> Result<Vec<crate::demo::Fault>, String> {
    let faults = faults.iter().map(|fault| fault.parse());
    let faults: Result<Vec<_>, crate::demo::FaultError> = faults.collect();
    faults.map_err(|error| error.to_string())
}
