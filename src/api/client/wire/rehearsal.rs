//! A wire that sends nothing: it keeps each request that reaches it, and plays the service as far as the
//! next one needs an answer.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
};

use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderValue, USER_AGENT},
};
use zeroize::Zeroizing;

use super::{Reply, Trouble, Wire, setup::AGENT};
use crate::api::{ApiError, request::Request};

/// An answer that a rehearsal gives.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Answer {
    /// Neither a header nor the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} bytes", self.status, self.body.len())
    }
}

/// What was asked for, and what is answered.
#[derive(Debug, Default)]
struct Kept {
    requests: Vec<Request>,
    answers: VecDeque<Answer>,
    /// A request came for which there is no answer: what was looked for.
    reached: bool,
}

/// The requests of a rehearsal and the answers that are left for further ones.
#[derive(Debug, Default)]
pub struct Rehearsal(Mutex<Kept>);

impl Rehearsal {
    /// Keeps a request; without an answer for it nothing more comes.
    pub fn take(&self, mut request: Request) -> Result<Reply, Trouble> {
        let agent = HeaderValue::from_static(AGENT);
        request.headers.entry(USER_AGENT).or_insert(agent);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let url = request.url.clone();
        kept.requests.push(request);
        let Some(answer) = kept.answers.pop_front() else {
            kept.reached = true;
            let why = "it is only looked at".to_owned();
            return Err(Trouble::unbuilt(ApiError::NotSent(why)));
        };
        Ok(Reply {
            status: answer.status,
            url,
            headers: answer.headers,
            body: Ok(answer.body),
        })
    }
}

impl Wire {
    /// The same wire, which sends nothing and gives these answers.
    pub fn rehearsing(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        let kept = Kept {
            answers: answers.into_iter().collect(),
            ..Kept::default()
        };
        Self {
            rehearsal: Some(Rehearsal(Mutex::new(kept))),
            ..self
        }
    }

    /// The requests that were kept, in their order, and whether the one that was looked for is among them.
    pub fn rehearsed(&self) -> (Vec<Request>, bool) {
        let kept = self.rehearsal.as_ref().map(|it| {
            let mut kept = it.0.lock().unwrap_or_else(PoisonError::into_inner);
            let reached = std::mem::take(&mut kept.reached);
            (std::mem::take(&mut kept.requests), reached)
        });
        kept.unwrap_or_default()
    }
}
