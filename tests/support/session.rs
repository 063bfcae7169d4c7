//! The real binary on a real pseudo-terminal: keys go in as bytes, the screen comes out as a terminal
//! would show it. Tests await states of the screen; nothing sleeps for a fixed time.

use std::{
    fs::File,
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, Signal},
    termios::Termios,
};
use tempfile::TempDir;

/// How long any state is awaited before the test fails.
const DEADLINE: Duration = Duration::from_secs(20);
/// Leads the terminal's session and starts the program, so that the terminal outlives the program: the
/// kernel resets the modes of a terminal whose leader ends. Both tell what they know in sequences that
/// a terminal ignores. A file that may not grow is an error for the program, as on a full disk, and not
/// its end.
const LEADER: &str = r#"
sh -c 'trap "" XFSZ; printf "\033]7777;pid=%s\007" $$; exec "$@"' sh "$@"
printf '\033]7777;exit=%s\007' $?
exec sleep 3600
"#;
/// How long the output of a program that has ended is awaited.
const LAST_WORDS: Duration = Duration::from_millis(500);
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// A program on a terminal of its own, with a home directory of its own.
pub struct Session {
    home: Arc<TempDir>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    /// The terminal itself, to look at its modes and its queue.
    tty: File,
    leader: Pid,
    pid: Pid,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    before: String,
}

/// What the terminal shows, and every byte that it was sent.
struct Shown {
    parser: vt100::Parser,
    log: Vec<u8>,
    /// Where the log has been shown up to; a frame is shown when its last byte is there.
    done: usize,
}

impl Session {
    /// Starts keyrack; the home directory is empty.
    pub fn start(args: &[&str], size: (u16, u16), env: &[(&str, &str)]) -> Self {
        Self::run(env!("CARGO_BIN_EXE_keyrack"), args, size, env)
    }

    /// Starts any program in the same surroundings.
    pub fn run(program: &str, args: &[&str], size: (u16, u16), env: &[(&str, &str)]) -> Self {
        Self::run_in(
            Arc::new(tempfile::tempdir().unwrap()),
            program,
            args,
            size,
            env,
        )
    }

    /// Starts keyrack anew on another terminal, with the home directory of this one.
    pub fn again(&self, args: &[&str], size: (u16, u16), env: &[(&str, &str)]) -> Self {
        let program = env!("CARGO_BIN_EXE_keyrack");
        Self::run_in(Arc::clone(&self.home), program, args, size, env)
    }

