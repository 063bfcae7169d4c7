//! Every read operation of a manifest in turn: its checks, each list to its end, one row of it by `get`, the
//! lists within its rows, and the same by older APIs. Secrets are not asked for.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    fields,
    lines::{Lines, Note},
    list::{Read, apis, counted, envelope, in_pages_of, paging, repeats, rows},
    suggest,
};
use crate::{
    api::{ApiError, Query, client::Client},
    manifest::{Manifest, Resource},
    record::{KeyId, Record, Rows, survey::Survey},
};

/// Most rows of a parent that are opened until one has rows of its own.
const OPENED: usize = 5;

/// Tries all that reads.
pub(super) async fn run(client: &Client, manifest: &Manifest, lines: &mut Lines) {
    for check in client.check().await {
        let what = format!("check {}", check.id);
        match check.result {
            Ok(who) => {
                let who = who.unwrap_or_default();
                lines.ok(what, crate::record::Text::new(&who).shown());
            }
            Err(error) => {
                let next = if is_missing(&error) {
                    "Check its `call` and the context's url."
                } else {
                    error.next_step_of_list()
                };
                lines.failed_with(what, &error.to_string(), next);
            }
        }
    }
    let mut visit = Visit {
        client,
        manifest,
        lines,
    };
    for resource in manifest.top() {
        visit.resource(resource, "").await;
    }
}

struct Visit<'a> {
    client: &'a Client,
    manifest: &'a Manifest,
    lines: &'a mut Lines,
}

