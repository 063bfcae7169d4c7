//! A list can be asked for, and its paging can end.

use super::{Check, Path, Scope, hole::Row, words::READS};
use crate::manifest::{Cursor, List, Numbered, Op, Paging, Place, Resource, RowShape};

impl Check<'_, '_> {
    /// The list of a resource, or of an older API for it, whose single rows are read by `get`.
    pub(super) fn list(
        &mut self,
        at: &Path<'_>,
        resource: &Resource,
        list: &List,
        get: Option<&Op>,
    ) {
        let scope = Scope::of(resource, Row::None);
        let method = self.call(&at.key("call"), &list.call, &READS, scope);
        self.pointer(&at.key("items"), &list.items);
        self.headers(&at.key("headers"), &list.headers, scope);
        if let Some(body) = &list.body {
            self.body(&at.key("body"), body, scope);
            self.no_body(&at.key("body"), method);
        }
        self.rows(at, resource, list, get);
        let empty_on = at.key("empty_on");
        for (index, status) in list.empty_on.iter().enumerate() {
            let at = empty_on.index(index);
            if !(400..500).contains(status) {
                self.at(&at, format!("{status} is no refusal: use 400 to 499"));
            } else if *status == 404 && !resource.alternatives.is_empty() {
                self.at(
                    &at,
                    "404 means that the API is not there, and another is tried: remove one of the two",
                );
            }
        }
        let page = at.key("page");
        if matches!(list.page, Paging::Page(_)) && !self.report.says(&page.key("first")) {
            self.report.hint(
                &page,
                "pages are counted from 0 here unless `first` says otherwise: most services begin with 1, as in first = 1",
            );
        }
        match &list.page {
            Paging::None => {}
            Paging::Page(numbered) | Paging::Offset(numbered) => {
                self.numbered(&page, numbered, method);
            }
            Paging::Cursor(cursor) => self.cursor(&page, cursor, method),
            Paging::Link(link) => {
                self.param(&page.key("param"), link.param.as_deref(), Place::Query);
                self.size(&page.key("size"), link.size);
            }
            Paging::Url { next } => self.pointer(&page.key("next"), next),
        }
        if list.rows == RowShape::One && !matches!(list.page, Paging::None) {
            self.at(&page, "rows = \"one\" is a single row: it has no pages");
        }
    }

    /// What one row of the list is.
    fn rows(&mut self, at: &Path<'_>, resource: &Resource, list: &List, get: Option<&Op>) {
        if let Some(row_id) = &list.row_id {
            self.pointers(&at.key("row_id"), row_id);
            if matches!(list.rows, RowShape::Strings | RowShape::Map) {
                self.at(
                    &at.key("row_id"),
                    "the id of such a row is the string, or its name in the map: remove `row_id`",
                );
            } else if row_id.iter().len() != resource.item_id.iter().len() {
                let parts = resource.item_id.iter().len();
                self.at(
                    &at.key("row_id"),
                    format!(
                        "`item_id` has {parts} parts and this {}: name as many, in the same order",
                        row_id.iter().len()
                    ),
                );
            }
        }
        if matches!(list.rows, RowShape::Strings | RowShape::Map)
            && resource.item_id.one().is_none()
        {
            self.at(
                &at.key("rows"),
                "such a row has one text for its id: `item_id` must be one pointer, not several",
            );
        }
        if list.hydrate && get.is_none() {
            self.at(
                &at.key("hydrate"),
                "`hydrate` reads each row by `get`, and there is none: add [resource.get]",
            );
        }
    }

    /// A GET has no body.
    pub(super) fn no_body(&mut self, at: &Path<'_>, method: &str) {
        if method == "GET" {
            self.at(
                at,
                "a GET has no body: put the values into the query of the call",
            );
        }
    }

    /// What is sent in a body needs one.
    pub(super) fn in_body(&mut self, at: &Path<'_>, place: Place, method: &str) {
        if place == Place::Body && method == "GET" {
            self.at(
                at,
                "the list is a GET, which has no body: remove `in`, or list by POST if the service does",
            );
        }
    }

    fn numbered(&mut self, at: &Path<'_>, page: &Numbered, method: &str) {
        self.param(&at.key("param"), Some(&page.param), page.place);
        self.param(
            &at.key("size_param"),
            page.size_param.as_deref(),
            page.place,
        );
        self.size(&at.key("size"), Some(page.size));
        if let Some(total) = &page.total {
            self.source(&at.key("total"), total);
        }
        if page.unordered && (page.total.is_none() || page.size_param.is_none()) {
            self.at(
                &at.key("unordered"),
                "`unordered` asks for all rows in one page: it needs `total` and `size_param`",
            );
        }
        self.in_body(&at.key("in"), page.place, method);
        if page.size_param.as_ref() == Some(&page.param) {
            self.at(
                &at.key("size_param"),
                "`param` and `size_param` cannot be the same parameter",
            );
        }
    }

    fn cursor(&mut self, at: &Path<'_>, page: &Cursor, method: &str) {
        self.param(&at.key("param"), Some(&page.param), page.place);
        self.param(
            &at.key("size_param"),
            page.size_param.as_deref(),
            page.place,
        );
        self.size(&at.key("size"), page.size);
        match page.next.strip_prefix("item:") {
            Some(of_a_row) => self.pointer(&at.key("next"), of_a_row),
            None => self.source(&at.key("next"), &page.next),
        }
        if let Some(more) = &page.more {
            self.pointer(&at.key("more"), more);
        }
        if page.size_param.is_some() && page.size.is_none() {
            self.at(
                &at.key("size_param"),
                "`size_param` sends `size`, and there is none: add it",
            );
        }
        if page.next.starts_with("item:") && page.more.is_none() && page.size.is_none() {
            self.at(
                &at.key("next"),
                "the last row is always there, so nothing tells the end: add `more` or `size`",
            );
        }
        self.in_body(&at.key("in"), page.place, method);
    }

    fn size(&mut self, at: &Path<'_>, size: Option<u64>) {
        if size == Some(0) {
            self.at(
                at,
                "a page of 0 rows never brings one: say how many a page holds",
            );
        }
    }
}
