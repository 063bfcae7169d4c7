//! This process's side of a clipboard holder: the same binary, started anew, gets the content by a pipe
//! and never by its arguments or variables. Everything here is bounded by an instant, and a holder that
//! has not answered by then is ended.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::Instant,
};

use zeroize::Zeroizing;

use super::{
    super::Surroundings,
    Channel, Content,
    order::{Answer, END, EXTEND, EXTENDED, Order},
};

/// How often the clipboard is read before it is believed that it holds something else.
const TRIES: usize = 3;
/// A display that is there and says nothing.
const SILENT: &str = "the display does not answer";

/// A process that holds the clipboard. Dropped, it holds on until its time is over.
#[derive(Debug)]
pub struct Holder {
    orders: ChildStdin,
    words: Receiver<String>,
}

impl Holder {
    /// Starts a holder, and waits until it owns the clipboard.
    pub fn start(
        around: &Surroundings,
        content: Content,
        lasts: Option<std::time::Duration>,
        by: Instant,
    ) -> Result<(Self, Channel), String> {
        let mut child = command(around, &["hold"])?
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| cannot_start(&error))?;
        let (Some(mut orders), Some(words)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the clipboard's holder has no pipes".to_owned());
        };
        let child = Arc::new(Mutex::new(child));
        let (said, hear) = mpsc::channel();
        let (ready, given) = mpsc::channel();
        let reaped = Arc::clone(&child);
        // A content may be longer than a pipe takes from one who waits for an answer.
        let talk = move || {
            let order = Order {
                length: content.text.len(),
                lasts,
                secret: content.secret,
            };
            let told = writeln!(orders, "{order}")
                .and_then(|()| orders.write_all(content.text.as_bytes()));
            drop(content);
            if told.is_ok() {
                let _ = ready.send(orders);
            }
            for word in BufReader::new(words).lines().map_while(Result::ok) {
                let _ = said.send(word);
            }
            let _ = lock(&reaped).wait();
        };
        let answer = thread::Builder::new()
            .spawn(talk)
            .map_err(|error| cannot_start(&error))
            .and_then(|_| owned(&hear, by))
            .and_then(|channel| Ok((channel, given.recv().map_err(|_| SILENT)?)));
        match answer {
            Ok((channel, orders)) => Ok((
                Self {
                    orders,
                    words: hear,
                },
                channel,
            )),
            Err(why) => {
                end(&child);
                Err(why)
            }
        }
    }

    /// Lets its time begin anew.
    pub fn extend(&mut self, by: Instant) -> io::Result<()> {
        writeln!(self.orders, "{EXTEND}")?;
        loop {
            let left = by.saturating_duration_since(Instant::now());
            let word = self.words.recv_timeout(left).map_err(io::Error::other)?;
            if word == EXTENDED {
                return Ok(());
            }
        }
    }

    /// Tells it that another holder took over.
    pub fn end(mut self) {
        // It may have noticed by itself.
        let _ = writeln!(self.orders, "{END}");
    }
}

fn owned(hear: &Receiver<String>, by: Instant) -> Result<Channel, String> {
    let left = by.saturating_duration_since(Instant::now());
    match hear.recv_timeout(left) {
        Ok(word) => match word.parse() {
            Ok(Answer::Owned(channel)) => Ok(channel),
            Ok(Answer::Failed(why)) => Err(why),
            Err(()) => Err("the clipboard's holder is not understood".to_owned()),
        },
        Err(mpsc::RecvTimeoutError::Timeout) => Err(SILENT.to_owned()),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err("the clipboard's holder ended at once".to_owned())
        }
    }
}

/// Whether a process that is neither this one nor the holder reads exactly this from the clipboard.
pub fn reads_back(around: &Surroundings, expected: &str, by: Instant) -> bool {
    // A compositor may serve two clients in another order than they asked.
    (0..TRIES).any(|_| {
        let read = read(around, expected.len(), by);
        read.is_ok_and(|read| *read == expected.as_bytes())
    })
}

/// Whether the display can be reached.
pub fn connect(around: &Surroundings, by: Instant) -> Result<(), String> {
    read(around, 0, by).map(|_| ())
}

/// What the clipboard holds, as another process reads it: up to one byte more than expected.
fn read(around: &Surroundings, expected: usize, by: Instant) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut child = command(around, &["hold", "--read-back"])?
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| cannot_start(&error))?;
    let output = child.stdout.take();
    let child = Arc::new(Mutex::new(child));
    let (send, receive) = mpsc::channel();
    let reaped = Arc::clone(&child);
    let listen = move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(expected + 2));
        let most = u64::try_from(expected)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let read = output.map_or(Ok(0), |output| output.take(most).read_to_end(&mut bytes));
        let ended = lock(&reaped).wait();
        let _ = send.send(match (read, ended) {
            (Ok(_), Ok(status)) if status.success() || !bytes.is_empty() => Ok(bytes),
            _ => Err("the display cannot be reached".to_owned()),
        });
    };
    let started = thread::Builder::new()
        .spawn(listen)
        .map_err(|error| cannot_start(&error));
    let left = by.saturating_duration_since(Instant::now());
    let read = started.and_then(|_| {
        let read = receive.recv_timeout(left);
        read.unwrap_or_else(|_| Err(SILENT.to_owned()))
    });
    if read.is_err() {
        end(&child);
    }
    read
}

/// This binary in surroundings of its own: the way to the display, and nothing else of ours.
fn command(around: &Surroundings, arguments: &[&str]) -> Result<Command, String> {
    let program = around
        .program
        .as_ref()
        .ok_or("keyrack's own program cannot be found, to hold the clipboard")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(around.display.iter().map(|(name, value)| (name, value)))
        .current_dir(if cfg!(windows) { "." } else { "/" })
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "keyrack");
    #[cfg(windows)]
    {
        // DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP: it outlives the console window.
        std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0000_0208);
    }
    Ok(command)
}

fn cannot_start(error: &io::Error) -> String {
    format!("the clipboard's holder cannot be started: {error}")
}

/// Ends a process, unless it has ended and is being reaped.
fn end(child: &Mutex<Child>) {
    if let Ok(mut child) = child.try_lock() {
        let _ = child.kill();
    }
}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}
