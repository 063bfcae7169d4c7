//! "Copied" is said only when another client could read the exact bytes. The ways, best first: the
//! display's clipboard, held by a process of its own that outlives this one; the tmux server around us;
//! the terminal itself by OSC 52. A display that hangs costs two seconds and never blocks the loop.

mod display;
mod hold;
mod holder;
mod order;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{io::AsyncWriteExt, process::Command, sync::oneshot, time::timeout};
use zeroize::Zeroizing;

use self::holder::Holder;
use super::{Channel, Content, Delivery, Lease, Receipt, Surroundings, unguessable};

pub use hold::{hold, read_back};

/// How long a display or tmux may take, so that its failure is told within two seconds.
const PATIENCE: Duration = Duration::from_millis(1_800);
/// The longest payload in base64 that terminals take.
const OSC_52_LIMIT: usize = 74_994;

/// The clipboard as this process has used it.
#[derive(Debug)]
pub struct Clipboard {
    /// Who holds the last copy.
    held: Arc<Mutex<Option<Held>>>,
    /// A secret was not copied because the way through tmux would keep it; asking again takes that way.
    warned: AtomicBool,
    patience: Duration,
}

/// A copy that a holder keeps.
#[derive(Debug)]
struct Held {
    holder: Holder,
    lasts: Option<Duration>,
}

impl Clipboard {
    /// Starts and connects to nothing until the first copy.
    pub fn new() -> Self {
        Self {
            held: Arc::default(),
            warned: AtomicBool::new(false),
            patience: PATIENCE,
        }
    }

    /// Whether there is a clipboard that can be asked; a terminal's cannot.
    pub async fn check(&self, around: &Surroundings) -> Result<(), String> {
        let mut refused = Vec::new();
        if around.has_display() {
            let (by, asked) = (Instant::now() + self.patience, around.clone());
            match away(move || holder::connect(&asked, by)).await {
                Ok(()) => return Ok(()),
                Err(why) => refused.push(why),
            }
        }
        if around.tmux.is_some() {
            match tmux(
                around,
                &["display-message", "-p", "-F", "#{version}"],
                &[],
                self.patience,
            )
            .await
            {
                Ok(()) => return Ok(()),
                Err(why) => refused.push(why),
            }
        }
        if refused.is_empty() {
            refused.push("there is no display".to_owned());
        }
        Err(format!(
            "no clipboard can be asked ({}), and a terminal does not say whether it took a copy; choose another sink",
            refused.join("; ")
        ))
    }

    /// Copies by the best way there is; a secret stays for the given time.
    pub async fn copy(&self, around: &Surroundings, content: Content, stays: Duration) -> Delivery {
        let lasts = content.secret.then_some(stays);
        let mut refused = Vec::new();
        if around.has_display() {
            match self.to_display(around, &content, lasts).await {
                Ok(receipt) => return receipt.into(),
                Err(why) => refused.push(why),
            }
        }
        if around.tmux.is_some() {
            match to_tmux(around, &content, self.patience).await {
                Ok(()) => return Receipt::Handed(Channel::Tmux).into(),
                Err(why) => refused.push(why),
            }
            if content.secret && !self.warned.swap(true, Ordering::SeqCst) {
                refused.push(
                    "copy again to send it to the terminal through tmux, whose buffers may keep it"
                        .to_owned(),
                );
                return Receipt::NotCopied(refused.join("; ")).into();
            }
        }
        match osc_52(&content) {
            Ok(bytes) => Delivery {
                for_terminal: Some(bytes),
                ..Receipt::Handed(Channel::Terminal).into()
            },
            Err(why) => {
                refused.push(why);
                Receipt::NotCopied(refused.join("; ")).into()
            }
        }
    }

    /// Lets the time of the last copy begin anew.
    pub async fn extend(&self) -> Result<Lease, String> {
        let (held, by) = (Arc::clone(&self.held), Instant::now() + self.patience);
        away(move || {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            let gone = || "the clipboard no longer holds it; copy it again".to_owned();
            let Held { holder, lasts } = held.as_mut().ok_or_else(gone)?;
            let lasts = lasts.ok_or_else(gone)?;
            holder.extend(by).map_err(|_| gone())?;
            Ok(Lease::from_now(lasts))
        })
        .await
    }

