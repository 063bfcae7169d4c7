//! Pages that each answer leads to: by a mark, by the `Link` header, by an address. None is followed
//! twice, and none out of the origin.

use std::collections::HashSet;

use futures_util::{StreamExt, stream};
use url::Url;

use super::{
    Took, Walk,
    fetch::{fetch, text},
};
use crate::{
    api::{
        ApiError,
        page::{Ask, link, link::Next},
        request::set_query,
    },
    manifest::{Cursor, Link},
};

impl Walk<'_> {
    pub(super) async fn by_mark(&mut self, cursor: &Cursor) -> Result<(), ApiError> {
        let mut marks = HashSet::new();
        let mut mark = None;
        loop {
            let fetched = self.fetch(&Ask::marked(cursor, mark.clone())).await?;
            let next = match cursor.next.strip_prefix("header:") {
                Some(name) => text(&fetched.headers, name),
                None => fetched.page.next.clone(),
            };
            let more = fetched.page.more;
            let took = self.take(fetched);
            if more == Some(true) && took.new == 0 {
                self.gather.stalled();
            }
            let goes_on = more != Some(false) && took.new > 0;
            let next = next.filter(|next| !next.is_empty() && goes_on);
            match next {
                Some(next) if marks.insert(next.clone()) && !self.gather.full() => {
                    mark = Some(next);
                }
                _ => return Ok(()),
            }
        }
    }

    pub(super) async fn by_link(&mut self, link: &Link) -> Result<(), ApiError> {
        let mut visited = HashSet::new();
        let mut ask = Ask::default();
        loop {
            let fetched = self.fetch(&ask).await?;
            let asked = fetched.url.clone();
            let next = link::next(&fetched.headers, &asked);
            let took = self.take(fetched);
            let Some(url) = self.followed(next) else {
                return Ok(());
            };
            let url = onward(link, &asked, url);
            if took.new == 0 || short(link, took) || !grows(link, &asked, &url) {
                return Ok(());
            }
            if let Some(numbers) = Numbers::of(link, &asked, &url) {
                return self.ahead(link, numbers).await;
            }
            if !visited.insert(url.clone()) || self.gather.full() {
                return Ok(());
            }
            ask.url = Some(url);
        }
    }

    /// Asks for pages whose numbers can be told before their links come: at most as many at once as
    /// have come already, so that few are asked for in vain.
    async fn ahead(&mut self, link: &Link, mut numbers: Numbers<'_>) -> Result<(), ApiError> {
        let (client, query, api) = (self.client, self.query, self.api);
        while !self.gather.full() {
            let most = client.connection.limits.parallel.max(1);
            let many = self
                .gather
                .pages
                .min(self.gather.pages_left())
                .clamp(1, most);
            let asks: Vec<Ask> = (0..many).map(|_| numbers.take()).collect();
            let mut pages = stream::iter(asks)
                .map(|ask| async move { fetch(client, query, api, &ask).await })
                .buffered(many);
            while let Some(fetched) = pages.next().await {
                let fetched = fetched?;
                let asked = fetched.url.clone();
                let next = link::next(&fetched.headers, &asked);
                let took = self.take(fetched);
                let goes_on = self
                    .followed(next)
                    .is_some_and(|url| grows(link, &asked, &onward(link, &asked, url)));
                if took.new == 0 || !goes_on || self.gather.cut.is_some() || short(link, took) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    pub(super) async fn by_address(&mut self) -> Result<(), ApiError> {
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

/// A page with fewer rows than a page holds is the last.
fn short(link: &Link, took: Took) -> bool {
    link.size
        .is_some_and(|size| u64::try_from(took.had).is_ok_and(|had| had < size))
}

/// The addresses of numbered pages from one that a link named.
struct Numbers<'a> {
    param: &'a str,
    next: u64,
    url: Url,
}

impl<'a> Numbers<'a> {
    /// Only where the manifest names the number and the size, and the link goes on by one.
    fn of(link: &'a Link, asked: &Url, next: &Url) -> Option<Self> {
        let (param, Some(_)) = (link.param.as_deref()?, link.size) else {
            return None;
        };
        let (before, after) = (number(param, asked), number(param, next)?);
        before
            .is_none_or(|before| after == before + 1)
            .then(|| Self {
                param,
                next: after,
                url: next.clone(),
            })
    }

    fn take(&mut self) -> Ask {
        let mut url = self.url.clone();
        set_query(&mut url, self.param, &self.next.to_string());
        self.next = self.next.saturating_add(1);
        Ask {
            url: Some(url),
            ..Ask::default()
        }
    }
}

fn number(param: &str, url: &Url) -> Option<u64> {
    let (_, value) = url.query_pairs().find(|(name, _)| name == param)?;
    value.parse().ok()
}

/// The page's number is greater than that of the page that was asked for.
fn grows(link: &Link, asked: &Url, next: &Url) -> bool {
    let Some(param) = &link.param else {
        return true;
    };
    match (number(param, asked), number(param, next)) {
        (Some(asked), Some(next)) => next > asked,
        (None, Some(_)) => true,
        (_, None) => false,
    }
}
