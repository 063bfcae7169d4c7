//! What works and looks forgotten: told as a hint, and only where a manifest that is right would hardly be
//! written so.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Check, Path};
use crate::manifest::{
    Auth, Field, Kind, List, Manifest, Op, Paging, Resource, Role, Template,
    template::{holes, texts},
};

/// Parameters by which services are asked for one page of many.
const OF_PAGES: [&str; 17] = [
    "page",
    "per_page",
    "perpage",
    "page_size",
    "pagesize",
    "page_number",
    "page_token",
    "pagetoken",
    "limit",
    "offset",
    "skip",
    "cursor",
    "after",
    "count",
    "max_results",
    "maxresults",
    "size",
];
/// Names of members that are times, whatever the service calls them otherwise.
const TIMES: [&str; 10] = [
    "created",
    "updated",
    "modified",
    "expires",
    "expiration",
    "expiry",
    "last_used",
    "lastused",
    "last_seen",
    "lastseen",
];

impl<'a> Check<'a, '_> {
    /// Told once all else was looked at.
    pub(super) fn forgotten(&mut self) {
        let manifest: &'a Manifest = self.manifest;
        let root = Path::ROOT;
        if manifest.check.is_empty() {
            self.report.hint(
                &root,
                "no [[check]]: `keyrack context check` has nothing to try",
            );
        }
        if manifest.auth.is_empty() {
            self.report
                .hint(&root, "no [[auth]]: calls are sent without a credential");
        }
        self.forgotten_inputs();
        let ways = root.key("auth");
        for (index, way) in manifest.auth.iter().enumerate() {
            let before = manifest.auth.get(..index).unwrap_or_default();
            self.forgotten_way(&ways.index(index), way, before);
        }
        let all = root.key("resource");
        for (index, resource) in manifest.resource.iter().enumerate() {
            self.forgotten_resource(&all.index(index), resource);
        }
    }

    fn forgotten_inputs(&mut self) {
        let manifest: &'a Manifest = self.manifest;
        let root = Path::ROOT;
        let inputs = root.key("inputs");
        for (name, input) in &manifest.inputs {
            let at = inputs.key(name);
            if !self.used.contains(name) {
                self.report
                    .hint(&at, format!("nothing uses the input `{name}`"));
            }
            if !input.secret && looks_secret(name) {
                self.report.hint(
                    &at,
                    format!("`{name}` looks like a credential, and contexts may hold it in plain text: secret = true"),
                );
            }
        }
    }

    /// A way to sign in that is never chosen, or that carries the same credential for everybody.
    fn forgotten_way(&mut self, at: &Path<'_>, way: &Auth, before: &[Auth]) {
        let taken = before
            .iter()
            .find(|other| other.inputs.iter().all(|name| way.inputs.contains(name)));
        if let Some(other) = taken {
            self.report.hint(
                at,
                format!(
                    "`{}` is never used: wherever its inputs are given, those of `{}` above it are too; put it above",
                    way.id, other.id
                ),
            );
        }
        let texts = way.headers.values().chain(way.query.values());
        let mut texts = texts.chain(way.basic.iter().flatten()).peekable();
        let fixed = texts.peek().is_some() && !texts.any(|text| holes(text).next().is_some());
        if fixed && way.login.is_empty() && way.hotkey.is_none() && way.command.is_none() {
            self.report.hint(
                at,
                format!("`{}` sends what stands here, the same for everybody: put the credential into [inputs], and {{its_name}} here", way.id),
            );
        }
    }

    fn forgotten_resource(&mut self, at: &Path<'_>, resource: &Resource) {
        self.forgotten_list(&at.key("list"), &resource.list, resource);
        let alternatives = at.key("alternatives");
        for (index, other) in resource.alternatives.iter().enumerate() {
            let at = alternatives.index(index);
            self.forgotten_list(&at.key("list"), &other.list, resource);
        }
        let ops = [
            ("get", &resource.get),
            ("update", &resource.update),
            ("rotate", &resource.rotate),
            ("delete", &resource.delete),
            ("reveal", &resource.reveal),
        ];
        for (name, op) in ops {
            if let Some(op) = op {
                self.forgotten_id(&at.key(name).key("call"), op, resource);
            }
        }
        self.forgotten_fields(at, resource);
    }

    fn forgotten_list(&mut self, at: &Path<'_>, list: &List, resource: &Resource) {
        let sent = sent(&list.call, &list.headers, list.body.as_ref());
        let names_parent = sent.iter().any(|hole| hole.starts_with("parent."));
        if resource.parent.is_some() && !names_parent {
            let parent = resource.parent.as_deref().unwrap_or_default();
            self.report.hint(
                &at.key("call"),
                format!("every row of `{parent}` would open the same list: put {{parent.id}} into the call"),
            );
        }
        let (_, query) = list.call.split_once('?').unwrap_or_default();
        let mut names = query
            .split('&')
            .map(|pair| pair.split('=').next().unwrap_or_default());
        let of_pages = names.find(|name| OF_PAGES.contains(&name.to_ascii_lowercase().as_str()));
        if let Some(name) = of_pages
            && list.page == Paging::None
            && resource.limit.is_none()
        {
            self.report.hint(
                &at.key("call"),
                format!("`{name}` asks for one page, and nothing asks for the next: add [resource.list.page], or limit = N to the resource where an answer of N rows may lack some"),
            );
        }
    }

    /// An id that is a secret in an address, and one of which a part is not sent.
    fn forgotten_id(&mut self, at: &Path<'_>, op: &Op, resource: &Resource) {
        let is_id = |hole: &str| hole == "id" || hole.starts_with("id.");
        if resource.item_id_secret && holes(&op.call).any(is_id) {
            self.report.hint(
                at,
                "{id} is the secret itself here, and addresses end in the service's logs: where it takes the id in a body, send it there",
            );
        }
        let named: Vec<&str> = sent(&op.call, &op.headers, op.body.as_ref());
        let is_sent = |part: &usize| named.contains(&format!("id.{part}").as_str());
        let parts = 1..=resource.item_id.iter().len();
        if named.iter().any(|hole| hole.starts_with("id."))
            && let Some(part) = parts.into_iter().find(|part| !is_sent(part))
        {
            self.report.hint(
                at,
                format!("`{{id.{part}}}` is not sent, and keys that differ in it alone are one to this call"),
            );
        }
    }

    fn forgotten_fields(&mut self, at: &Path<'_>, resource: &Resource) {
        if resource.field.is_empty() && resource.name.is_none() {
            self.report
                .hint(at, "no [[resource.field]]: rows show their id alone");
            return;
        }
        if resource.role(Role::Name).is_none() && resource.name.is_none() {
            self.report.hint(
                at,
                "no field has role = \"name\": keys are called by their id",
            );
        }
        if !resource.field.iter().any(|field| field.column) && resource.name.is_none() {
            self.report
                .hint(at, "no field has column = true: the table has no columns");
        }
        let all = at.key("field");
        for (index, field) in resource.field.iter().enumerate() {
            self.forgotten_field(&all.index(index), field, resource);
        }
    }

    fn forgotten_field(&mut self, at: &Path<'_>, field: &Field, resource: &Resource) {
        if matches!(field.kind, Kind::Text | Kind::Int) && looks_like_time(&field.key) {
            let key = &field.key;
            let kind = if key.to_ascii_lowercase().contains("expir") {
                "expiry"
            } else {
                "time"
            };
            self.report
                .hint(at, format!("`{key}` looks like a time: kind = \"{kind}\""));
        }
        let told = field.role.is_some() || field.holds_id(resource);
        if field.kind == Kind::Text && !told && looks_secret(&field.key) {
            self.report.hint(
                at,
                format!(
                    "`{}` looks like a secret, and as text it is shown: kind = \"secret\"",
                    field.key
                ),
            );
        }
    }
}

/// The holes of all that a call sends beside its fields.
fn sent<'s>(
    call: &'s str,
    headers: &'s BTreeMap<String, Template>,
    body: Option<&'s Value>,
) -> Vec<&'s str> {
    let headers = headers.values().map(String::as_str);
    let body = body.map(texts).unwrap_or_default();
    let all = std::iter::once(call).chain(headers).chain(body);
    all.flat_map(holes).collect()
}

fn looks_like_time(key: &str) -> bool {
    key.ends_with("_at")
        || key.ends_with("At")
        || TIMES.contains(&key.to_ascii_lowercase().as_str())
}

fn looks_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "secret",
        "password",
        "token",
        "private_key",
        "privatekey",
        "clientsecret",
        "api_key",
        "apikey",
    ]
    .iter()
    .any(|word| key == *word || key.ends_with(&format!("_{word}")))
}
