//! Whether there is more of a list, and how it is asked for. Every list ends: no row is taken twice, a
//! page that brings no new row is the last, no address is visited twice, and pages and rows are bounded.
//! `client` asks for the pages; here are the decisions.

pub mod link;

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use super::{ApiError, Limits, request};
use crate::{
    manifest::{Numbered, Place, Resource},
    record::{KeyId, Rows},
};

/// What one page's request has beyond the list's own call.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Parameters of the query.
    pub query: Vec<(String, String)>,
    /// Members of the body, by name or pointer.
    pub body: Vec<(String, Value)>,
    /// The whole address, taken from an answer.
    pub url: Option<Url>,
}

impl Ask {
    /// The request of one numbered page.
    #[must_use]
    pub fn numbered(numbered: &Numbered, number: u64, size: u64) -> Self {
        let mut ask = Self::default();
        ask.add(numbered.place, &numbered.param, number.into());
        if let Some(param) = &numbered.size_param {
            ask.add(numbered.place, param, size.into());
        }
        ask
    }

    /// The request of the page behind a mark.
    #[must_use]
    pub fn marked(cursor: &crate::manifest::Cursor, mark: Option<String>) -> Self {
        let mut ask = Self::default();
        if let (Some(param), Some(size)) = (&cursor.size_param, cursor.size) {
            ask.add(cursor.place, param, size.into());
        }
        if let Some(mark) = mark {
            ask.add(cursor.place, &cursor.param, mark.into());
        }
        ask
    }

    fn add(&mut self, place: Place, param: &str, value: Value) {
        match place {
            Place::Query => {
                let text = value.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| value.to_string());
                self.query.push((param.to_owned(), text));
            }
            Place::Body => self.body.push((param.to_owned(), value)),
        }
    }

    /// Applies this page to the list's request and its body.
    ///
    /// # Errors
    /// When a value cannot be put into the body.
    pub fn apply(
        &self,
        request: &mut request::Request,
        body: &mut Option<Value>,
    ) -> Result<(), ApiError> {
        if let Some(url) = &self.url {
            request.url = url.clone();
        }
        for (name, value) in &self.query {
            request::set_query(&mut request.url, name, value);
        }
        for (param, value) in &self.body {
            put_param(body, param, value.clone())?;
        }
        Ok(())
    }
}

/// Puts a parameter into a body, which begins with it where there is none.
///
/// # Errors
/// When something else than an object stands on the way.
pub fn put_param(body: &mut Option<Value>, param: &str, value: Value) -> Result<(), ApiError> {
    let pointer = if param.starts_with('/') {
        param.to_owned()
    } else {
        request::own_pointer(param)
    };
    request::put(body.get_or_insert(Value::Null), &pointer, value)
}

/// What came so far.
#[derive(Debug)]
pub struct Gather {
    /// With the page that had it last.
    seen: HashMap<KeyId, usize>,
    most_rows: usize,
    most_pages: usize,
    /// Rows taken.
    pub fetched: usize,
    /// Rows that the service listed, and that were gone when they were read.
    gone: usize,
    /// Rows that were dropped for the id of another row of their own page.
    twins: usize,
    /// Pages that came.
    pub pages: usize,
    /// Rows that there are, where the service says so.
    pub total: Option<u64>,
    /// Why the list may not be whole.
    pub cut: Option<String>,
}

