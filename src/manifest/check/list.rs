//! A list can be asked for, and its paging can end.

use super::{Check, Path, Row, words::READS};
use crate::manifest::{Cursor, List, Numbered, Paging, Place, RowShape};

impl Check<'_, '_> {
    pub(super) fn list(&mut self, at: &Path<'_>, list: &List) {
        let method = self.call(&at.key("call"), &list.call, &READS, Row::None);
        self.pointer(&at.key("items"), &list.items);
        self.headers(&at.key("headers"), &list.headers, Row::None);
        if let Some(body) = &list.body {
            self.body(&at.key("body"), body, Row::None);
            self.no_body(&at.key("body"), method);
        }
        let page = at.key("page");
        match &list.page {
            Paging::None => {}
            Paging::Page(numbered) | Paging::Offset(numbered) => self.numbered(&page, numbered),
            Paging::Cursor(cursor) => self.cursor(&page, cursor, method),
            Paging::Link(link) => {
                self.param(&page.key("param"), link.param.as_deref());
                self.size(&page.key("size"), link.size);
            }
            Paging::Url { next } => self.pointer(&page.key("next"), next),
        }
        if list.rows == RowShape::One && !matches!(list.page, Paging::None) {
            self.at(&page, "rows = \"one\" is a single row: it has no pages");
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

    fn numbered(&mut self, at: &Path<'_>, page: &Numbered) {
        self.param(&at.key("param"), Some(&page.param));
        self.param(&at.key("size_param"), page.size_param.as_deref());
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
        if page.size_param.as_ref() == Some(&page.param) {
            self.at(
                &at.key("size_param"),
                "`param` and `size_param` cannot be the same parameter",
            );
        }
    }

    fn cursor(&mut self, at: &Path<'_>, page: &Cursor, method: &str) {
        self.param(&at.key("param"), Some(&page.param));
        self.param(&at.key("size_param"), page.size_param.as_deref());
        self.size(&at.key("size"), page.size);
        let next = page.next.strip_prefix("item:").unwrap_or(&page.next);
        self.pointer(&at.key("next"), next);
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
        if page.place == Place::Body {
            self.no_body(&at.key("in"), method);
        }
    }

    fn param(&mut self, at: &Path<'_>, name: Option<&str>) {
        if name == Some("") {
            self.at(at, "a parameter needs a name");
        }
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
