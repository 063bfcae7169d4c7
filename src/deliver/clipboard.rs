//! "Copied" is said only when another client could read the exact bytes. The ways, best first: the
//! display's clipboard, the tmux server around us, the terminal itself by OSC 52; a display that
//! hangs costs two seconds once and never blocks the loop.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{io::AsyncWriteExt, process::Command, sync::oneshot, time::timeout};
use zeroize::Zeroizing;

use super::{Channel, Content, Delivery, Receipt, Surroundings};

mod display;

/// How long a display or tmux may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest payload in base64 that terminals take.
const OSC_52_LIMIT: usize = 74_994;

/// Puts a text where other programs can read it back; true keeps it out of histories.
type Put = Box<dyn FnMut(Zeroizing<String>, bool) -> Result<Receipt, String>>;

/// The clipboard, owned for the life of the process: a selection dies with its owner.
#[derive(Debug)]
pub struct Clipboard {
    /// Makes the owner, in the thread that then keeps it.
    open: fn() -> Put,
    worker: OnceLock<mpsc::Sender<Job>>,
    /// A job has not come back in time and still runs.
    stuck: Arc<AtomicBool>,
    patience: Duration,
}

#[derive(Debug)]
struct Job {
    text: Zeroizing<String>,
    secret: bool,
    reply: oneshot::Sender<Result<Receipt, String>>,
}

impl Default for Clipboard {
    fn default() -> Self {
        Self::new()
    }
}

impl Clipboard {
    /// Connects to nothing until the first copy.
    #[must_use]
    pub fn new() -> Self {
        Self {
            open: display::open,
            worker: OnceLock::new(),
            stuck: Arc::new(AtomicBool::new(false)),
            patience: PATIENCE,
        }
    }

    /// Copies by the best way there is.
    pub async fn copy(&self, around: &Surroundings, content: Content) -> Delivery {
        let mut refused = Vec::new();
        if around.x11 || around.wayland || cfg!(any(windows, target_os = "macos")) {
            match self.to_display(&content).await {
                Ok(receipt) => return receipt.into(),
                Err(why) => refused.push(why),
            }
        }
        if around.tmux.is_some() {
            match to_tmux(around, &content, self.patience).await {
                Ok(()) => return Receipt::Handed(Channel::Tmux).into(),
                Err(why) => refused.push(why),
            }
        }
        match osc_52(&content) {
            Ok(bytes) => Delivery {
                receipt: Receipt::Handed(Channel::Terminal),
                for_terminal: Some(bytes),
            },
            Err(why) => {
                refused.push(why);
                Receipt::Failed(refused.join("; ")).into()
            }
        }
    }

    async fn to_display(&self, content: &Content) -> Result<Receipt, String> {
        if self.stuck.load(Ordering::SeqCst) {
            return Err("the display does not answer".to_owned());
        }
        let (reply, answer) = oneshot::channel();
        let job = Job {
            text: content.text.clone(),
            secret: content.secret,
            reply,
        };
        self.worker()
            .send(job)
            .map_err(|_| "the clipboard's thread has ended".to_owned())?;
        match timeout(self.patience, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err("the clipboard's thread has ended".to_owned()),
            Err(_) => {
                self.stuck.store(true, Ordering::SeqCst);
                Err("the display does not answer".to_owned())
            }
        }
    }

    /// The thread that owns the selection; it ends with the process.
    fn worker(&self) -> &mpsc::Sender<Job> {
        self.worker.get_or_init(|| {
            let (jobs, inbox) = mpsc::channel::<Job>();
            let (open, stuck) = (self.open, Arc::clone(&self.stuck));
            thread::spawn(move || {
                let mut put = open();
                for job in inbox {
                    // Nobody waits any more: a late copy would replace what the user copied since.
                    if !job.reply.is_closed() {
                        let _ = job.reply.send(put(job.text, job.secret));
                    }
                    stuck.store(false, Ordering::SeqCst);
                }
            });
            jobs
        })
    }
}

/// Loads a buffer of the tmux server, and by it the clipboard of the terminal that shows it; the text
/// goes by the standard input.
async fn to_tmux(
    around: &Surroundings,
    content: &Content,
    patience: Duration,
) -> Result<(), String> {
    let mut tmux = Command::new("tmux");
    tmux.env_clear()
        .envs(around.path.as_ref().map(|path| ("PATH", path)))
        .envs(around.tmux.as_ref().map(|tmux| ("TMUX", tmux)))
        .args(["load-buffer", "-w", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true);
    let mut child = tmux
        .spawn()
        .map_err(|error| format!("tmux cannot be started: {error}"))?;
    let loaded = timeout(patience, async {
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(content.text.as_bytes()).await?;
        }
        child.wait().await
    });
    match loaded.await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("tmux refused it ({status})")),
        Ok(Err(error)) => Err(format!("tmux did not take it: {error}")),
        Err(_) => Err("tmux does not answer".to_owned()),
    }
}

/// The sequence that asks the terminal to take the content to its clipboard.
fn osc_52(content: &Content) -> Result<Zeroizing<Vec<u8>>, String> {
    let text = &content.text;
    let length = text.len().div_ceil(3).saturating_mul(4);
    if length > OSC_52_LIMIT {
        return Err(format!(
            "{} bytes are too many for a terminal's clipboard",
            text.len()
        ));
    }
    // Reserved at once: growing would leave copies behind.
    let mut sequence = Zeroizing::new(String::with_capacity(length + 16));
    sequence.push_str("\x1b]52;c;");
    BASE64_STANDARD.encode_string(text.as_bytes(), &mut sequence);
    sequence.push_str("\x1b\\");
    Ok(Zeroizing::new(std::mem::take(&mut *sequence).into_bytes()))
}

#[cfg(test)]
mod tests;
