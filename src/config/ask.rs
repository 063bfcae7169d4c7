//! Asks for a credential on the terminal itself, never on standard input, without showing what is typed.
//! Only commands without a console ask here; the terminal is as it was on every return.

use std::io;

use zeroize::Zeroizing;

/// Longest answer in bytes.
const LONGEST: usize = 64 << 10;

/// Asks and waits for the answer.
///
/// # Errors
/// When there is no terminal, or the answer was broken off.
#[cfg(unix)]
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    use std::{
        fs::OpenOptions,
        io::{Read as _, Write as _},
    };

    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(question.as_bytes())?;
    let silent = Silent::new(terminal.try_clone()?)?;
    let mut typed = Typed::default();
    let mut byte = Zeroizing::new([0_u8; 1]);
    let answer = loop {
        if terminal.read(byte.as_mut_slice())? == 0 {
            break Err(io::ErrorKind::UnexpectedEof.into());
        }
        match typed.take(u8::from_ne_bytes(*byte)) {
            Step::More => {}
            Step::Done => break typed.text(),
            Step::Broken => break Err(io::ErrorKind::Interrupted.into()),
        }
    };
    drop(silent);
    terminal.write_all(b"\n")?;
    answer
}

/// There is no such terminal here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub(super) fn ask(_: &str) -> io::Result<Zeroizing<String>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A terminal that does not echo; as it was when dropped.
#[cfg(unix)]
struct Silent {
    terminal: std::fs::File,
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Silent {
    fn new(terminal: std::fs::File) -> io::Result<Self> {
        use rustix::termios::{
            LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr,
        };
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        // Signals are bytes as well: a process that ends here would leave the terminal silent.
        modes
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&terminal, OptionalActions::Flush, &modes)?;
        Ok(Self { terminal, before })
    }
}

#[cfg(unix)]
impl Drop for Silent {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// What came of one byte.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    More,
    Done,
    Broken,
}

/// What has been typed so far.
#[derive(Default)]
struct Typed(Zeroizing<Vec<u8>>);

impl Typed {
    fn take(&mut self, byte: u8) -> Step {
        match byte {
            // ctrl-d with nothing typed
            4 if self.0.is_empty() => return Step::Broken,
            b'\n' | b'\r' | 4 => return Step::Done,
            // ctrl-c, ctrl-\, ctrl-z
            3 | 0x1c | 0x1a => return Step::Broken,
            8 | 0x7f => while self.0.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // ctrl-u
            0x15 => self.0.clear(),
            _ if self.0.len() < LONGEST => self.0.push(byte),
            _ => {}
        }
        Step::More
    }

    fn text(&self) -> io::Result<Zeroizing<String>> {
        std::str::from_utf8(&self.0)
            .map(|text| Zeroizing::new(text.to_owned()))
            .map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> (Step, String) {
        let mut typed = Typed::default();
        for &byte in bytes {
            let step = typed.take(byte);
            if step != Step::More {
                return (step, typed.text().unwrap().to_string());
            }
        }
        (Step::More, typed.text().unwrap().to_string())
    }

    #[test]
    fn a_line_is_typed_with_corrections_until_enter() {
        assert_eq!(typed(b"abc\r"), (Step::Done, "abc".to_owned()));
        assert_eq!(
            typed("aé\x7f\x7fb\n".as_bytes()),
            (Step::Done, "b".to_owned())
        );
        assert_eq!(typed(b"\x7fa\x15b\x04"), (Step::Done, "b".to_owned()));
    }

    #[test]
    fn a_prompt_can_be_broken_off() {
        assert_eq!(typed(b"ab\x03").0, Step::Broken);
        assert_eq!(typed(b"\x04").0, Step::Broken);
    }
}