    fn run_in(
        home: Arc<TempDir>,
        program: &str,
        args: &[&str],
        size: (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let tty = File::options()
            .read(true)
            .open(pair.master.tty_name().unwrap())
            .unwrap();
        let before = modes(&tty);
        let leader = pair
            .slave
            .spawn_command(command(program, args, env, home.path()))
            .unwrap();
        let leader = i32::try_from(leader.process_id().unwrap()).unwrap();
        let shown = Arc::new((Mutex::new(Shown::new(size)), Condvar::new()));
        read_screen(&*pair.master, Arc::clone(&shown));
        let mut session = Self {
            home,
            keyboard: pair.master.take_writer().unwrap(),
            master: pair.master,
            tty,
            leader: Pid::from_raw(leader).unwrap(),
            pid: Pid::INIT,
            shown,
            before,
        };
        session.pid = Pid::from_raw(session.told("pid")).unwrap();
        session
    }

    /// Presses keys one after another: `j G Enter Esc ctrl-d alt-x F1 Up`. Each is taken by the
    /// program before the next is pressed.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.send(&encode(key));
        }
    }

    /// Types text as it stands.
    pub fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Pastes text as a terminal does when the program asked for marked pastes.
    pub fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends bytes and waits until the program has taken all of them.
    pub fn send(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
        let deadline = Instant::now() + DEADLINE;
        while self.has_input() {
            assert!(
                Instant::now() < deadline,
                "keys are not read\n{}",
                self.text()
            );
            thread::yield_now();
        }
    }

    /// Changes the terminal's size; columns and rows may be 0.
    pub fn resize(&mut self, size: (u16, u16)) {
        {
            let mut shown = self.lock();
            let (columns, rows) = at_least_one(size);
            shown.parser.screen_mut().set_size(rows, columns);
        }
        self.master.resize(pty_size(size)).unwrap();
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid, signal).unwrap();
    }

    /// Waits until the program and its leader are stopped, as a shell does before it prompts.
    #[track_caller]
    pub fn wait_stopped(&self) {
        let deadline = Instant::now() + DEADLINE;
        let stopped = |pid: Pid| {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).unwrap();
            stat.rsplit_once(')')
                .is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
        };
        while !stopped(self.pid) || !stopped(self.leader) {
            assert!(Instant::now() < deadline, "does not stop\n{}", self.text());
            thread::yield_now();
        }
    }

    /// Continues the program and its leader, as `fg` of a shell does.
    pub fn go_on(&self) {
        rustix::process::kill_process_group(self.leader, Signal::CONT).unwrap();
    }

    /// Waits for a state of the screen, and fails with the screen if it does not come.
    #[track_caller]
    pub fn wait_for(&self, what: &str, mut state: impl FnMut(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        let mut shown = self.lock();
        while !state(shown.parser.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            // Once the program has ended, nothing but its last words can come.
            let left = if shown.ended() {
                left.min(LAST_WORDS)
            } else {
                left
            };
            let (next, wait) = self.shown.1.wait_timeout(shown, left).unwrap();
            shown = next;
            assert!(
                !wait.timed_out() || state(shown.parser.screen()),
                "never came: {what}; the screen:\n{}\n{} bytes in all",
                shown.parser.screen().contents(),
                shown.log.len()
            );
        }
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    /// Waits until the screen no longer shows a text.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) {
        self.wait_for(&format!("no {text}"), |screen| {
            !screen.contents().contains(text)
        });
    }

    /// Waits for a state of everything that was sent to the terminal.
    #[track_caller]
    pub fn wait_log(&self, what: &str, mut state: impl FnMut(&[u8]) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        let mut shown = self.lock();
        while !state(&shown.log) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "never came: {what}; the screen:\n{}",
                shown.parser.screen().contents()
            );
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// The screen's text, one line a row, without trailing blanks.
    pub fn text(&self) -> String {
        self.lock().parser.screen().contents()
    }

    /// The screen as it stands.
    pub fn screen(&self) -> vt100::Screen {
        self.lock().parser.screen().clone()
    }

    /// Every byte that the program has sent to the terminal.
    pub fn log(&self) -> Vec<u8> {
        self.lock().log.clone()
    }

    /// The program's home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The id of the program's process.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// The terminal's modes, to compare.
    pub fn modes(&self) -> String {
        modes(&self.tty)
    }

    /// The terminal's modes before the program started.
    pub fn modes_before(&self) -> &str {
        &self.before
    }

    /// Waits for the program's end and returns its exit code as a shell sees it; what it wrote last is
    /// shown by then.
    #[track_caller]
    pub fn exit_code(&self) -> i32 {
        self.told("exit")
    }

    /// The number that the leader tells under a name.
    #[track_caller]
    fn told(&self, name: &str) -> i32 {
        let mark = format!("\x1b]7777;{name}=");
        let mut told = None;
        self.wait_log(name, |log| {
            told = log
                .windows(mark.len())
                .position(|part| part == mark.as_bytes())
                .and_then(|at| {
                    let rest = &log[at + mark.len()..];
                    let end = rest.iter().position(|byte| *byte == 7)?;
                    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
                });
            told.is_some()
        });
        told.unwrap()
    }

    /// Fails unless the terminal is as it was before the program started; call it after the end.
    #[track_caller]
    pub fn assert_restored(&self) {
        assert_eq!(self.modes(), self.before, "the terminal's modes");
        self.wait_for("the main screen with a cursor and no modes", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        let log = self.log();
        for mode in ["1004", "2026", "1049", "2004"] {
            let last = |end: &str| {
                let sequence = format!("\x1b[?{mode}{end}");
                log.windows(sequence.len())
                    .rposition(|part| part == sequence.as_bytes())
            };
            assert!(last("h") <= last("l"), "mode {mode} is left on");
        }
    }

    /// Keys are waiting to be read. A poll, unlike a count of the queue, first moves what was written to
    /// the other side of the terminal.
    fn has_input(&self) -> bool {
        let mut tty = [PollFd::new(&self.tty, PollFlags::IN)];
        poll(&mut tty, Some(&Timespec::default())).unwrap() > 0
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.0.lock().unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Continue it first: a stopped process would take the signal later.
        let _ = rustix::process::kill_process_group(self.leader, Signal::CONT);
        let _ = rustix::process::kill_process_group(self.leader, Signal::KILL);
    }
}

impl Shown {
    fn new(size: (u16, u16)) -> Self {
        let (columns, rows) = at_least_one(size);
        Self {
            parser: vt100::Parser::new(rows, columns, 0),
            log: Vec::new(),
            done: 0,
        }
    }

    /// The leader said that the program has ended.
    fn ended(&self) -> bool {
        let mark = b"\x1b]7777;exit=";
        let tail = &self.log[self.log.len().saturating_sub(64)..];
        tail.windows(mark.len()).any(|part| part == mark)
    }

    /// Shows what came, but no frame that is not whole.
    fn add(&mut self, bytes: &[u8]) {
        self.log.extend_from_slice(bytes);
        let news = &self.log[self.done..];
        let last = |mark: &[u8]| news.windows(mark.len()).rposition(|part| part == mark);
        let whole = match (last(BEGIN), last(END)) {
            (Some(begin), end) if end.is_none_or(|end| end < begin) => begin,
            _ => news.len(),
        };
        self.parser.process(&self.log[self.done..self.done + whole]);
        self.done += whole;
    }
}

fn read_screen(master: &dyn MasterPty, shown: Arc<(Mutex<Shown>, Condvar)>) {
    let mut reader = master.try_clone_reader().unwrap();
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(length @ 1..) = reader.read(&mut bytes) {
            shown.0.lock().unwrap().add(&bytes[..length]);
            shown.1.notify_all();
        }
    });
}

