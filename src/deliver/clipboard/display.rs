//! The display's clipboard: set through arboard, then read back as another client would. `clipboard`
//! runs this in a thread of its own, which keeps what it opens.

use arboard::Clipboard;
use zeroize::Zeroizing;

use super::{Channel, Put, Receipt};

/// Makes the owner of the selection; the display is connected to with the first copy.
pub fn open() -> Put {
    let mut owner: Option<Clipboard> = None;
    Box::new(move |text, secret| {
        if owner.is_none() {
            owner = Some(Clipboard::new().map_err(words)?);
        }
        let Some(clipboard) = owner.as_mut() else {
            return Err("there is no clipboard".to_owned());
        };
        if let Err(error) = set(clipboard, &text, secret) {
            // A display that was restarted is connected to anew.
            owner = None;
            return Err(words(error));
        }
        Ok(receipt(clipboard, &text))
    })
}

fn words(error: arboard::Error) -> String {
    match error {
        arboard::Error::ClipboardNotSupported => "the display has no clipboard".to_owned(),
        arboard::Error::ClipboardOccupied => "another program holds the clipboard".to_owned(),
        arboard::Error::Unknown { description } => description,
        other => other.to_string(),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod system {
    use arboard::SetExtLinux;

    use super::{Channel, Clipboard, Receipt, Zeroizing};

    pub fn set(clipboard: &mut Clipboard, text: &str, secret: bool) -> Result<(), arboard::Error> {
        let set = clipboard.set();
        let set = if secret {
            set.exclude_from_history()
        } else {
            set
        };
        set.text(text)
    }

    /// On Wayland arboard reads through a connection of its own; on X11 it would answer from its own
    /// memory, so a second connection asks the server.
    pub fn receipt(clipboard: &mut Clipboard, text: &str) -> Receipt {
        // arboard's own test for which of the two it uses.
        let wayland = wl_clipboard_rs::utils::is_primary_selection_supported().is_ok();
        let (channel, read) = if wayland {
            let read = clipboard.get_text().ok().map(String::into_bytes);
            (Channel::Wayland, read)
        } else {
            (Channel::X11, read_x11(text.len()).ok().flatten())
        };
        match read.map(Zeroizing::new) {
            Some(read) if *read == text.as_bytes() => Receipt::Copied(channel),
            _ => Receipt::Handed(channel),
        }
    }

    /// The CLIPBOARD selection as another client of the X server gets it; none if its owner refuses.
    fn read_x11(expected: usize) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error>> {
        use x11rb::{
            COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE,
            connection::Connection,
            protocol::{
                Event,
                xproto::{AtomEnum, ConnectionExt, CreateWindowAux, WindowClass},
            },
        };
        let (server, screen) = x11rb::connect(None)?;
        let root = server
            .setup()
            .roots
            .get(screen)
            .ok_or("the X server has no screen")?
            .root;
        let window = server.generate_id()?;
        server.create_window(
            COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_OUTPUT,
            COPY_FROM_PARENT,
            &CreateWindowAux::new(),
        )?;
        let atom = |name: &[u8]| -> Result<u32, Box<dyn std::error::Error>> {
            Ok(server.intern_atom(false, name)?.reply()?.atom)
        };
        let (selection, target) = (atom(b"CLIPBOARD")?, atom(b"UTF8_STRING")?);
        let property = atom(b"KEYRACK_READ_BACK")?;
        server.convert_selection(window, selection, target, property, CURRENT_TIME)?;
        server.flush()?;
        loop {
            if let Event::SelectionNotify(answer) = server.wait_for_event()? {
                if answer.property == NONE {
                    return Ok(None);
                }
                let words = u32::try_from(expected / 4 + 1)?;
                let read = server.get_property(true, window, property, AtomEnum::ANY, 0, words)?;
                return Ok(Some(read.reply()?.value));
            }
        }
    }
}

#[cfg(any(windows, target_os = "macos"))]
mod system {
    use super::{Channel, Clipboard, Receipt, Zeroizing};

    pub fn set(clipboard: &mut Clipboard, text: &str, secret: bool) -> Result<(), arboard::Error> {
        #[cfg(target_os = "macos")]
        use arboard::SetExtApple as _;
        #[cfg(windows)]
        use arboard::SetExtWindows as _;
        let set = clipboard.set();
        let set = if secret {
            set.exclude_from_history()
        } else {
            set
        };
        #[cfg(windows)]
        let set = if secret {
            set.exclude_from_cloud()
        } else {
            set
        };
        set.text(text)
    }

    /// The system holds the content itself, so reading it back asks the system.
    pub fn receipt(clipboard: &mut Clipboard, text: &str) -> Receipt {
        match clipboard.get_text().map(Zeroizing::new) {
            Ok(read) if *read == text => Receipt::Copied(Channel::System),
            _ => Receipt::Handed(Channel::System),
        }
    }
}

use system::{receipt, set};
