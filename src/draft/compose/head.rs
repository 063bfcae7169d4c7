//! What stands before the resource: who the service is, what a context gives, how one signs in, how one
//! tells that it works, and what refusals mean.

use serde_json::{Map, Value, json};

use super::Compose;
use crate::draft::{
    calls::Calls,
    errors::Errors,
    field::one_line,
    path::is_sayable,
    probe::Probe,
    sheet::{Note, Sheet, quoted},
    sign_in::{Input, Way},
};

/// Words of a title that are about the document, not the service.
const FILLER: [&str; 19] = [
    "the",
    "api",
    "apis",
    "rest",
    "restful",
    "openapi",
    "swagger",
    "specification",
    "spec",
    "reference",
    "documentation",
    "docs",
    "http",
    "public",
    "official",
    "v1",
    "v2",
    "v3",
    "json",
];

/// The name of the service in the title of a document: `The Acme REST API (v2)` is of `Acme`.
fn service(title: &str) -> String {
    let whole = one_line(title);
    let bare = |word: &str| {
        word.to_lowercase()
            .trim_matches(|it: char| !it.is_alphanumeric())
            .to_owned()
    };
    let is_filler = |word: &&str| FILLER.contains(&bare(word).as_str()) || bare(word).is_empty();
    let words = whole.split(' ').skip_while(is_filler);
    let kept: Vec<&str> = words.take_while(|word| !is_filler(word)).collect();
    let kept = kept.join(" ");
    let name = kept.strip_suffix("'s").unwrap_or(&kept);
    match (name.is_empty(), whole.is_empty()) {
        (false, _) => name.to_owned(),
        (true, false) => whole,
        (true, true) => "My service".to_owned(),
    }
}

impl Compose<'_, '_> {
    pub(super) fn head(
        &self,
        calls: &Calls<'_>,
        list: Option<&str>,
        from: &str,
        sheet: &mut Sheet,
    ) {
        let document = self.document;
        let title = self.title();
        let version = document
            .text("/info/version")
            .map(|it| format!(", version {it}"))
            .unwrap_or_default();
        sheet.comment(&format!(
            "{title}: drafted by `keyrack backend new` from {from} ({}{version}) for {}.",
            document.format, self.path
        ));
        sheet.comment(
            "What the document says stands as it is. `# guessed:` behind a word says from what it was taken: look at it, then remove the note. A line with # before its first letter is switched off: look up what is said above it, then remove the #.",
        );
        sheet.comment(
            "Then: keyrack backend check FILE, and with -c CONTEXT on the service itself.",
        );
        if document.is_cut() {
            sheet.comment("Parts of the document stand in other files, and what they say is missing here: bundle it into one file first.");
        }
        sheet.word("manifest", &json!(1), Note::None);
        let from_title = self.names.id.is_none().then_some("from the title");
        sheet.say("id", &self.id(), from_title.into());
        sheet.say("title", &title, Note::None);
        self.addresses(calls, sheet);
        self.inputs(sheet);
        self.headers(calls, sheet);
        self.ways(sheet);
        self.check(list, sheet);
        errors(&Errors::of(document, calls), sheet);
    }

    fn title(&self) -> String {
        match &self.names.title {
            Some(title) => title.clone(),
            None => service(self.document.text("/info/title").unwrap_or_default()),
        }
    }

    /// A short name that no built-in backend has.
    fn id(&self) -> String {
        if let Some(id) = &self.names.id {
            return id.clone();
        }
        let lower = self.title().to_lowercase();
        let parts = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
        let short: Vec<&str> = parts.filter(|word| !word.is_empty()).take(3).collect();
        let id = short.join("-");
        let id = if id.is_empty() {
            "my-service".to_owned()
        } else {
            id
        };
        if crate::manifest::builtin(&id).is_some() {
            format!("{id}-own")
        } else {
            id
        }
    }