fn command(program: &str, args: &[&str], env: &[(&str, &str)], home: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(["-c", LEADER, "sh", program]);
    command.args(args);
    command.env_clear();
    command.cwd(home);
    command.env("HOME", home);
    for (name, folder) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        command.env(name, folder);
    }
    for (name, value) in [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
    ] {
        command.env(name, value);
    }
    for (name, value) in env {
        command.env(name, value);
    }
    command
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn at_least_one((columns, rows): (u16, u16)) -> (NonZeroU16, NonZeroU16) {
    let one = |size| NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN);
    (one(columns), one(rows))
}

fn modes(tty: &File) -> String {
    let Termios {
        input_modes,
        output_modes,
        control_modes,
        local_modes,
        special_codes,
        ..
    } = rustix::termios::tcgetattr(tty).unwrap();
    format!("{input_modes:?} {output_modes:?} {control_modes:?} {local_modes:?} {special_codes:?}")
}

/// The bytes that an xterm sends for a key.
fn encode(key: &str) -> Vec<u8> {
    let lower = key.to_lowercase();
    if let Some(letter) = lower.strip_prefix("ctrl-") {
        return match (letter, letter.as_bytes()) {
            ("space", _) => vec![0],
            (_, [letter @ b'a'..=b'z']) => vec![letter & 0x1f],
            (_, [sign @ (b'\\' | b']' | b'^' | b'_')]) => vec![sign & 0x1f],
            _ => panic!("no such key: {key}"),
        };
    }
    if let Some(rest) = key.strip_prefix("alt-") {
        return [b"\x1b".as_slice(), &encode(rest)].concat();
    }
    let sequence = match lower.as_str() {
        "enter" => "\r",
        "esc" => "\x1b",
        "tab" => "\t",
        "backtab" | "shift-tab" => "\x1b[Z",
        "space" => " ",
        "backspace" => "\x7f",
        "up" => "\x1b[A",
        "down" => "\x1b[B",
        "right" => "\x1b[C",
        "left" => "\x1b[D",
        "home" => "\x1b[H",
        "end" => "\x1b[F",
        "insert" => "\x1b[2~",
        "delete" => "\x1b[3~",
        "pageup" => "\x1b[5~",
        "pagedown" => "\x1b[6~",
        "f1" => "\x1bOP",
        "f2" => "\x1bOQ",
        "f3" => "\x1bOR",
        "f4" => "\x1bOS",
        "f5" => "\x1b[15~",
        _ if key.chars().count() == 1 => key,
        _ => panic!("no such key: {key}"),
    };
    sequence.as_bytes().to_vec()
}
