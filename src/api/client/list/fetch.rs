//! One page of a list: asked for, read and decoded. A large one is decoded beside the runtime, and its
//! rows go out as they are read.

use std::sync::Arc;

use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::sync::mpsc;
use url::Url;
use zeroize::Zeroizing;

use super::{Api, Client};
use crate::{
    api::{
        ApiError, Inputs, Query,
        client::{body, wire::Lane},
        page::{
            Ask,
            link::{self, Next},
            put_param,
        },
        request::{Holes, fill_json, set_query},
    },
    manifest::{Encode, FilterKind, List, Paging, Place, Resource},
    record::{KeyId, Page, Rows, decode_page, decode_page_by},
};

/// Rows that are shown at once while a large page is decoded.
const AT_ONCE: usize = 2_000;
/// Bodies above this are decoded beside the runtime, not on it.
const INLINE_BYTES: usize = 256 << 10;

/// One page as it came.
pub struct Fetched {
    pub page: Page,
    /// Rows of the answer that were gone when they were read by themselves.
    pub gone: Vec<KeyId>,
    pub headers: HeaderMap,
    pub url: Url,
}

impl Fetched {
    /// How many rows the answer had.
    pub fn had(&self) -> usize {
        self.page.rows.len() + self.gone.len()
    }
}

pub fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.trim().to_owned())
}

pub fn total(list: &List, fetched: &Fetched) -> Option<u64> {
    if let Paging::Page(by) | Paging::Offset(by) = &list.page
        && let Some(name) = by.total.as_deref()?.strip_prefix("header:")
    {
        return text(&fetched.headers, name)?.parse().ok();
    }
    fetched.page.total
}

/// Asks for one page and decodes it; rows that have little more than their id are read one by one.
pub async fn fetch(
    client: &Client,
    query: &Query,
    api: Api,
    ask: &Ask,
) -> Result<Fetched, ApiError> {
    let answer = request(client, query, api, ask).await?;
    let mut page = decode(&query.resource, api, answer.body, None).await?;
    client.learn(std::mem::take(&mut page.ids));
    let mut gone = Vec::new();
    let resource = &query.resource;
    if let (true, Some(op)) = (api.list(resource).hydrate, api.get(resource)) {
        (page.rows, gone) = client.hydrate(resource, op, &page.rows).await;
    }
    Ok(Fetched {
        page,
        gone,
        headers: answer.headers,
        url: answer.url,
    })
}

/// The answer that holds a page.
pub struct Answer {
    pub body: Zeroizing<Vec<u8>>,
    pub headers: HeaderMap,
    pub url: Url,
}

/// Asks for one page.
pub async fn request(
    client: &Client,
    query: &Query,
    api: Api,
    ask: &Ask,
) -> Result<Answer, ApiError> {
    let resource = &query.resource;
    let list = api.list(resource);
    let build = |captures: Option<&Inputs>| {
        let holes = Holes {
            captures,
            ..client.holes(resource, None)
        };
        let mut request = client.start(&list.call, &list.headers, holes)?;
        let filled = list.body.as_ref().map(|body| fill_json(body, holes));
        let mut body = filled.transpose()?;
        for filter in &resource.filter {
            let value = query.filters.get(&filter.id);
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let param = filter.param.as_deref().unwrap_or(&filter.id);
                match filter.place {
                    Place::Query => set_query(&mut request.url, param, value),
                    Place::Body => put_param(&mut body, param, typed(filter.kind, value))?,
                }
            }
        }
        ask.apply(&mut request, &mut body)?;
        if let Some(body) = body {
            request.set_body(&body, Encode::Json)?;
        }
        Ok(request)
    };
    let bounds = client.list_bounds();
    let reply = client.read(Lane::Browse, bounds, Some(resource), &list.call, build);
    let reply = reply.await?;
    client.watch(|survey| {
        let linked = matches!(link::next(&reply.headers, &reply.url), Next::Here(_));
        survey.page(list, body(&reply).unwrap_or_default(), linked);
    });
    Ok(Answer {
        body: reply.body.map_err(|trouble| trouble.error)?,
        headers: reply.headers,
        url: reply.url,
    })
}

/// The value of a filter as JSON has it.
fn typed(kind: FilterKind, value: &str) -> Value {
    match kind {
        FilterKind::Bool => Value::Bool(value == "true"),
        FilterKind::Text | FilterKind::Choice | FilterKind::Date => Value::String(value.to_owned()),
    }
}

/// Decodes a page: a large one beside the runtime, its rows handed over as they are read.
pub async fn decode(
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
