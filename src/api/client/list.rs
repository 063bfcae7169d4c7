//! A list from its first page to its end, its rows reported as they come. What is asked next is decided
//! in `page`; which API answers is settled here and remembered.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures_util::{StreamExt, stream};
use reqwest::header::HeaderMap;
use tokio::sync::mpsc;
use url::Url;
use zeroize::Zeroizing;

use super::{Api, Client, Lane};
use crate::{
    api::{
        ApiError, ListEnd, Progress, Query, own,
        page::{Ask, Gather, link, link::Next, rest},
        request::set_query,
    },
    manifest::{Cursor, Link, List, Numbered, Paging, Resource},
    record::{KeyId, Page, Rows, decode_page, decode_page_by},
};

/// Rows that are shown at once while a large page is decoded.
const AT_ONCE: usize = 2_000;
/// Bodies above this are decoded beside the runtime, not on it.
const INLINE_BYTES: usize = 256 << 10;

/// Fetches a whole list, by an older API where the main one is not there.
pub async fn run(
    client: &Client,
    query: &Query,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ListEnd, ApiError> {
    if let Some(api) = client.api(&query.resource) {
        return Walk::new(client, query, api, progress).run().await;
    }
    let main = Walk::new(client, query, Api::Main, progress).run().await;
    let missing = match main {
        Err(error) if absent(&error) => error,
        Ok(end) => {
            client.remember(&query.resource, Api::Main);
            return Ok(end);
        }
        Err(error) => return Err(error),
    };
    for at in 0..query.resource.alternatives.len() {
        let api = Api::Older(at);
        match Walk::new(client, query, api, progress).run().await {
            Ok(end) => {
                client.remember(&query.resource, api);
                return Ok(end);
            }
            Err(error) if absent(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(missing)
}

fn absent(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { status: 404, .. })
}

/// Which API of a resource answers; found out by a list where it is not known yet.
pub async fn settle(client: &Client, resource: &Arc<Resource>) -> Result<Api, ApiError> {
    if let Some(api) = client.api(resource) {
        return Ok(api);
    }
    let query = Query {
        resource: Arc::clone(resource),
        filters: BTreeMap::new(),
    };
    run(client, &query, &mut |_| {}).await?;
    Ok(client.api(resource).unwrap_or(Api::Main))
}

/// One page as it came.
struct Fetched {
    page: Page,
    headers: HeaderMap,
    url: Url,
}

/// How many rows a page had, and how many of them were new.
#[derive(Clone, Copy)]
struct Took {
    had: usize,
    new: usize,
}

struct Walk<'a> {
    client: &'a Client,
    query: &'a Query,
    api: Api,
    list: &'a List,
    gather: Gather,
    own: Option<KeyId>,
    pages: Option<usize>,
    progress: &'a mut (dyn FnMut(Progress) + Send),
}

impl<'a> Walk<'a> {
    fn new(
        client: &'a Client,
        query: &'a Query,
        api: Api,
        progress: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Self {
        Self {
            client,
            query,
            api,
            list: api.list(&query.resource),
            gather: Gather::new(&client.connection.limits),
            own: None,
            pages: None,
            progress,
        }
    }

    async fn run(mut self) -> Result<ListEnd, ApiError> {
        match &self.list.page {
            Paging::None => {
                self.pages = Some(1);
                self.fetch_large(&Ask::default()).await?;
            }
            Paging::Page(numbered) => self.by_number(numbered, false).await?,
            Paging::Offset(numbered) => self.by_number(numbered, true).await?,
            Paging::Cursor(cursor) => self.by_mark(cursor).await?,
            Paging::Link(link) => self.by_link(link).await?,
            Paging::Url { .. } => self.by_address().await?,
        }
        self.gather.compare(self.query.resource.limit);
        Ok(ListEnd {
            fetched: self.gather.fetched,
            total: self.gather.total,
            cut: self.gather.cut,
            alternative: self
                .api
                .older(&self.query.resource)
                .map(|older| older.title.clone()),
            own: self.own,
        })
    }

    /// Does not borrow the walk: its `progress` may not be shared between threads.
    fn fetch<'b>(
        &self,
        ask: &'b Ask,
    ) -> impl Future<Output = Result<Fetched, ApiError>> + use<'a, 'b> {
        fetch(self.client, self.query, self.api, ask)
    }

    /// Fetches a page that may hold everything: its rows are reported while the rest is decoded.
    async fn fetch_large(&mut self, ask: &Ask) -> Result<(), ApiError> {
        let answer = request(self.client, self.query, self.api, ask).await?;
        let (send, mut receive) = mpsc::unbounded_channel();
        let decoded = decode(&self.query.resource, self.api, answer.body, Some(send));
        let rest = async {
            while let Some(rows) = receive.recv().await {
                let (rows, _) = self.gather.take(rows);
                self.report(rows);
            }
        };
        let (page, ()) = tokio::join!(decoded, rest);
        self.take(Fetched {
            page: page?,
            headers: answer.headers,
            url: answer.url,
        });
        Ok(())
    }

    /// Takes the new rows of a page and reports them.
    fn take(&mut self, fetched: Fetched) -> Took {
        let had = fetched.page.rows.len();
        self.gather.total = total(self.list, &fetched).or(self.gather.total);
        let (rows, new) = self.gather.take(fetched.page.rows);
        self.gather.pages += 1;
        self.report(rows);
        Took { had, new }
    }

    fn report(&mut self, rows: Rows) {
        if self.own.is_none() {
            self.own = own::find(&self.query.resource, &self.client.inputs, &rows);
        }
        (self.progress)(Progress {
            rows,
            page: self.gather.pages,
            pages: self.pages,
            total: self.gather.total,
        });
    }

    async fn by_number(&mut self, by: &Numbered, by_offset: bool) -> Result<(), ApiError> {
        let first = self.fetch(&Ask::numbered(by, by.first, by.size)).await?;
        let total = total(self.list, &first);
        let had = first.page.rows.len();
        match total {
            Some(total) if by.unordered => {
                self.take(first);
                self.in_one_page(by, had, total).await
            }
            Some(total) => {
                let numbers = rest(by, by_offset, had, total);
                self.pages = Some(numbers.len() + 1);
                self.take(first);
                self.at_once(by, numbers).await
            }
            None => {
                let took = self.take(first);
                self.one_by_one(by, by_offset, took).await
            }
        }
    }

    /// Pages may repeat and skip rows: all rows in one page, the total known from the first.
    async fn in_one_page(&mut self, by: &Numbered, had: usize, total: u64) -> Result<(), ApiError> {
        let most = u64::try_from(self.client.connection.limits.rows).unwrap_or(u64::MAX);
        if u64::try_from(had).unwrap_or(u64::MAX) < total && !self.gather.full() {
            let whole = self
                .fetch(&Ask::numbered(by, by.first, total.min(most)))
                .await?;
            self.take(whole);
        }
        Ok(())
    }

    /// Several pages at once, taken in their order.
    async fn at_once(&mut self, by: &Numbered, mut numbers: Vec<u64>) -> Result<(), ApiError> {
        let left = self.gather.pages_left();
        let bounded = numbers.len() > left;
        numbers.truncate(left);
        let (client, query, api) = (self.client, self.query, self.api);
        let mut pages = stream::iter(numbers)
            .map(|number| async move {
                let ask = Ask::numbered(by, number, by.size);
                fetch(client, query, api, &ask).await
            })
            .buffered(client.connection.limits.parallel.max(1));
        while let Some(page) = pages.next().await {
            if self.take(page?).new == 0 || self.gather.cut.is_some() {
                return Ok(());
            }
        }
        if bounded {
            self.gather.full();
        }
        Ok(())
    }

    async fn one_by_one(
        &mut self,
        by: &Numbered,
        by_offset: bool,
        mut took: Took,
    ) -> Result<(), ApiError> {
        let mut number = by.first;
        while took.new > 0 && !self.gather.full() {
            let step = if by_offset { took.had } else { 1 };
            number += u64::try_from(step).unwrap_or(1);
            let page = self.fetch(&Ask::numbered(by, number, by.size)).await?;
            took = self.take(page);
        }
        Ok(())
    }

    async fn by_mark(&mut self, cursor: &Cursor) -> Result<(), ApiError> {
        let mut marks = HashSet::new();
        let mut mark = None;
        loop {
            let fetched = self.fetch(&Ask::marked(cursor, mark.clone())).await?;
            let next = match cursor.next.strip_prefix("header:") {
                Some(name) => text(&fetched.headers, name),
                None => fetched.page.next.clone(),
            };
            let more = fetched.page.more != Some(false);
            let took = self.take(fetched);
            let next = next.filter(|next| !next.is_empty() && more && took.new > 0);
            match next {
                Some(next) if marks.insert(next.clone()) && !self.gather.full() => {
                    mark = Some(next);
                }
                _ => return Ok(()),
            }
        }
    }

    async fn by_link(&mut self, link: &Link) -> Result<(), ApiError> {
        let mut visited = HashSet::new();
        let mut ask = Ask::default();
        loop {
            let fetched = self.fetch(&ask).await?;
            let asked = fetched.url.clone();
            let next = link::next(&fetched.headers, &asked);
            let took = self.take(fetched);
            let short = link
                .size
                .is_some_and(|size| u64::try_from(took.had).is_ok_and(|had| had < size));
            let Some(url) = self.followed(next) else {
                return Ok(());
            };
            let url = onward(link, &asked, url);
            if took.new == 0 || short || !grows(link, &asked, &url) {
                return Ok(());
            }
            if !visited.insert(url.clone()) || self.gather.full() {
                return Ok(());
            }
            ask.url = Some(url);
        }
    }

    async fn by_address(&mut self) -> Result<(), ApiError> {
        let mut visited = HashSet::new();
        let mut ask = Ask::default();
        loop {
            let fetched = self.fetch(&ask).await?;
            visited.insert(fetched.url.clone());
            let next = match &fetched.page.next {
                Some(next) => link::resolve(next, &fetched.url),
                None => Next::None,
            };
            let took = self.take(fetched);
            match self.followed(next) {
                Some(url) if took.new > 0 && visited.insert(url.clone()) && !self.gather.full() => {
                    ask.url = Some(url);
                }
                _ => return Ok(()),
            }
        }
    }

    /// The next address, if it may be followed; says so if it may not.
    fn followed(&mut self, next: Next) -> Option<Url> {
        match next {
            Next::None => None,
            Next::Here(url) => Some(url),
            Next::Elsewhere(host) => {
                let shown = crate::record::Text::new(&host).shown().into_owned();
                self.gather.cut = Some(format!(
                    "the next page points to another origin ({shown}), which is never followed"
                ));
                None
            }
        }
    }
}

/// The address of the next page: with `keep_path` only the query of the link counts.
fn onward(link: &Link, asked: &Url, next: Url) -> Url {
    if !link.keep_path {
        return next;
    }
    let mut url = asked.clone();
    url.set_query(next.query());
    url
}

/// The page's number is greater than that of the page that was asked for.
fn grows(link: &Link, asked: &Url, next: &Url) -> bool {
    let Some(param) = &link.param else {
        return true;
    };
    let number = |url: &Url| -> Option<u64> {
        let (_, value) = url.query_pairs().find(|(name, _)| name == param)?;
        value.parse().ok()
    };
    match (number(asked), number(next)) {
        (Some(asked), Some(next)) => next > asked,
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.trim().to_owned())
}

fn total(list: &List, fetched: &Fetched) -> Option<u64> {
    if let Paging::Page(by) | Paging::Offset(by) = &list.page
        && let Some(name) = by.total.as_deref()?.strip_prefix("header:")
    {
        return text(&fetched.headers, name)?.parse().ok();
    }
    fetched.page.total
}

/// Asks for one page and decodes it.
async fn fetch(client: &Client, query: &Query, api: Api, ask: &Ask) -> Result<Fetched, ApiError> {
    let answer = request(client, query, api, ask).await?;
    let page = decode(&query.resource, api, answer.body, None).await?;
    Ok(Fetched {
        page,
        headers: answer.headers,
        url: answer.url,
    })
}

/// The answer that holds a page.
struct Answer {
    body: Zeroizing<Vec<u8>>,
    headers: HeaderMap,
    url: Url,
}

async fn request(client: &Client, query: &Query, api: Api, ask: &Ask) -> Result<Answer, ApiError> {
    let resource = &query.resource;
    let list = api.list(resource);
    let build = || {
        let holes = client.holes(resource, None);
        let mut request = client.start(&list.call, &list.headers, holes)?;
        for filter in &resource.filter {
            let value = query.filters.get(&filter.id);
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let param = filter.param.as_deref().unwrap_or(&filter.id);
                set_query(&mut request.url, param, value);
            }
        }
        ask.apply(list, &mut request)?;
        Ok(request)
    };
    let url = build()?.url;
    let bounds = client.list_bounds();
    let reply = client.read(Lane::Browse, bounds, Some(resource), build);
    let reply = reply.await?;
    Ok(Answer {
        body: reply.body.map_err(|trouble| trouble.error)?,
        headers: reply.headers,
        url,
    })
}

/// Decodes a page: a large one beside the runtime, its rows handed over as they are read.
async fn decode(
    resource: &Arc<Resource>,
    api: Api,
    body: Zeroizing<Vec<u8>>,
    rows: Option<mpsc::UnboundedSender<Rows>>,
) -> Result<Page, ApiError> {
    if body.len() <= INLINE_BYTES {
        return Ok(decode_page(resource, api.list(resource), &body)?);
    }
    let resource = Arc::clone(resource);
    let work = move || {
        let list = api.list(&resource);
        match rows {
            Some(rows) => decode_page_by(&resource, list, &body, AT_ONCE, &mut |some| {
                // Nobody listens any more when the list was given up.
                drop(rows.send(some));
            }),
            None => decode_page(&resource, list, &body),
        }
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(page) => Ok(page?),
        Err(_) => Err(ApiError::Unexpected(
            "the answer could not be decoded".to_owned(),
        )),
    }
}
