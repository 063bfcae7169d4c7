//! The floor that the console is measured against: a table drawn for the visible window and nothing
//! else, on ratatui and crossterm as they come. `j` and `k` move, `q` quits.

use std::{
    io,
    sync::mpsc::{self, Receiver},
    thread,
};

use crossterm::event::{self, Event, KeyCode};
use ratatui::{
    DefaultTerminal,
    layout::Constraint,
    style::Stylize,
    widgets::{Row, Table},
};

struct Key {
    name: String,
    owner: String,
    created: String,
}

/// Browses this many made-up keys until it is left.
pub fn run(rows: usize) -> io::Result<()> {
    let keys: Vec<Key> = (0..rows)
        .map(|number| Key {
            name: format!("deploy-key-{number:07}"),
            owner: format!("user{}@example.com", number % 997),
            created: format!("2025-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
        })
        .collect();
    let mut terminal = ratatui::try_init()?;
    let ended = browse(&mut terminal, &keys, &listen());
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
    keys: &[Key],
    events: &Receiver<Event>,
) -> io::Result<()> {
    let (mut top, mut selected) = (0, 0);
    loop {
        draw(terminal, keys, &mut top, selected)?;
        let mut next = events.recv().ok();
        while let Some(event) = next {
            if let Event::Key(key) = event {
                match key.code {
                    KeyCode::Char('j') => selected = (selected + 1).min(keys.len().max(1) - 1),
                    KeyCode::Char('k') => selected = selected.saturating_sub(1),
                    KeyCode::Char('q') => return Ok(()),
                    _ => {}
                }
            }
            next = events.try_recv().ok();
        }
    }
}

fn draw(
    terminal: &mut DefaultTerminal,
    keys: &[Key],
    top: &mut usize,
    selected: usize,
) -> io::Result<()> {
    terminal.draw(|frame| {
        let height = usize::from(frame.area().height).saturating_sub(1).max(1);
        *top = (*top).clamp((selected + 1).saturating_sub(height), selected);
        let window = keys.iter().enumerate().skip(*top).take(height);
        let rows = window.map(|(at, key)| {
            let row = Row::new([&*key.name, &*key.owner, &*key.created]);
            if at == selected { row.reversed() } else { row }
        });
        let widths = [
            Constraint::Fill(2),
            Constraint::Fill(2),
            Constraint::Fill(1),
        ];
        let header = Row::new(["Name", "Owner", "Created"]).bold();
        frame.render_widget(Table::new(rows, widths).header(header), frame.area());
    })?;
    Ok(())
}
