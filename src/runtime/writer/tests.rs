use std::{cell::RefCell, rc::Rc};

use ratatui::{Terminal, widgets::Paragraph};

use super::*;

/// Every write that reached the terminal, one entry each.
#[derive(Debug, Clone, Default)]
struct Tty(Rc<RefCell<Vec<Vec<u8>>>>);

impl Tty {
    fn writes(&self) -> Vec<String> {
        self.0
            .borrow_mut()
            .drain(..)
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect()
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn terminal() -> (Terminal<Screen<Tty>>, Tty) {
    let tty = Tty::default();
    let screen = Screen::new(tty.clone(), || Ok(Size::new(20, 3)));
    (Terminal::new(screen).unwrap(), tty)
}

fn draw(terminal: &mut Terminal<Screen<Tty>>, text: &str, cursor: Option<(u16, u16)>) {
    terminal
        .draw(|frame| {
            frame.render_widget(Paragraph::new(text), frame.area());
            if let Some(at) = cursor {
                frame.set_cursor_position(at);
            }
        })
        .unwrap();
}

#[test]
fn a_frame_leaves_in_one_write_between_update_marks() {
    let (mut terminal, tty) = terminal();
    draw(&mut terminal, "keys", Some((4, 0)));
    let writes = tty.writes();
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert!(writes[0].starts_with("\x1b[?2026h"), "{writes:?}");
    assert!(writes[0].contains("keys"), "{writes:?}");
    assert!(
        writes[0].ends_with("\x1b[1;5H\x1b[?25h\x1b[?2026l"),
        "{writes:?}"
    );
}

#[test]
fn a_frame_without_a_change_writes_nothing() {
    let (mut terminal, tty) = terminal();
    for cursor in [None, Some((2, 1))] {
        draw(&mut terminal, "keys", cursor);
        tty.writes();
        draw(&mut terminal, "keys", cursor);
        assert_eq!(tty.writes(), Vec::<String>::new(), "{cursor:?}");
    }
}

#[test]
fn the_cursor_returns_to_its_place_after_drawing() {
    let (mut terminal, tty) = terminal();
    draw(&mut terminal, "a", Some((1, 0)));
    tty.writes();
    draw(&mut terminal, "a\nb", Some((1, 0)));
    let writes = tty.writes();
    assert_eq!(writes.len(), 1);
    assert!(writes[0].ends_with("\x1b[1;2H\x1b[?2026l"), "{writes:?}");
    draw(&mut terminal, "a\nb", None);
    assert_eq!(tty.writes(), ["\x1b[?2026h\x1b[?25l\x1b[?2026l"]);
}

#[test]
fn a_clear_asks_the_terminal_nothing_and_draws_everything_again() {
    let (mut terminal, tty) = terminal();
    draw(&mut terminal, "keys", None);
    tty.writes();
    terminal.clear().unwrap();
    draw(&mut terminal, "keys", None);
    let writes = tty.writes();
    assert_eq!(writes.len(), 1);
    assert!(writes[0].contains("\x1b[2J"), "{writes:?}");
    assert!(writes[0].contains("keys"), "{writes:?}");
    assert!(!writes[0].contains("\x1b[6n"), "{writes:?}");
}

#[test]
fn a_cursor_that_is_forgotten_does_not_stay_on_a_frame_that_wants_none() {
    let (mut terminal, tty) = terminal();
    draw(&mut terminal, "keys", Some((4, 0)));
    tty.writes();
    terminal.backend_mut().forget_cursor().unwrap();
    terminal.clear().unwrap();
    draw(&mut terminal, "keys", None);
    let writes = tty.writes();
    assert_eq!(writes.len(), 1, "{writes:?}");
    let hidden = writes[0].rfind("\x1b[?25l");
    assert!(hidden > writes[0].rfind("\x1b[?25h"), "{writes:?}");
}

#[test]
fn a_flushed_writer_holds_nothing() {
    let mut writer = WipingWriter::new(io::sink());
    writer.write_all(b"canary").unwrap();
    writer.flush().unwrap();
    assert!(writer.is_empty());
}

#[test]
fn a_frame_larger_than_the_buffer_is_one_write_too() {
    let tty = Tty::default();
    let mut writer = WipingWriter::new(tty.clone());
    for _ in 0..3 {
        writer.write_all(&vec![b'x'; FRAME]).unwrap();
    }
    writer.flush().unwrap();
    assert_eq!(
        tty.writes().iter().map(String::len).collect::<Vec<_>>(),
        [3 * FRAME]
    );
}

#[test]
fn a_failed_write_erases_the_frame_too() {
    #[derive(Debug)]
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = WipingWriter::new(Broken);
    writer.write_all(b"canary").unwrap();
    assert!(writer.flush().is_err());
    assert!(writer.is_empty());
}
