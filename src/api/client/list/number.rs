//! Pages by number or offset: at once where the total is known, in one page where the service keeps no
//! order, else one after another until a page brings nothing new.

use futures_util::{StreamExt, stream};

use super::{
    Took, Walk, absent,
    fetch::{Fetched, fetch, total},
};
use crate::{
    api::{
        ApiError,
        page::{Ask, rest},
    },
    manifest::Numbered,
};

impl Walk<'_> {
    pub(super) async fn by_number(
        &mut self,
        by: &Numbered,
        by_offset: bool,
    ) -> Result<(), ApiError> {
        let first = self.fetch(&Ask::numbered(by, by.first, by.size)).await?;
        let total = total(self.list, &first);
        let had = first.had();
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
            if self.is_behind_the_last(&page) {
                return Ok(());
            }
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
            let page = self.fetch(&Ask::numbered(by, number, by.size)).await;
            if self.is_behind_the_last(&page) {
                return Ok(());
            }
            took = self.take(page?);
        }
        Ok(())
    }

    /// Some services have no empty page behind the last one: it is not there.
    fn is_behind_the_last(&self, page: &Result<Fetched, ApiError>) -> bool {
        self.gather.fetched > 0 && page.as_ref().is_err_and(absent)
    }
}
