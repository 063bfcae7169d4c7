//! `keyrack backend try`: the exact request of an operation, built by what sends it, with secrets masked and
//! what was not given as its hole. Nothing is sent and no source of a credential is asked.

mod marks;
mod operation;
mod print;
mod subject;
mod values;

use std::{collections::BTreeMap, sync::Arc};

use self::{
    marks::Marks,
    operation::{Call, Operation},
    subject::Subject,
};
use super::super::{DONE, Ended, Failure, Setting, args, block_on, output};
use crate::{
    api::{
        Change, Query, Target,
        client::{Client, rehearse::Rehearsed},
        request::Request,
    },
    manifest::{IdKind, Kind, Manifest, Op, Resource, Verb},
    record::{KeyId, Text},
};

/// Shows the requests of an operation.
pub(in crate::cli) fn run(setting: &Setting, arguments: &args::BackendTry) -> Ended {
    let subject = Subject::named(setting, &arguments.name)?;
    let manifest = Arc::clone(&subject.connection.manifest);
    let operation = Operation::read(&manifest, &arguments.operation)?;
    let attempt = Attempt {
        arguments,
        subject,
        marks: Marks::default(),
    };
    let told = block_on(attempt.told(&manifest, &operation))?;
    output::print(&told)?;
    Ok(DONE)
}

struct Attempt<'a> {
    arguments: &'a args::BackendTry,
    subject: Subject,
    marks: Marks,
}

