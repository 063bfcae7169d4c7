//! Terminal events become the messages that the update knows. Only key presses count, and `AltGr`, which
//! terminals report as control and alt together, is text.

use std::{io, thread};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::app::{
    Msg,
    key::{Code, Key},
};

/// What an event asks for.
#[derive(Debug)]
pub enum Input {
    /// For the update.
    Msg(Box<Msg>),
    /// Ctrl-Z: to the shell.
    Suspend,
}

/// Reads the terminal in a thread of its own until the process ends. Not crossterm's stream: that reads
/// within the poll, where half a sequence would hold up the loop, and it wakes only whoever asked first.
#[must_use]
pub fn listen() -> mpsc::UnboundedReceiver<io::Result<Event>> {
    let (send, events) = mpsc::unbounded_channel();
    thread::spawn(move || {
        loop {
            let event = event::read();
            let failed = event.is_err();
            if send.send(event).is_err() || failed {
                return;
            }
        }
    });
    events
}

fn message(msg: Msg) -> Input {
    Input::Msg(Box::new(msg))
}

/// What an event asks for, if anything.
#[must_use]
pub fn input(event: Event) -> Option<Input> {
    match event {
        Event::Key(event) if event.kind != KeyEventKind::Release => {
            let key = key(event)?;
            Some(if key == Key::ctrl('z') {
                Input::Suspend
            } else {
                message(Msg::Key(key))
            })
        }
        Event::Key(_) | Event::Mouse(_) => None,
        Event::Paste(text) => Some(message(Msg::Paste(Zeroizing::new(text)))),
        Event::Resize(columns, rows) => Some(message(Msg::Resize(columns, rows))),
        Event::FocusGained => Some(message(Msg::Focus(true))),
        Event::FocusLost => Some(message(Msg::Focus(false))),
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let (mut ctrl, mut alt) = (
        event.modifiers.contains(KeyModifiers::CONTROL),
        event.modifiers.contains(KeyModifiers::ALT),
    );
    let code = match event.code {
        KeyCode::Char(letter) => {
            if ctrl && alt {
                (ctrl, alt) = (false, false);
            }
            Code::Char(if ctrl {
                letter.to_ascii_lowercase()
            } else {
                letter
            })
        }
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number) => Code::F(number),
        _ => return None,
    };
    Some(Key { code, ctrl, alt })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        key(KeyEvent::new(code, modifiers)).map(|key| key.to_string())
    }

    #[test]
    fn alt_gr_types_text() {
        let pressed = key(KeyEvent::new(
            KeyCode::Char('@'),
            KeyModifiers::CONTROL | KeyModifiers::ALT,
        ))
        .unwrap();
        assert_eq!(pressed.typed(), Some('@'));
    }

    #[test]
    fn capitals_need_no_shift_in_the_notation() {
        assert_eq!(
            pressed(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(),
            Some("G")
        );
        assert_eq!(
            pressed(
                KeyCode::Char('R'),
                KeyModifiers::CONTROL | KeyModifiers::SHIFT
            )
            .as_deref(),
            Some("ctrl-r")
        );
    }

    #[test]
    fn a_released_key_does_nothing() {
        let released = KeyEvent::new_with_kind(
            KeyCode::Char('d'),
            KeyModifiers::NONE,
            KeyEventKind::Release,
        );
        assert!(input(Event::Key(released)).is_none());
    }
}
