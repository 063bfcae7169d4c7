//! The floor that the console is measured against: a table drawn for the visible window, one search for
//! bytes in all rows as one lower-case text, the plainest sort, on ratatui and crossterm as they come. `j`
//! and `k` move, `/` filters as one types, `s` sorts by name and `t` by time, `q` quits.

use std::{
    io,
    sync::mpsc::{self, Receiver},
    thread,
};

use crossterm::event::{self, Event, KeyCode, KeyModifiers};
use memchr::memmem;
use ratatui::{
    DefaultTerminal,
    layout::{Constraint, Layout},
    style::Stylize,
    widgets::{Paragraph, Row, Table},
};

use super::rows;

/// All rows, and what is seen of them.
struct Screen {
    keys: Vec<rows::Row>,
    /// The lines of all rows in small letters, and where each ends.
    text: String,
    ends: Vec<usize>,
    shown: Vec<u32>,
    query: Option<String>,
    top: usize,
    selected: usize,
}

/// Browses this many made-up keys until it is left.
pub fn run(count: usize) -> io::Result<()> {
    let mut screen = Screen::of(count);
    let mut terminal = ratatui::try_init()?;
    let ended = browse(&mut terminal, &mut screen, &listen());
    ratatui::try_restore()?;
    ended
}

/// Reads in a thread of its own, as the console does.
fn listen() -> Receiver<Event> {
    let (send, events) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            if send.send(event).is_err() {
                return;
            }
        }
    });
    events
}

/// Draws once the queue of events is empty, as the console does.
fn browse(
    terminal: &mut DefaultTerminal,
    screen: &mut Screen,
    events: &Receiver<Event>,
) -> io::Result<()> {
    loop {
        screen.draw(terminal)?;
        let mut next = events.recv().ok();
        while let Some(event) = next {
            if let Event::Key(key) = event
                && !screen.press(key.code, key.modifiers)
            {
                return Ok(());
            }
            next = events.try_recv().ok();
        }
    }
}

impl Screen {
    fn of(count: usize) -> Self {
        let keys: Vec<rows::Row> = rows::rows(count).collect();
        let mut screen = Self {
            text: String::new(),
            ends: Vec::with_capacity(count),
            shown: Vec::new(),
            query: None,
            top: 0,
            selected: 0,
            keys,
        };
        for key in &screen.keys {
            screen.text.push_str(&key.line().to_lowercase());
            screen.text.push('\n');
            screen.ends.push(screen.text.len());
        }
        screen.filter();
        screen
    }

    /// False once the program is left.
    fn press(&mut self, key: KeyCode, with: KeyModifiers) -> bool {
        if let Some(query) = &mut self.query {
            match key {
                KeyCode::Char(_) if with.contains(KeyModifiers::CONTROL) => query.clear(),
                KeyCode::Char(letter) => query.push(letter),
                _ => self.query = None,
            }
            self.filter();
            return true;
        }
        match key {
            KeyCode::Char('j') => {
                self.selected = (self.selected + 1).min(self.shown.len().max(1) - 1);
            }
            KeyCode::Char('k') => self.selected = self.selected.saturating_sub(1),
            KeyCode::Char('/') => self.query = Some(String::new()),
            KeyCode::Char('s') => self.by_name(),
            KeyCode::Char('t') => self.by_time(),
            KeyCode::Char('q') => return false,
            _ => {}
        }
        true
    }

    /// Each row whose line has the query somewhere.
    fn filter(&mut self) {
        (self.top, self.selected) = (0, 0);
        let query = self.query.as_deref().unwrap_or_default();
        if query.is_empty() {
            self.shown = (0..).zip(&self.keys).map(|(row, _)| row).collect();
            return;
        }
        self.shown.clear();
        let mut ends = (0..).zip(&self.ends);
        let mut until = 0;
        for place in memmem::find_iter(self.text.as_bytes(), query) {
            if place < until {
                continue;
            }
            let found = ends.by_ref().find(|(_, end)| **end > place);
            let Some((row, end)) = found else { break };
            until = *end;
            self.shown.push(row);
        }
    }

    fn by_name(&mut self) {
        let name = |row: &u32| {
            let row = usize::try_from(*row).unwrap_or(usize::MAX);
            self.keys.get(row).map(|key| &*key.name)
        };
        self.shown
            .sort_unstable_by(|one, other| name(one).cmp(&name(other)));
    }

    fn by_time(&mut self) {
        let packed = self.shown.iter().filter_map(|row| {
            let key = self.keys.get(usize::try_from(*row).ok()?)?;
            Some((key.expires, *row))
        });
        let mut packed: Vec<(u64, u32)> = packed.collect();
        packed.sort_unstable();
        self.shown = packed.into_iter().map(|(_, row)| row).collect();
    }

    fn draw(&mut self, terminal: &mut DefaultTerminal) -> io::Result<()> {
        terminal.draw(|frame| {
            let rows = [Constraint::Fill(1), Constraint::Length(1)];
            let [table, line] = Layout::vertical(rows).areas(frame.area());
            let height = usize::from(table.height).saturating_sub(1).max(1);
            let least = (self.selected + 1).saturating_sub(height);
            self.top = self.top.clamp(least, self.selected);
            let window = self.shown.iter().enumerate().skip(self.top).take(height);
            let rows = window.filter_map(|(at, row)| {
                let key = self.keys.get(usize::try_from(*row).ok()?)?;
                let expires = key.expires.to_string();
                let row = Row::new([key.name.clone(), key.collection.clone(), expires]);
                Some(if at == self.selected {
                    row.reversed()
                } else {
                    row
                })
            });
            let widths = [
                Constraint::Fill(2),
                Constraint::Fill(1),
                Constraint::Fill(1),
            ];
            let header = Row::new(["Name", "Collection", "Expires"]).bold();
            frame.render_widget(Table::new(rows, widths).header(header), table);
            let query = self.query.as_deref().unwrap_or_default();
            let shown = format!("{} of {} {query}", self.shown.len(), self.keys.len());
            frame.render_widget(Paragraph::new(shown), line);
        })?;
        Ok(())
    }
}