impl Gather {
    /// Nothing came yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            seen: HashMap::new(),
            most_rows: limits.rows,
            most_pages: limits.pages.max(1),
            fetched: 0,
            gone: 0,
            twins: 0,
            pages: 0,
            total: None,
            cut: None,
        }
    }

    /// The rows that were not seen before, and how many of them have an id. Rows without one are
    /// taken beside new rows only, so that they cannot keep a list alive.
    pub fn take(&mut self, rows: Rows) -> (Rows, usize) {
        let room = self.most_rows.saturating_sub(self.fetched);
        let keep: Vec<(usize, bool)> = (0..rows.len())
            .filter_map(|at| match rows.record(at).id() {
                Some(id) => match self.seen.insert(id, self.pages) {
                    None => Some((at, true)),
                    Some(page) => {
                        // Between pages rows drift; within one nothing but their id makes two of them one.
                        self.twins += usize::from(page == self.pages);
                        None
                    }
                },
                None => Some((at, false)),
            })
            .collect();
        let new = keep.iter().filter(|(_, has_id)| *has_id).count();
        if new == 0 && self.pages > 0 {
            return (Rows::new(rows.resource().clone()), 0);
        }
        if keep.len() > room {
            let most = self.most_rows;
            self.cut = Some(format!("stopped at {most} rows (rows under [limits])"));
        }
        self.fetched += keep.len().min(room);
        if keep.len() == rows.len() && keep.len() <= room {
            return (rows, new);
        }
        let mut kept = Rows::new(rows.resource().clone());
        for (at, _) in keep.into_iter().take(room) {
            kept.push_record(rows.record(at));
        }
        (kept, new)
    }

    /// Takes note of rows that were gone when they were read; tells how many of them were not seen before.
    pub fn miss(&mut self, gone: Vec<KeyId>) -> usize {
        let page = self.pages;
        let was_seen = gone.into_iter().map(|id| self.seen.insert(id, page));
        let new = was_seen.filter(Option::is_none).count();
        self.gone += new;
        new
    }

    /// A page brought nothing new, and the service says that there is more.
    pub fn stalled(&mut self) {
        self.cut.get_or_insert_with(|| {
            "the service says that there is more, and its pages bring nothing new".to_owned()
        });
    }

    /// Nothing more may be asked for: rows or pages are at their bound.
    pub fn full(&mut self) -> bool {
        if self.cut.is_none() && self.pages >= self.most_pages {
            let most = self.most_pages;
            self.cut = Some(format!("stopped at {most} pages (pages under [limits])"));
        }
        self.cut.is_some()
    }

    /// Pages that may still be asked for.
    #[must_use]
    pub fn pages_left(&self) -> usize {
        self.most_pages.saturating_sub(self.pages)
    }

    /// Compares what came with what the service says there is, and with what one answer can hold.
    pub fn compare(&mut self, resource: &Resource) {
        if self.cut.is_some() {
            return;
        }
        if self.twins > 0 {
            let s = if self.twins == 1 { "" } else { "s" };
            self.cut = Some(format!(
                "{} row{s} left out that had the id of another row on the same page (item_id: {})",
                self.twins,
                resource.item_id.named()
            ));
            return;
        }
        let came = u64::try_from(self.fetched + self.gone).unwrap_or(u64::MAX);
        self.cut = match (self.total, resource.limit) {
            (Some(total), _) if total != came => Some(format!(
                "the service says that there are {total}, and {came} came"
            )),
            (None, Some(limit)) if limit == self.fetched => Some(full(resource, limit)),
            _ => None,
        };
    }
}

/// Why a list that filled its only answer may lack keys, and which of the service's filters ask for fewer.
fn full(resource: &Resource, limit: usize) -> String {
    let filters: Vec<&str> = resource.filter.iter().map(|it| it.id.as_str()).collect();
    let narrow = match filters.as_slice() {
        [] => String::new(),
        all => format!(
            "; the service's own filters ask for fewer: {}",
            all.join(", ")
        ),
    };
    format!("an answer holds {limit} keys at most, so some may be missing{narrow}")
}

/// The numbers of the pages behind the first one, where the total is known.
#[must_use]
pub fn rest(numbered: &Numbered, by_offset: bool, first_page: usize, total: u64) -> Vec<u64> {
    let got = u64::try_from(first_page).unwrap_or(u64::MAX);
    // A server may give fewer rows than it was asked for.
    let size = if got < total {
        got.min(numbered.size.max(1))
    } else {
        numbered.size
    };
    if size == 0 || got >= total {
        return Vec::new();
    }
    let pages = total.div_ceil(size).min(1 << 20);
    let step = if by_offset { size } else { 1 };
    (1..pages)
        .map(|page| numbered.first + page * step)
        .collect()
}