    async fn to_display(
        &self,
        around: &Surroundings,
        content: &Content,
        lasts: Option<Duration>,
    ) -> Result<Receipt, String> {
        let by = Instant::now() + self.patience;
        let (around, content, held) = (around.clone(), content.again(), Arc::clone(&self.held));
        away(move || {
            let (holder, channel, read) = hand_over(&around, content, lasts, by)?;
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(old) = held.replace(Held { holder, lasts }) {
                old.holder.end();
            }
            Ok(if read {
                Receipt::Copied {
                    channel,
                    lease: lasts.map(Lease::from_now),
                }
            } else {
                Receipt::Handed(channel)
            })
        })
        .await
    }
}

/// Gives a content to a holder of its own and lets another client read it back; tells which clipboard it
/// is and whether the exact bytes came back.
pub fn hand_over(
    around: &Surroundings,
    content: Content,
    lasts: Option<Duration>,
    by: Instant,
) -> Result<(Holder, Channel, bool), String> {
    let expected = content.text.clone();
    let (holder, channel) = Holder::start(around, content, lasts, by)?;
    let read = holder::reads_back(around, &expected, by);
    Ok((holder, channel, read))
}

/// Does what may hang in a thread that nobody waits for at the end of the process.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (reply, answer) = oneshot::channel();
    thread::Builder::new()
        .spawn(move || drop(reply.send(work())))
        .map_err(|error| format!("no thread can be started: {error}"))?;
    answer
        .await
        .unwrap_or_else(|_| Err("keyrack failed within; this is a defect of keyrack".to_owned()))
}

/// Gives the content to the tmux server, and by it to the clipboard of the terminal that shows us. A
/// secret's buffer has a name of its own and is deleted in the same breath: no list of buffers shows it.
async fn to_tmux(
    around: &Surroundings,
    content: &Content,
    patience: Duration,
) -> Result<(), String> {
    let text = content.text.as_bytes();
    if !content.secret {
        return tmux(around, &["load-buffer", "-w", "-"], text, patience).await;
    }
    let name = unguessable().map_err(|error| error.to_string())?;
    let name = format!("keyrack-{name}");
    let load = ["load-buffer", "-w", "-b", &name, "-"];
    let delete = ["delete-buffer", "-b", &name];
    let both = [load.as_slice(), &[";"], &delete].concat();
    tmux(around, &both, text, patience).await
}

/// Runs tmux on the server around us; what it is to read goes by its standard input.
async fn tmux(
    around: &Surroundings,
    arguments: &[&str],
    input: &[u8],
    patience: Duration,
) -> Result<(), String> {
    let program = around.find("tmux").ok_or("tmux is not on PATH")?;
    let variable = |name, value: &Option<_>| value.clone().map(|value| (name, value));
    let mut child = Command::new(program)
        .env_clear()
        .envs(variable("TMUX", &around.tmux))
        .envs(variable("TMUX_PANE", &around.tmux_pane))
        .args(arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("tmux cannot be started: {error}"))?;
    let done = timeout(patience, async {
        let mut taken = Ok(());
        if let Some(mut stdin) = child.stdin.take() {
            taken = stdin.write_all(input).await;
        }
        (taken, child.wait().await)
    });
    match done.await {
        Ok((Ok(()), Ok(status))) if status.success() => Ok(()),
        // Its end says more than that it did not read.
        Ok((_, Ok(status))) if !status.success() => Err(format!("tmux refused it ({status})")),
        Ok((Err(error), _) | (_, Err(error))) => Err(format!("tmux did not take it: {error}")),
        Ok(_) => Err("tmux did not take it".to_owned()),
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
    let (begin, end) = (b"\x1b]52;c;", b"\x1b\\");
    // Reserved at once: growing would leave copies behind.
    let mut sequence = Zeroizing::new(Vec::with_capacity(begin.len() + length + end.len()));
    sequence.extend_from_slice(begin);
    sequence.resize(begin.len() + length, 0);
    // Into its place at once: what appends does so by way of the stack, where it would stay.
    let place = sequence.get_mut(begin.len()..).unwrap_or_default();
    BASE64_STANDARD
        .encode_slice(text.as_bytes(), place)
        .map_err(|_| "it cannot be written in base64".to_owned())?;
    sequence.extend_from_slice(end);
    Ok(sequence)
}

#[cfg(test)]
mod tests;
