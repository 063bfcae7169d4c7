//! A list from its first page to its end, its rows reported as they come. What is asked next is decided
//! in `page`; which API answers is settled here and remembered.

mod fetch;
mod follow;
mod number;

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::mpsc;

use self::fetch::{Fetched, decode, fetch, request, total};
use super::{Api, Client};
use crate::{
    api::{
        ApiError, ListEnd, Progress, Query, own,
        page::{Ask, Gather},
    },
    manifest::{List, Paging, Resource},
    record::{KeyId, Rows},
};

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

/// Asks for one page, counted from 1; `mark` stands for what the answer before gives for a page behind
/// the first.
///
/// # Errors
/// When it could not be had, or only an answer tells its address.
pub async fn page(client: &Client, query: &Query, page: u64, mark: &str) -> Result<(), ApiError> {
    let list = Api::Main.list(&query.resource);
    let behind = page.saturating_sub(1);
    let ask = match &list.page {
        Paging::Page(by) => Ask::numbered(by, by.first + behind, by.size),
        Paging::Offset(by) => Ask::numbered(by, by.first + behind * by.size, by.size),
        Paging::Cursor(by) => Ask::marked(by, (behind > 0).then(|| mark.to_owned())),
        _ if behind == 0 => Ask::default(),
        _ => {
            return Err(ApiError::Unfit(
                "only the answer before tells where this page is".to_owned(),
            ));
        }
    };
    request(client, query, Api::Main, &ask).await.map(|_| ())
}

fn absent(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { status: 404, .. })
}

/// Which API of a resource answers; found out by one page of a list where it is not known yet.
///
/// # Errors
/// When none answers.
pub async fn settle(client: &Client, resource: &Arc<Resource>) -> Result<Api, ApiError> {
    if let Some(api) = client.api(resource) {
        return Ok(api);
    }
    let query = Query {
        resource: Arc::clone(resource),
        filters: BTreeMap::new(),
    };
    let older = (0..resource.alternatives.len()).map(Api::Older);
    let mut missing = None;
    for api in std::iter::once(Api::Main).chain(older) {
        match fetch(client, &query, api, &Ask::default()).await {
            Ok(_) => {
                client.remember(resource, api);
                return Ok(api);
            }
            Err(error) if absent(&error) => missing = missing.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    missing.map_or(Ok(Api::Main), Err)
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
        let client = self.client;
        let (asked, ended) = tokio::join!(client.ask_own(&self.query.resource), self.pages());
        match ended {
            Err(ApiError::Refused { status, .. })
                if self.gather.pages == 0 && self.list.empty_on.contains(&status) => {}
            ended => ended?,
        }
        self.gather.compare(&self.query.resource);
        Ok(ListEnd {
            fetched: self.gather.fetched,
            total: self.gather.total,
            cut: self.gather.cut,
            alternative: self
                .api
                .older(&self.query.resource)
                .map(|older| older.title.clone()),
            own: self.own.or(asked),
        })
    }

    /// Asks for all pages.
    async fn pages(&mut self) -> Result<(), ApiError> {
        match &self.list.page {
            Paging::None if self.list.hydrate => {
                self.pages = Some(1);
                let fetched = self.fetch(&Ask::default()).await?;
                self.take(fetched);
            }
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
        Ok(())
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
        let mut page = page?;
        self.client.learn(std::mem::take(&mut page.ids));
        self.take(Fetched {
            gone: Vec::new(),
            page,
            headers: answer.headers,
            url: answer.url,
        });
        Ok(())
    }

    /// Takes the new rows of a page and reports them.
    fn take(&mut self, fetched: Fetched) -> Took {
        self.gather.total = total(self.list, &fetched).or(self.gather.total);
        let had = fetched.had();
        let gone = self.gather.miss(fetched.gone);
        let (rows, new) = self.gather.take(fetched.page.rows);
        self.gather.pages += 1;
        self.report(rows);
        Took {
            had,
            new: new + gone,
        }
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
            own: self.own.clone(),
        });
    }
}
