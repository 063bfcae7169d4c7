//! The console of Windows, by way of a library. Only key presses count, and `AltGr`, which it reports as
//! control and alt together, is text.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use zeroize::Zeroizing;

use super::Input;
use crate::app::{
    Msg,
    key::{Code, Key},
};

/// Reads until nobody takes what is read.
///
/// # Errors
/// When the console fails.
#[cfg(not(unix))]
pub fn read(give: &mut dyn FnMut(Input) -> bool) -> std::io::Result<()> {
    loop {
        if let Some(input) = input(crossterm::event::read()?)
            && !give(input)
        {
            return Ok(());
        }
    }
}

/// What an event asks for, if anything.
fn input(event: Event) -> Option<Input> {
    Some(match event {
        Event::Key(event) if event.kind != KeyEventKind::Release => Input::key(key(event)?),
        Event::Key(_) | Event::Mouse(_) => return None,
        Event::Paste(text) => Input::message(Msg::Paste(Zeroizing::new(text))),
        Event::Resize(columns, rows) => Input::message(Msg::Resize(columns, rows)),
        Event::FocusGained => Input::message(Msg::Focus(true)),
        Event::FocusLost => Input::message(Msg::Focus(false)),
    })
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
    fn a_released_key_does_nothing() {
        let released = KeyEvent::new_with_kind(
            KeyCode::Char('d'),
            KeyModifiers::NONE,
            KeyEventKind::Release,
        );
        assert!(input(Event::Key(released)).is_none());
    }
}
