//! A wire to the embedded backend that knows what went over it, and that can lose, cut, hold or refuse what a
//! test says.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
};

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It never arrives.
    LostBefore,
    /// It is done, and no answer comes.
    LostAfter,
    /// It is done, and its answer is cut in the middle.
    Cut,
    /// It is done, and its answer is no JSON.
    Garbled,
    /// It is done, and its answer is held back until it is let go.
    Held,
    /// It never arrives; this status comes instead.
    Status(u16),
}

#[derive(Debug)]
struct Rule {
    method: &'static str,
    path: &'static str,
    /// It is the end of the path, not a part of it.
    whole: bool,
    /// So many requests go through first.
    skip: usize,
    /// So many meet it; none for ever.
    times: Option<usize>,
    fate: Fate,
}

impl Rule {
    fn once(method: &'static str, path: &'static str, fate: Fate) -> Self {
        Self {
            method,
            path,
            whole: false,
            skip: 0,
            times: Some(1),
            fate,
        }
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let fits = if self.whole {
            path.ends_with(self.path)
        } else {
            path.contains(self.path)
        };
        self.method == method && fits && self.times != Some(0)
    }
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    seen: Vec<(String, String)>,
    held: usize,
    let_go: bool,
}

/// The wire; what is held on it is let go when it is dropped.
pub struct Wire {
    pub address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Wire {
    /// A wire to this address.
    pub fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state: Arc<(Mutex<State>, Condvar)> = Arc::default();
        let (shared, server) = (Arc::clone(&state), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (shared, server) = (Arc::clone(&shared), server.clone());
                let Ok(client) = client else { return };
                // A client that goes away ends its own connection alone.
                thread::spawn(move || drop(carry(client, &server, &shared)));
            }
        });
        Self { address, state }
    }

    fn add(&self, rule: Rule) {
        self.state.0.lock().unwrap().rules.push(rule);
    }

    /// From now on requests of this kind meet this fate.
    pub fn always(&self, method: &'static str, path: &'static str, fate: Fate) {
        self.add(Rule {
            times: None,
            ..Rule::once(method, path, fate)
        });
    }

    /// The next request of this kind meets this fate.
    pub fn once(&self, method: &'static str, path: &'static str, fate: Fate) {
        self.after(0, method, path, fate);
    }

    /// The request of this kind after so many others meets this fate.
    pub fn after(&self, skip: usize, method: &'static str, path: &'static str, fate: Fate) {
        self.add(Rule {
            skip,
            ..Rule::once(method, path, fate)
        });
    }

    /// The next request of this method whose path ends so meets this fate, before any other rule.
    pub fn end(&self, method: &'static str, path: &'static str, fate: Fate) {
        let rule = Rule {
            whole: true,
            ..Rule::once(method, path, fate)
        };
        self.state.0.lock().unwrap().rules.insert(0, rule);
    }

    /// The writes, in their order.
    pub fn writes(&self) -> Vec<String> {
        let state = self.state.0.lock().unwrap();
        let seen = state.seen.iter().filter(|(of, _)| of != "GET");
        seen.map(|(of, path)| format!("{of} {path}")).collect()
    }

    /// The paths of the requests of this method, in their order.
    pub fn paths(&self, method: &str) -> Vec<String> {
        let state = self.state.0.lock().unwrap();
        let seen = state.seen.iter().filter(|(of, _)| of == method);
        seen.map(|(_, path)| path.clone()).collect()
    }

    /// How many requests had this method and this in their path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        let state = self.state.0.lock().unwrap();
        let seen = state.seen.iter();
        seen.filter(|(of, at)| of == method && at.contains(path))
            .count()
    }

    /// How many requests there were.
    pub fn all(&self) -> usize {
        self.state.0.lock().unwrap().seen.len()
    }

    /// Waits until so many answers are held back.
    pub fn holds(&self, count: usize) {
        let (state, changed) = &*self.state;
        let state = state.lock().unwrap();
        drop(
            changed
                .wait_while(state, |state| state.held < count)
                .unwrap(),
        );
    }

    /// Lets go what is held back.
    pub fn let_go(&self) {
        let (state, changed) = &*self.state;
        state.lock().unwrap().let_go = true;
        changed.notify_all();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.let_go();
    }
}

fn carry(
    mut client: TcpStream,
    server: &str,
    shared: &Arc<(Mutex<State>, Condvar)>,
) -> io::Result<()> {
    let request = read(&mut client)?;
    let head = String::from_utf8_lossy(&request).into_owned();
    let mut words = head.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let fate = fate(&mut shared.0.lock().unwrap(), &method, &path);
    match fate {
        Some(Fate::LostBefore) => return Ok(()),
        Some(Fate::Status(status)) => {
            let answer = format!(
                "HTTP/1.1 {status} No\r\ncontent-type: application/json\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{{\"message\":\"n\"}}"
            );
            return client.write_all(answer.as_bytes());
        }
        _ => {}
    }
    let mut upstream = TcpStream::connect(server)?;
    upstream.write_all(&request)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    match fate {
        Some(Fate::LostAfter) => Ok(()),
        Some(Fate::Cut) => {
            let half = answer.len() - 8;
            client.write_all(&answer[..half])
        }
        Some(Fate::Garbled) => {
            if let Some(last) = answer.last_mut() {
                *last = b'#';
            }
            client.write_all(&answer)
        }
        Some(Fate::Held) => {
            hold(shared);
            client.write_all(&answer)
        }
        _ => client.write_all(&answer),
    }
}

/// Notes a request, and tells what happens to it.
fn fate(state: &mut State, method: &str, path: &str) -> Option<Fate> {
    state.seen.push((method.to_owned(), path.to_owned()));
    for rule in &mut state.rules {
        if !rule.fits(method, path) {
            continue;
        }
        if rule.skip > 0 {
            rule.skip -= 1;
            continue;
        }
        rule.times = rule.times.map(|times| times - 1);
        return Some(rule.fate);
    }
    None
}

fn hold(shared: &Arc<(Mutex<State>, Condvar)>) {
    let (state, changed) = &**shared;
    let mut state = state.lock().unwrap();
    state.held += 1;
    changed.notify_all();
    drop(changed.wait_while(state, |state| !state.let_go).unwrap());
}

/// One request, which asks for the connection to be closed after it.
fn read(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut byte = [0; 1];
    while !bytes.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend(byte);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    client.read_exact(&mut body)?;
    let head = head.trim_end().to_owned() + "\r\nconnection: close\r\n\r\n";
    Ok([head.into_bytes(), body].concat())
}
