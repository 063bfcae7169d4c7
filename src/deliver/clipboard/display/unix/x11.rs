//! The CLIPBOARD selection of an X server. arboard owns and serves it; a connection of our own watches
//! it, and gives it back in a way that the server ignores once another program has taken it.

use std::{
    error::Error,
    sync::{Arc, mpsc::Sender},
    thread,
};

use arboard::{Clipboard, SetExtLinux as _};
use x11rb::{
    COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE,
    connection::Connection as _,
    protocol::{
        Event as Sent,
        xfixes::{ConnectionExt as _, SelectionEventMask},
        xproto::{
            Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, Timestamp,
            Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};
use zeroize::Zeroizing;

use super::{Channel, Event, Owned, words};

/// What cannot be done on a connection, whichever way it fails.
type Failure = Box<dyn Error>;

/// Owns the selection; tells when somebody else does, or when the server is gone.
pub fn own(text: &Zeroizing<String>, secret: bool, events: Sender<Event>) -> Result<Owned, String> {
    let failed = |error: Failure| format!("the display failed: {error}");
    let client = Client::connect()?;
    client.watch().map_err(failed)?;
    let mut clipboard = Clipboard::new().map_err(words)?;
    let set = clipboard.set();
    let set = if secret {
        set.exclude_from_history()
    } else {
        set
    };
    set.text(text.as_str()).map_err(words)?;
    // It asks the server who owns the selection: once that is answered, the server knows that we do.
    if *Zeroizing::new(clipboard.get_text().map_err(words)?) != **text {
        return Err("another program took the clipboard".to_owned());
    }
    let (owner, since) = client.owner_and_time().map_err(failed)?;
    let client = Arc::new(client);
    let watching = Arc::clone(&client);
    let watch = move || {
        watching.until_owner_is_not(owner);
        let _ = events.send(Event::Gone);
        // Dropped, it would hand the content over to a clipboard manager; the process ends instead.
        std::mem::forget(clipboard);
    };
    thread::Builder::new()
        .spawn(watch)
        .map_err(|error| error.to_string())?;
    Ok(Owned {
        channel: Channel::X11,
        release: Box::new(move || client.release(since)),
    })
}

/// What the selection holds, as any client gets it; nothing if it has no owner or the owner refuses.
pub fn read() -> Result<Zeroizing<Vec<u8>>, String> {
    let client = Client::connect()?;
    let read = client.read();
    read.map_err(|error| format!("the display failed: {error}"))
}

/// A client of the X server with a window that nobody sees.
struct Client {
    server: RustConnection,
    window: Window,
    selection: Atom,
    property: Atom,
}

impl Client {
    fn connect() -> Result<Self, String> {
        let (server, screen) = x11rb::connect(None)
            .map_err(|error| format!("the X server cannot be reached: {error}"))?;
        Self::with(server, screen).map_err(|error| format!("the display failed: {error}"))
    }

    fn with(server: RustConnection, screen: usize) -> Result<Self, Failure> {
        let roots = &server.setup().roots;
        let root = roots.get(screen).ok_or("the X server has no screen")?.root;
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
            &CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE),
        )?;
        let atom = |name: &[u8]| -> Result<Atom, Failure> {
            Ok(server.intern_atom(false, name)?.reply()?.atom)
        };
        let (selection, property) = (atom(b"CLIPBOARD")?, atom(b"KEYRACK")?);
        Ok(Self {
            server,
            window,
            selection,
            property,
        })
    }

    /// Asks to be told of every change of owner.
    fn watch(&self) -> Result<(), Failure> {
        self.server.xfixes_query_version(5, 0)?.reply()?;
        let changes = SelectionEventMask::SET_SELECTION_OWNER
            | SelectionEventMask::SELECTION_WINDOW_DESTROY
            | SelectionEventMask::SELECTION_CLIENT_CLOSE;
        let asked =
            self.server
                .xfixes_select_selection_input(self.window, self.selection, changes)?;
        Ok(asked.check()?)
    }

    /// Who owns the selection, and the server's time now.
    fn owner_and_time(&self) -> Result<(Window, Timestamp), Failure> {
        let owner = self.server.get_selection_owner(self.selection)?.reply()?;
        self.server.change_property8(
            PropMode::APPEND,
            self.window,
            self.property,
            AtomEnum::STRING,
            &[],
        )?;
        self.server.flush()?;
        loop {
            if let Sent::PropertyNotify(told) = self.server.wait_for_event()? {
                return Ok((owner.owner, told.time));
            }
        }
    }

    /// Waits until somebody else owns the selection, or the server is gone.
    fn until_owner_is_not(&self, owner: Window) {
        while let Ok(event) = self.server.wait_for_event() {
            if let Sent::XfixesSelectionNotify(told) = event
                && told.owner != owner
            {
                return;
            }
        }
    }

    /// Leaves the selection without an owner. The server ignores this when it changed after that time.
    fn release(&self, since: Timestamp) {
        let released = self.server.set_selection_owner(NONE, self.selection, since);
        if released.is_ok() {
            let _ = self.server.sync();
        }
    }

    fn read(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let target = self
            .server
            .intern_atom(false, b"UTF8_STRING")?
            .reply()?
            .atom;
        self.server.convert_selection(
            self.window,
            self.selection,
            target,
            self.property,
            CURRENT_TIME,
        )?;
        self.server.flush()?;
        loop {
            if let Sent::SelectionNotify(answer) = self.server.wait_for_event()? {
                if answer.property == NONE {
                    return Ok(Zeroizing::default());
                }
                let whole = u32::MAX / 4;
                let read = self.server.get_property(
                    true,
                    self.window,
                    self.property,
                    AtomEnum::ANY,
                    0,
                    whole,
                )?;
                return Ok(Zeroizing::new(read.reply()?.value));
            }
        }
    }
}