impl Attempt<'_> {
    async fn told(&self, manifest: &Manifest, operation: &Operation) -> Result<String, Failure> {
        let mut notes = vec!["nothing was sent".to_owned()];
        let mut all = Vec::new();
        match operation {
            Operation::Login => {
                all.push(("login".to_owned(), self.rehearse(Rehearsed::Login).await?));
            }
            Operation::Checks(checks) => {
                for check in checks.iter().filter_map(|at| manifest.check.get(*at)) {
                    let requests = self.rehearse(Rehearsed::Check(check)).await?;
                    let name = match check.call {
                        Some(_) => format!("check {}", check.id),
                        None => "login".to_owned(),
                    };
                    all.push((name, requests));
                }
            }
            Operation::Of(resource, call) => {
                let within = self.within(manifest, resource)?;
                let requests = self.call(&within, *call, &mut notes).await?;
                all.push((self.arguments.operation.clone(), requests));
            }
        }
        output::say(&notes.join("\n"));
        Ok(self.print(all))
    }

    /// The requests of one operation on a resource.
    async fn call(
        &self,
        resource: &Arc<Resource>,
        call: Call,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Request>, Failure> {
        match call {
            Call::List => {
                notes.push(read_rows(resource));
                let query = Query {
                    resource: Arc::clone(resource),
                    filters: self.filters(resource)?,
                };
                let mark = self.marks.hole("mark of the answer before");
                self.rehearse(Rehearsed::List(&query, self.arguments.page, &mark))
                    .await
            }
            Call::Get => {
                notes.extend(resource.get.as_ref().map(read));
                let id = self.id(resource)?;
                self.rehearse(Rehearsed::Get(resource, &id)).await
            }
            Call::Reveal => {
                notes.extend(resource.reveal.as_ref().map(read));
                let target = self.target(resource)?;
                self.rehearse(Rehearsed::Reveal(resource, &target)).await
            }
            Call::Write(verb) => self.write(resource, verb, notes).await,
        }
    }

    async fn write(
        &self,
        resource: &Arc<Resource>,
        verb: Verb,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Request>, Failure> {
        let op = match verb {
            Verb::Create => resource.create.as_ref(),
            Verb::Update => resource.update.as_ref(),
            Verb::Rotate => resource.rotate.as_ref(),
            Verb::Delete => resource.delete.as_ref(),
            Verb::Act(at) => resource.acts.get(usize::from(at)),
        };
        let op = op.ok_or_else(|| Failure::usage("there is no such operation"))?;
        let filled = values::fill(resource, verb, op, self.arguments, &self.marks)?;
        let target = match verb {
            Verb::Create => None,
            _ => Some(self.target(resource)?),
        };
        if verb == Verb::Update && !op.full {
            notes.push("an update sends only what changes".to_owned());
        }
        if !filled.left_out.is_empty() {
            let names = filled.left_out.join(", ");
            notes.push(format!(
                "left out, for nothing was given (--set NAME=VALUE): {names}"
            ));
        }
        notes.push(read(op));
        let change = Change {
            context: Arc::clone(&self.subject.connection.name),
            resource: Arc::clone(resource),
            verb,
            target,
            values: filled.values,
        };
        self.rehearse(Rehearsed::Write(&change)).await
    }

    async fn rehearse(&self, what: Rehearsed<'_>) -> Result<Vec<Request>, Failure> {
        let signs_in = match what {
            Rehearsed::Login => true,
            Rehearsed::Check(check) => check.call.is_none(),
            _ => false,
        };
        let logs_in = self.subject.logs_in().filter(|_| signs_in);
        let way = match &self.arguments.auth {
            Some(id) => Some(self.subject.way(id)?),
            None => logs_in,
        };
        let inputs = self.subject.inputs(way, &self.marks);
        let gives = |name: &str| self.marks.secret(name);
        let connection = Arc::clone(&self.subject.connection);
        let client = Client::rehearsing(connection, inputs, way, &gives);
        let client = client.map_err(|error| Failure::usage(error.to_string()))?;
        let client = if signs_in {
            client.by_all_logins()
        } else {
            client
        };
        let requests = client.rehearse(what).await;
        requests.map_err(|error| Failure::usage(self.marks.told(&error.to_string())))
    }

    /// All requests, each under what it is where there are several; a login is told once.
    fn print(&self, all: Vec<(String, Vec<Request>)>) -> String {
        let mut parts: Vec<(String, String)> = Vec::new();
        for (name, requests) in all {
            let last = requests.len().saturating_sub(1);
            for (at, request) in requests.iter().enumerate() {
                let told = print::request(request, &self.marks);
                if name == "login" && at > 0 {
                    parts.push(("login, where the one above is not there".to_owned(), told));
                } else if at == last {
                    parts.push((name.clone(), told));
                } else if parts.is_empty() || name == "login" {
                    parts.push(("login".to_owned(), told));
                }
            }
        }
        if let [(_, only)] = parts.as_slice() {
            return only.clone();
        }
        let parts = parts
            .into_iter()
            .map(|(name, told)| format!("### {name}\n{told}"));
        parts.collect::<Vec<_>>().join("\n")
    }

    /// A resource by its own API, within the row that was named.
    fn within(&self, manifest: &Manifest, resource: &Resource) -> Result<Arc<Resource>, Failure> {
        let mut resource = Resource {
            alternatives: Vec::new(),
            ..resource.clone()
        };
        let given = &self.arguments.parent;
        if resource.parent.is_none() && !given.is_empty() {
            return Err(Failure::usage(format!(
                "{} are not within other rows: leave --parent out",
                resource.title
            )));
        }
        if let Some(parent) = manifest.holder(&resource) {
            let id = self.id_of(parent, given, "parent.id", "--parent")?;
            resource = resource.under(id.as_str(), id.as_str());
        }
        Ok(Arc::new(resource))
    }

    fn id(&self, resource: &Resource) -> Result<KeyId, Failure> {
        self.id_of(resource, &self.arguments.id, "id", "--id")
    }

    /// The id that was given, or holes for each of its parts.
    fn id_of(
        &self,
        resource: &Resource,
        given: &[String],
        hole: &str,
        option: &str,
    ) -> Result<KeyId, Failure> {
        let parts = resource.item_id.iter().len();
        if !given.is_empty() && given.len() != parts {
            return Err(Failure::usage(format!(
                "the id of {} has {parts} parts: give {option} as many times",
                resource.noun
            )));
        }
        let bad = |why: &str| Failure::usage(format!("the id of {option} {why}"));
        if !given.is_empty() && !resource.item_id_secret {
            let id = match given {
                [one] => KeyId::new(one, resource.item_id_kind),
                many => KeyId::of_parts(many.iter().map(String::as_str), resource.item_id_kind),
            };
            return id.map_err(bad);
        }
        let bare = resource.item_id_kind != IdKind::Text;
        let mark = |name: &str| match (resource.item_id_secret, bare) {
            (true, _) => self.marks.secret(name),
            (_, true) => self.marks.bare(name),
            _ => self.marks.hole(name),
        };
        let marks: Vec<String> = match parts {
            1 => vec![mark(hole)],
            _ => (1..=parts)
                .map(|part| mark(&format!("{hole}.{part}")))
                .collect(),
        };
        let id = match marks.as_slice() {
            [one] => KeyId::new(one, IdKind::Text),
            many => KeyId::of_parts(many.iter().map(String::as_str), IdKind::Text),
        };
        id.map_err(bad)
    }

    /// The row that is meant: what was given of it, and holes for the rest.
    fn target(&self, resource: &Resource) -> Result<Target, Failure> {
        let mut item = BTreeMap::new();
        for field in &resource.field {
            let name = format!("item.{}", field.key);
            let text = matches!(
                field.kind,
                Kind::Text | Kind::Choice | Kind::Time | Kind::Expiry
            );
            let mark = if text {
                self.marks.hole(&name)
            } else {
                self.marks.bare(&name)
            };
            item.insert(field.key.clone(), mark.into());
        }
        for (name, value) in &self.arguments.item {
            if resource.field_at(name).is_none() {
                let shown = Text::new(name).shown().into_owned();
                return Err(Failure::usage(format!(
                    "{} has no field {shown}",
                    resource.title
                )));
            }
            item.insert(name.clone(), value.clone().into());
        }
        Ok(Target {
            id: self.id(resource)?,
            name: String::new(),
            item: Arc::new(item),
        })
    }

    fn filters(&self, resource: &Resource) -> Result<BTreeMap<String, String>, Failure> {
        for (name, value) in &self.arguments.server_filter {
            let filter = resource.filter.iter().find(|filter| filter.id == *name);
            let known: Vec<&str> = resource.filter.iter().map(|it| it.id.as_str()).collect();
            let Some(filter) = filter else {
                return Err(Failure::usage(format!(
                    "{} has no server filter {name:?}; there are {}",
                    resource.title,
                    known.join(", ")
                )));
            };
            let fits = filter.check(value);
            fits.map_err(|why| Failure::usage(format!("the value of {name} {why}")))?;
        }
        Ok(self.arguments.server_filter.iter().cloned().collect())
    }
}

/// A place in an answer.
fn place(at: &str) -> String {
    if at.is_empty() {
        "as the whole body".to_owned()
    } else {
        format!("at {at}")
    }
}

/// What is read from the answer.
fn read(op: &Op) -> String {
    let row = op.item.as_deref();
    let row = row.map(|at| format!("the row {}", place(at)));
    let secret = op.secret.as_ref();
    let secret = secret.map(|at| format!("the secret at {}", at.named()));
    let id = op.id.as_ref().map(|at| format!("the id at {}", at.named()));
    let parts: Vec<String> = [row, secret, id].into_iter().flatten().collect();
    match parts.as_slice() {
        [] => "of the answer nothing is read but whether it was done".to_owned(),
        all => format!("read from the answer: {}", all.join(", ")),
    }
}

/// What is read from the answer to a list.
fn read_rows(resource: &Resource) -> String {
    let rows = format!(
        "read from the answer: the rows {}",
        place(&resource.list.items)
    );
    match &resource.get {
        Some(get) if resource.list.hydrate => {
            format!("{rows}; then each by its id with {}", get.call)
        }
        _ => rows,
    }
}