    fn addresses(&self, calls: &Calls<'_>, sheet: &mut Sheet) {
        let is_address = |url: &&str| {
            url::Url::parse(url).is_ok_and(|it| {
                matches!(it.scheme(), "http" | "https")
                    && it.username().is_empty()
                    && it.password().is_none()
            }) && !url.contains('{')
        };
        let own = calls
            .all()
            .find_map(super::super::operation::Operation::docs);
        let tag = calls.list.as_ref().and_then(|list| list.operation.tag());
        let tags = self
            .document
            .at("/tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let of_tag = tags
            .filter(|it| it.get("name").and_then(Value::as_str) == tag)
            .find_map(|it| it.pointer("/externalDocs/url").and_then(Value::as_str));
        let general = self.document.text("/externalDocs/url");
        match [own, of_tag, general]
            .into_iter()
            .flatten()
            .find(is_address)
        {
            Some(docs) => sheet.say("docs", docs, Note::None),
            None => sheet.off(&["docs = \"https://…\""]),
        }
        if let Some(base) = &self.server.base {
            sheet.say("base_url", base, self.server.why.as_deref().into());
        } else {
            let path = &self.server.path;
            let line = format!("base_url = \"https://…{path}\"");
            sheet.look_up(&[&line], "the address of the service, which the document does not name; a context's url can say it too");
        }
    }

    fn inputs(&self, sheet: &mut Sheet) {
        for input in self.sign_in.inputs().iter().chain(&self.holes.inputs) {
            sheet.table(&format!("[inputs.{}]", input.name));
            describe(input, sheet);
        }
    }

    /// Headers that every call needs beside the credential, such as the version of the API.
    fn headers(&self, calls: &Calls<'_>, sheet: &mut Sheet) {
        let Some(list) = &calls.list else { return };
        let all = super::op::headers(&list.operation, &self.sign_in);
        let (on, off): (Vec<_>, Vec<_>) =
            all.iter().partition(|it| it.required && it.value.is_some());
        if !on.is_empty() {
            sheet.table("[headers]");
        }
        for header in &on {
            let why = "the list wants it, and the document shows this value";
            sheet.say(
                &header.name,
                header.value.as_deref().unwrap_or_default(),
                Note::Guessed(why),
            );
        }
        if !off.is_empty() && on.is_empty() {
            sheet.gap();
        }
        for (at, header) in off.iter().enumerate() {
            let line = format!(
                "{} = \"{}\"",
                quoted(&header.name),
                header.value.as_deref().unwrap_or("…")
            );
            let what = if header.required {
                format!("what {} has to be; the list wants it", header.name)
            } else {
                format!("whether calls need the header {}", header.name)
            };
            let head = (at == 0 && on.is_empty()).then_some("[headers]");
            let lines: Vec<&str> = head.into_iter().chain([line.as_str()]).collect();
            sheet.look_up(&lines, &what);
        }
    }

    fn ways(&self, sheet: &mut Sheet) {
        for way in &self.sign_in.ways {
            write_way(way, sheet);
        }
        if self.sign_in.ways.is_empty() {
            sheet.gap();
            sheet.look_up(
                &[
                    "[inputs.token]",
                    "label = \"Token\"",
                    "secret = true",
                    "[[auth]]",
                    "id = \"token\"",
                    "inputs = [\"token\"]",
                    "headers = { Authorization = \"Bearer {token}\" }",
                ],
                "how calls are signed in to; the document does not say it",
            );
        }
        for remark in &self.sign_in.remarks {
            sheet.comment(&format!("Not drafted: {remark}."));
        }
    }

    fn check(&self, list: Option<&str>, sheet: &mut Sheet) {
        if let Some(probe) = Probe::find(self.document).filter(|it| is_sayable(&it.path)) {
            sheet.table("[[check]]");
            sheet.say("id", probe.id, Note::None);
            sheet.say(
                "call",
                &format!("GET {}", probe.path),
                Note::Guessed(&probe.why),
            );
            if let Some(who) = &probe.who {
                sheet.say("who", who, Note::Guessed("from its name"));
            }
            return;
        }
        if let Some(call) = list.filter(|call| call.starts_with("GET ")) {
            sheet.table("[[check]]");
            sheet.say("id", "list", Note::None);
            sheet.say(
                "call",
                call,
                Note::Guessed("nothing else in the document tells that a context works"),
            );
        } else {
            sheet.gap();
            sheet.look_up(
                &[
                    "[[check]]",
                    "id = \"user\"",
                    "call = \"GET /…\"",
                    "who = \"/…\"",
                ],
                "a read that any credential may do, and where its answer names who is signed in",
            );
        }
    }
}

fn describe(input: &Input, sheet: &mut Sheet) {
    sheet.say("label", &input.label, Note::None);
    if input.secret {
        sheet.word("secret", &true.into(), Note::None);
    }
    if let Some(default) = &input.default {
        sheet.say("default", default, input.why.as_deref().into());
    }
    if input.optional {
        sheet.word("optional", &true.into(), Note::None);
    }
    match &input.help {
        Some(help) => sheet.say("help", help, Note::None),
        None => sheet.off(&["help = \"Where a person finds it.\""]),
    }
}

fn write_way(way: &Way, sheet: &mut Sheet) {
    let map = |pairs: &[(String, String)]| {
        let pairs = pairs
            .iter()
            .map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    sheet.table("[[auth]]");
    sheet.say("id", &way.id, Note::None);
    let inputs: Vec<String> = way.inputs.iter().map(|input| input.name.clone()).collect();
    sheet.list("inputs", &inputs);
    let why = way.why.join("; ");
    let note = Note::from((!why.is_empty()).then_some(why.as_str()));
    if !way.headers.is_empty() {
        sheet.word("headers", &map(&way.headers), note);
    }
    if let Some(basic) = &way.basic {
        sheet.word("basic", &json!(basic), Note::None);
    }
    if !way.query.is_empty() {
        sheet.word("query", &map(&way.query), note);
    }
    if let Some(login) = &way.login {
        sheet.table("[[auth.login]]");
        sheet.say("call", &format!("POST {}", login.path), Note::None);
        sheet.say("encode", "form", Note::Guessed("the usual way of OAuth"));
        sheet.word("body", &login.body, Note::None);
        sheet.word(
            "capture",
            &json!({ "access_token": "/access_token" }),
            Note::None,
        );
        sheet.say("expires_in", "/expires_in", Note::None);
    }
}

fn errors(errors: &Errors, sheet: &mut Sheet) {
    if *errors == Errors::default() {
        return;
    }
    sheet.table("[errors]");
    sheet.list("message", &errors.message);
    let (field, text) = match &errors.each {
        Some((field, text)) => (Some(field), Some(text)),
        None => (None, None),
    };
    for (word, value) in [("code", &errors.code), ("fields", &errors.fields)] {
        if let Some(value) = value {
            sheet.say(word, value, Note::None);
        }
    }
    for (word, value) in [("field", field), ("text", text)] {
        if let Some(value) = value {
            sheet.say(word, value, Note::Guessed("from its name"));
        }
    }
    if let Some(ok) = &errors.ok {
        sheet.say(
            "ok",
            ok,
            Note::Guessed("from its name: false where a call has failed with status 200"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_what_a_title_says_beside_the_words_for_documents() {
        for (title, expected) in [
            ("Acme API", "Acme"),
            ("The Acme Cloud REST API (v2)", "Acme Cloud"),
            (
                "GitHub's official OpenAPI spec + Octokit extension",
                "GitHub",
            ),
            ("API", "API"),
            ("", "My service"),
            ("Key Vault - Public API", "Key Vault"),
        ] {
            assert_eq!(service(title), expected, "{title}");
        }
    }
}
