//! One list on a service: the APIs that it may be had by, whether all of it came, and what to say of an
//! answer that is not as the manifest says.

use std::sync::Arc;

use super::lines::Note;
use crate::{
    api::ListEnd,
    manifest::{Paging, Resource},
    record::{Rows, survey::Survey},
};

/// Numbers of rows that are the end of a page rather than of a list.
const FULL: [usize; 9] = [10, 20, 25, 30, 50, 100, 200, 500, 1000];

/// A list as it came.
pub(super) struct Read {
    pub rows: Rows,
    pub end: ListEnd,
    pub survey: Survey,
}

/// A resource by its own API and by each older one, with the words that tell which.
pub(super) fn apis(resource: &Arc<Resource>) -> Vec<(String, Arc<Resource>)> {
    let own = Resource {
        alternatives: Vec::new(),
        ..(**resource).clone()
    };
    let older = resource.alternatives.iter().map(|older| {
        let api = Resource {
            list: older.list.clone(),
            get: older.get.clone(),
            ..own.clone()
        };
        (format!(", by {}", older.title), Arc::new(api))
    });
    let older: Vec<_> = older.collect();
    let mut all = vec![(String::new(), Arc::new(own))];
    all.extend(older);
    all
}

/// The same list in pages of another size; none where it does not say how large they are.
pub(super) fn in_pages_of(resource: &Resource, size: usize) -> Option<Resource> {
    let size = u64::try_from(size).ok()?;
    let mut smaller = resource.clone();
    match &mut smaller.list.page {
        Paging::Page(by) | Paging::Offset(by) if by.size_param.is_some() => by.size = size,
        Paging::Cursor(by) if by.size_param.is_some() => by.size = Some(size),
        _ => return None,
    }
    smaller.list.hydrate = false;
    Some(smaller)
}

/// So many rows.
pub(super) fn rows(count: usize) -> String {
    match count {
        1 => "1 row".to_owned(),
        _ => format!("{count} rows"),
    }
}

/// How many rows and pages came, and whether that is all.
pub(super) fn counted(read: &Read) -> String {
    let fetched = read.end.fetched;
    let mut words = rows(fetched);
    if read.survey.pages.len() > 1 {
        words = format!("{words} in {} pages", read.survey.pages.len());
    }
    if read.end.total == u64::try_from(fetched).ok() {
        words.push_str(", as many as the service says");
    }
    if fetched == 0 {
        words.push_str("; make a key there to have its fields compared");
    }
    words
}

/// Pages of which none brings a row that the first did not have.
pub(super) fn repeats(read: &Read) -> Option<Note> {
    let pages = &read.survey.pages;
    let most = pages.iter().max().copied().unwrap_or(0);
    let fetched = read.end.fetched;
    let again = pages.len() > 1 && pages.iter().sum::<usize>() > fetched && fetched <= most;
    again.then(|| {
        Note::new(
            "",
            "every page brings the same rows: check what the service calls the page in its requests (`param`), and where it reads it (`in`)",
        )
    })
}

/// What looks as if a list were not whole.
pub(super) fn paging(resource: &Resource, read: &Read) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let (survey, list) = (&read.survey, &resource.list);
    let fetched = read.end.fetched;
    let elsewhere = survey.lists(list.rows);
    if let (true, Some(at)) = (survey.pages.is_empty(), elsewhere.first()) {
        let words = format!(
            "nothing stands at {}, which counts as no rows; the answer has a list at {at}",
            list.items
        );
        notes.push(Note::new("", words));
    }
    notes.extend(read.end.cut.iter().map(|cut| Note::new("", cut.clone())));
    let told = survey.paging(list);
    if !told.is_empty() {
        let told = told.join(" and ");
        notes.push(Note::new(
            "",
            format!("the answer speaks of further pages at {told}, and the list has no [resource.list.page]"),
        ));
    }
    let none = list.page == Paging::None;
    if none && survey.linked {
        notes.push(Note::new(
            "",
            "the answer has a Link header to a next page: add [resource.list.page] with by = \"link\"",
        ));
    } else if none && notes.is_empty() && resource.limit.is_none() && FULL.contains(&fetched) {
        notes.push(Note::new(
            "",
            format!("exactly {fetched} rows, as a full page has: does the service have pages, or a parameter for more?"),
        ));
    }
    notes
}

/// Where the answer to a list has what could be rows, where it is not as the manifest says.
pub(super) fn envelope(resource: &Resource, survey: &Survey) -> Option<String> {
    let said = &resource.list.items;
    if !survey.pages.is_empty() {
        // The rows were found: it is about what stands around them.
        let around = survey.around.iter();
        let around = around.filter(|(at, _)| !at.is_empty() && !at.contains('*') && *at != said);
        let around: Vec<&str> = around.map(|(at, _)| at).take(8).collect();
        let around = around.join(", ");
        return (!around.is_empty()).then(|| format!("Around the rows it has {around}."));
    }
    let lists = survey.lists(resource.list.rows);
    let first = lists.first()?;
    let others = match lists.len() {
        1 => String::new(),
        _ => format!(" (or {})", lists.get(1..).unwrap_or_default().join(", ")),
    };
    Some(format!(
        "It has a list elsewhere: items = \"{first}\"{others}."
    ))
}