impl Visit<'_> {
    /// A resource by each API that the manifest has for it; `within` says in which row, if in any.
    async fn resource(&mut self, resource: &Arc<Resource>, within: &str) {
        let apis = apis(resource);
        let name = &resource.id;
        let mut missing = Vec::new();
        let mut answered = None;
        for (by, api) in &apis {
            match self.read(api).await {
                Ok(read) => {
                    self.tell(api, &read, &format!("{by}{within}")).await;
                    answered.get_or_insert(read.rows);
                }
                Err((error, _)) if apis.len() > 1 && is_missing(&error) => missing.push(by),
                Err((error, survey)) => self.not_read(api, &error, &survey),
            }
        }
        let what = format!("{name} list");
        for by in missing {
            match answered {
                Some(_) => self.lines.ok(
                    &*what,
                    format!("not there{by} (404): this service speaks another API"),
                ),
                None => self.lines.failed_with(
                    &*what,
                    &format!("not there{by} (404)"),
                    "Check `call` and the context's url.",
                ),
            }
        }
        self.children(resource, answered.as_ref()).await;
    }

    /// The lists within the rows of a list: of the first that has any.
    async fn children(&mut self, parent: &Resource, rows: Option<&Rows>) {
        let (manifest, id) = (self.manifest, Some(&parent.id));
        for child in manifest
            .resource
            .iter()
            .filter(|it| it.parent.as_ref() == id)
        {
            let ids = rows.into_iter().flat_map(Rows::iter);
            let opened: Vec<(String, String)> = ids
                .filter_map(|row| Some((row.id_text()?.to_owned(), row.name().exact().to_owned())))
                .take(OPENED)
                .collect();
            if opened.is_empty() {
                let words = format!("not tried: there is no row of {} to open", parent.id);
                self.lines
                    .note(format!("{} list", child.id), words, Vec::new());
            }
            let last = opened.len();
            for (at, (id, name)) in opened.into_iter().enumerate() {
                let inner = Arc::new(child.under(&id, &name));
                if at + 1 < last && self.is_empty(&inner).await {
                    continue;
                }
                let within = format!(", within row {} of {}", at + 1, parent.id);
                Box::pin(self.resource(&inner, &within)).await;
                break;
            }
        }
    }

    /// A list came and has no rows.
    async fn is_empty(&self, resource: &Resource) -> bool {
        let mut resource = resource.clone();
        resource.list.hydrate = false;
        matches!(self.read(&Arc::new(resource)).await, Ok(read) if read.rows.is_empty())
    }

    /// Reads a list, and what it is made of.
    async fn read(&self, resource: &Arc<Resource>) -> Result<Read, (ApiError, Survey)> {
        let query = Query {
            resource: Arc::clone(resource),
            filters: BTreeMap::new(),
        };
        let mut rows = Rows::new(Arc::clone(resource));
        let mut take = |progress: crate::api::Progress| rows.append(&progress.rows);
        let listed = self.client.list(&query, &mut take).await;
        let survey = self.client.surveyed();
        match listed {
            Ok(end) => Ok(Read { rows, end, survey }),
            Err(error) => Err((error, survey)),
        }
    }

    fn not_read(&mut self, resource: &Resource, error: &ApiError, survey: &Survey) {
        let next = match error {
            ApiError::Decode(_) | ApiError::Unexpected(_) => envelope(resource, survey),
            error if is_missing(error) => {
                Some("Check `call` of [resource.list] and the context's url.".to_owned())
            }
            _ => None,
        };
        let next = next.unwrap_or_else(|| error.next_step_of_list().to_owned());
        let what = format!("{} list", resource.id);
        self.lines.failed_with(what, &error.to_string(), &next);
    }

    /// Tells a list, then one row of it, then what its rows are made of.
    async fn tell(&mut self, resource: &Arc<Resource>, read: &Read, by: &str) {
        let name = &resource.id;
        let mut bad = fields::bad(&read.rows);
        bad.extend(repeats(read));
        let words = format!("{}{by}", counted(read));
        let what = format!("{name} list");
        let notes = [bad.clone(), paging(resource, read)].concat();
        if bad.is_empty() {
            self.lines.hint(what, words, notes);
        } else {
            self.lines.wrong(what, words, notes);
        }
        self.pages(resource, read).await;
        let mut survey = read.survey.clone();
        if resource.list.hydrate && !read.rows.is_empty() {
            self.hydrated(resource, &survey);
            // What `get` answers is the row.
            survey.listed = std::mem::take(&mut survey.single);
        } else if resource.get.is_some() && !read.rows.is_empty() {
            let first = read.rows.iter().find_map(Record::id);
            if let Some(id) = first {
                if let Some(one) = self.get(resource, &id).await {
                    survey.single = one.single;
                }
            } else {
                let words = "not tried: no row has an id to ask for";
                self.lines.note(format!("{name} get"), words, Vec::new());
            }
        }
        if !read.rows.is_empty() {
            self.compare(resource, read, &survey);
        }
    }

    fn compare(&mut self, resource: &Resource, read: &Read, survey: &Survey) {
        let name = &resource.id;
        let others = fields::others(resource, survey);
        let (words, notes) = fields::compare(resource, &read.rows, survey, &others);
        self.lines.hint(format!("{name} fields"), words, notes);
        if others.is_empty() {
            return;
        }
        let are = match others.len() {
            1 => "1 member of the rows is".to_owned(),
            many => format!("{many} members of the rows are"),
        };
        let words = format!("{are} not declared");
        let notes = suggest::notes(&others);
        self.lines.note(format!("{name} others"), words, notes);
        self.lines.offer(name, suggest::lines(resource, &others));
    }

    /// A list that came in one page comes once more in smaller ones, where it says how large they are.
    async fn pages(&mut self, resource: &Arc<Resource>, read: &Read) {
        let all = read.end.fetched;
        let size = all.div_ceil(2);
        let one = read.survey.pages.len() == 1 && all > 1;
        let Some(smaller) = in_pages_of(resource, size).filter(|_| one) else {
            return;
        };
        let what = format!("{} pages", resource.id);
        let again = match self.read(&Arc::new(smaller)).await {
            Ok(again) => again,
            Err((error, _)) => {
                let words = format!("not tried: for pages of {size} the service answers: {error}");
                return self.lines.note(what, words, Vec::new());
            }
        };
        let came = again.end.fetched;
        match again.survey.pages.len() {
            pages if came == all && pages > 1 => {
                self.lines.ok(what, format!("{} in {pages} pages of {size}", rows(came)));
            }
            _ if came == all => self.lines.note(
                what,
                format!("asked for {size} rows at once, and {came} came: the service does not heed `size_param`, or has a least size"),
                Vec::new(),
            ),
            _ => self.lines.wrong(
                what,
                format!("in pages of {size} only {came} of {} came: check `param`, `first` and `size_param`", rows(all)),
                Vec::new(),
            ),
        }
    }

    fn hydrated(&mut self, resource: &Resource, survey: &Survey) {
        let mut notes = Vec::new();
        if fields::lists_all(resource, survey) {
            notes.push(Note::new(
                "",
                "the list alone has every declared field: without `hydrate` it is one call",
            ));
        }
        let words = format!("{} read one by one", rows(survey.got));
        let what = format!("{} hydrate", resource.id);
        self.lines.hint(what, words, notes);
    }

    /// Reads one row; gives what it is made of, where it is one.
    async fn get(&mut self, resource: &Arc<Resource>, id: &KeyId) -> Option<Survey> {
        let what = format!("{} get", resource.id);
        let got = self.client.get(resource, id).await;
        let survey = self.client.surveyed();
        let decoded = match got {
            Ok(decoded) => decoded,
            Err(error) => {
                let next = match error {
                    ApiError::Decode(_) => "Correct `item` of [resource.get].",
                    _ => "Check `call` of [resource.get].",
                };
                self.lines.failed_with(what, &error.to_string(), next);
                return None;
            }
        };
        let row = decoded.rows.record(0);
        let at = resource.item_id.named();
        let said = match row.id() {
            Some(found) if found == *id => {
                let bad = fields::bad(&decoded.rows);
                if bad.is_empty() {
                    self.lines.ok(what, "");
                } else {
                    self.lines.wrong(what, "", bad);
                }
                return Some(survey);
            }
            Some(_) => format!("the answer has another id at {at} than was asked for"),
            None => format!("the row has no id at {at}"),
        };
        let next = match holder(resource, &survey) {
            Some(item) => format!("The answer has one elsewhere: item = \"{item}\"."),
            None => "Correct `call` or `item` of [resource.get].".to_owned(),
        };
        self.lines.failed_with(what, &said, &next);
        None
    }
}

/// Where the answer about one row has an object with an id, if not where `item` says.
fn holder(resource: &Resource, survey: &Survey) -> Option<String> {
    let id = resource.item_id.iter().next()?;
    let said = resource.get.as_ref().and_then(|get| get.item.as_deref());
    let mut places = survey
        .around
        .iter()
        .filter_map(|(at, _)| at.strip_suffix(id));
    let place = places.find(|at| Some(*at) != said && !at.contains('*'));
    place.map(str::to_owned)
}

fn is_missing(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { status: 404, .. })
}
