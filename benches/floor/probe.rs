//! A program on a pseudo-terminal whose output is stamped as it arrives, and nothing more: a screen is
//! kept only where a text is waited for, so that the probe costs less than what it measures.

use std::{
    collections::BTreeMap,
    error::Error,
    ffi::OsString,
    fs,
    io::{Read, Write},
    num::NonZeroU16,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// After this long without output a frame is taken to be whole.
const QUIET: Duration = Duration::from_millis(4);
const DEADLINE: Duration = Duration::from_mins(1);

/// A program at 120×40.
pub struct Probe {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: mpsc::Receiver<(Instant, Vec<u8>)>,
    started: Instant,
    screen: vt100::Parser,
    _master: Box<dyn MasterPty + Send>,
    _home: tempfile::TempDir,
}

/// What many keys at once cost.
pub struct Burst {
    pub time: f64,
    pub frames: f64,
    pub bytes: f64,
}

/// What a program does while nothing happens.
pub struct Idle {
    pub wakeups: f64,
    pub bytes: f64,
    pub cpu: f64,
}

impl Probe {
    pub fn start(program: &str, arguments: &[String]) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let pair = native_pty_system().openpty(PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path());
        command.env("HOME", home.path());
        command.env("PATH", "/usr/bin:/bin");
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let mut reader = pair.master.try_clone_reader()?;
        let (send, output) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                let now = Instant::now();
                let part = bytes.get(..length).unwrap_or_default().to_vec();
                if send.send((now, part)).is_err() {
                    break;
                }
            }
        });
        let keyboard = pair.master.take_writer()?;
        let [rows, columns] =
            [40, 120].map(|size| NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN));
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        Ok(Self {
            child,
            keyboard,
            output,
            started,
            screen: vt100::Parser::new(rows, columns, 0),
            _master: pair.master,
            _home: home,
        })
    }

    /// Milliseconds from the start to the end of the first frame.
    pub fn first_frame(&self, end: &str) -> Result<f64> {
        let mut all = Vec::new();
        loop {
            let (at, part) = self.output.recv_timeout(DEADLINE)?;
            all.extend(part);
            if String::from_utf8_lossy(&all).contains(end) {
                return Ok(milliseconds(at.duration_since(self.started)));
            }
        }
    }

    /// Reads until nothing has come for a while.
    pub fn settle(&self, quiet: Duration) {
        while self.output.recv_timeout(quiet).is_ok() {}
    }

    /// Reads until the screen shows a text; milliseconds from the start to what completed it.
    pub fn wait_text(&mut self, text: &str) -> Result<f64> {
        self.wait_since(self.started, text)
    }

    /// Writes keys and reads until the screen shows a text; milliseconds. The screen is what was read in waiting
    /// for a text alone.
    pub fn until(&mut self, keys: &str, text: &str) -> Result<f64> {
        let pressed = Instant::now();
        self.keyboard.write_all(keys.as_bytes())?;
        self.wait_since(pressed, text)
    }

    fn wait_since(&mut self, since: Instant, text: &str) -> Result<f64> {
        let mut last = since;
        while !self.screen.screen().contents().contains(text) {
            let Ok((at, part)) = self.output.recv_timeout(DEADLINE) else {
                let screen = self.screen.screen().contents();
                return Err(format!("“{text}” does not come; the screen is\n{screen}").into());
            };
            self.screen.process(&part);
            last = at;
        }
        Ok(milliseconds(last.duration_since(since)))
    }

    /// Writes keys; milliseconds to the last output before so long a quiet.
    pub fn settled(&mut self, keys: &str, quiet: Duration) -> Result<f64> {
        let pressed = Instant::now();
        self.keyboard.write_all(keys.as_bytes())?;
        let (mut last, _) = self.output.recv_timeout(DEADLINE)?;
        while let Ok((at, _)) = self.output.recv_timeout(quiet) {
            last = at;
        }
        Ok(milliseconds(last.duration_since(pressed)))
    }

    /// Presses a key many times, each after the frame of the one before: milliseconds and bytes each.
    pub fn keys(&mut self, times: usize, key: &str) -> Result<(Vec<f64>, Vec<f64>)> {
        let (mut took, mut wrote) = (Vec::new(), Vec::new());
        for _ in 0..times {
            let pressed = Instant::now();
            self.keyboard.write_all(key.as_bytes())?;
            let (last, bytes) = self.frame()?;
            took.push(milliseconds(last.duration_since(pressed)));
            wrote.push(count(bytes.len()));
        }
        Ok((took, wrote))
    }

    /// Presses a key many times in one write.
    pub fn burst(&mut self, times: usize, key: &str, frame: &str) -> Result<Burst> {
        let pressed = Instant::now();
        self.keyboard.write_all(key.repeat(times).as_bytes())?;
        let (mut last, mut bytes) = self.frame()?;
        while let Ok((at, more)) = self.output.recv_timeout(Duration::from_millis(200)) {
            last = at;
            bytes.extend(more);
        }
        Ok(Burst {
            time: milliseconds(last.duration_since(pressed)),
            frames: count(String::from_utf8_lossy(&bytes).matches(frame).count()),
            bytes: count(bytes.len()),
        })
    }

    /// Does nothing for a while and counts what the program does.
    pub fn idle(&self, time: Duration) -> Result<Idle> {
        let (wakeups, cpu) = (self.wakeups()?, self.cpu()?);
        let deadline = Instant::now() + time;
        let mut bytes = 0;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok((_, part)) => bytes += part.len(),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Err("it ended".into()),
            }
        }
        Ok(Idle {
            // A thread that ended meanwhile has no number left, and one wakeup to end by.
            wakeups: self
                .wakeups()?
                .iter()
                .map(|(thread, times)| times - wakeups.get(thread).unwrap_or(&0.0))
                .sum(),
            bytes: count(bytes),
            cpu: self.cpu()? - cpu,
        })
    }

    /// Milliseconds from `q` to the end of the process.
    pub fn quit(&mut self) -> Result<f64> {
        let pressed = Instant::now();
        self.keyboard.write_all(b"q")?;
        self.child.wait()?;
        Ok(milliseconds(pressed.elapsed()))
    }

    /// A line of /proc/PID/status in MiB: `VmRSS`, `VmHWM`.
    pub fn memory(&self, line: &str) -> Result<f64> {
        Ok(status(&self.path("status"), line)? / 1024.0)
    }

    /// Times that each thread went to sleep and came back.
    fn wakeups(&self) -> Result<BTreeMap<OsString, f64>> {
        let mut all = BTreeMap::new();
        for thread in fs::read_dir(self.path("task"))? {
            let thread = thread?;
            let path = thread.path().join("status");
            let times = status(&path.to_string_lossy(), "voluntary_ctxt_switches")?;
            all.insert(thread.file_name(), times);
        }
        Ok(all)
    }

    /// Milliseconds of processor time so far, in steps of the system's clock, which are ten.
    fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(self.path("stat"))?;
        let (_, fields) = stat.rsplit_once(')').ok_or("no such process")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        ticks.map(|ticks| Ok(ticks.parse::<f64>()? * 10.0)).sum()
    }

    fn path(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.process_id().unwrap_or(0))
    }

    /// The next frame: when its last byte came, and its bytes.
    fn frame(&self) -> Result<(Instant, Vec<u8>)> {
        let (mut last, mut bytes) = self.output.recv_timeout(DEADLINE)?;
        while let Ok((at, more)) = self.output.recv_timeout(QUIET) {
            last = at;
            bytes.extend(more);
        }
        Ok((last, bytes))
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number on a line of a file under /proc.
fn status(path: &str, line: &str) -> Result<f64> {
    let status = fs::read_to_string(path)?;
    let value = status
        .lines()
        .find_map(|one| one.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|rest| rest.split_whitespace().next());
    Ok(value.ok_or("no such line")?.parse()?)
}

pub fn median(values: &[f64]) -> f64 {
    quantile(values, 1, 2)
}

pub fn p99(values: &[f64]) -> f64 {
    quantile(values, 99, 100)
}

fn quantile(values: &[f64], part: usize, whole: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // Of few values the 99th percentile is the greatest.
    let at = (sorted.len().saturating_sub(1) * part).div_ceil(whole);
    sorted.get(at).copied().unwrap_or(0.0)
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
