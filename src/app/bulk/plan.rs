//! A plan says of every key what will happen to it, or why nothing will, before anything is sent; what is
//! done later is what the plan said. It is written out as the JSON and the CSV that scripts get too.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::super::{
    gate::Tier,
    report::Report,
    rotation::steps::{Step, Way},
};
use crate::{
    api::Target,
    manifest::{Resource, Role},
    record::{harmless, to_json},
};

/// One key of a plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The context's name.
    pub context: Arc<str>,
    /// What kind of key.
    pub resource: Arc<Resource>,
    /// Which.
    pub target: Target,
    /// The context signs in with it.
    pub own: bool,
    /// What will happen to it.
    pub does: Does,
    /// Where its new secret goes, where it gets one.
    pub to: Option<String>,
    /// Why it has to be confirmed, or why nothing happens; a sentence each.
    pub reasons: Vec<String>,
    /// How far it has to be confirmed.
    pub tier: Tier,
}

/// What will happen to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// It is deleted.
    Delete,
    /// It gets a new secret, or another key takes its place.
    Rotate {
        /// How.
        way: Way,
        /// It ends before the old key is deleted.
        keep_old: bool,
        /// What the other key is called, where both are there at once.
        twin: Option<String>,
    },
    /// Nothing: there is nothing to do.
    Skip,
    /// Nothing: it may not be done.
    Refuse,
}

impl Does {
    /// Something is sent for it.
    #[must_use]
    pub fn sends(&self) -> bool {
        matches!(self, Self::Delete | Self::Rotate { .. })
    }

    /// The word that scripts read.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Rotate { .. } => "rotate",
            Self::Skip => "skip",
            Self::Refuse => "refuse",
        }
    }
}

/// The flags of the command line that confirm so far.
#[must_use]
pub fn flags(tier: Tier) -> &'static str {
    match tier {
        Tier::Form => "",
        Tier::Button | Tier::Typed => "--yes",
        Tier::Twice => "--yes --yes",
    }
}

/// As the command line calls a way.
#[must_use]
pub fn mode(way: Way) -> &'static str {
    match way {
        Way::Regenerate => "regenerate",
        Way::CreateFirst | Way::DeleteFirst => "replace",
    }
}

/// The steps that are taken, in words.
#[must_use]
pub fn steps(way: Way, keep_old: bool) -> Vec<&'static str> {
    let told = way.steps().iter().filter(|step| {
        let asked = matches!(step, Step::Choose | Step::Destination | Step::Fill);
        let end = matches!(step, Step::HandOver | Step::Revoke | Step::Dead);
        !(asked || keep_old && end)
    });
    told.map(|step| step.title(Some(way))).collect()
}

/// Which rows of a plan run beside no other, in their order. Without the key that a context signs in with nothing
/// can be sent; a key whose old one goes first leaves a gap that nothing else may lengthen; and of two new keys
/// that look alike it could not be said which one a lost answer made.
#[must_use]
pub fn alone(plan: &[&Planned]) -> Vec<bool> {
    let twin = |one: &Planned| match &one.does {
        Does::Rotate { twin, .. } => {
            let (context, resource) = (one.context.clone(), one.resource.id.clone());
            twin.clone().map(|twin| (context, resource, twin))
        }
        _ => None,
    };
    let mut called = BTreeMap::new();
    for twin in plan.iter().filter_map(|one| twin(one)) {
        *called.entry(twin).or_insert(0_usize) += 1;
    }
    let alike = |one: &Planned| twin(one).is_some_and(|twin| called.get(&twin) > Some(&1));
    let runs_alone = |one: &&Planned| match &one.does {
        _ if one.own => true,
        Does::Rotate { way, .. } => match way {
            Way::DeleteFirst => true,
            Way::CreateFirst => !is_known_by_name(&one.resource) || alike(one),
            Way::Regenerate => false,
        },
        _ => false,
    };
    plan.iter().map(runs_alone).collect()
}

/// A lost new key is looked for by its name, among other things.
fn is_known_by_name(resource: &Resource) -> bool {
    let name = resource.role(Role::Name);
    let name = name.and_then(|at| resource.field.get(at));
    name.is_some_and(|field| resource.natural_key.contains(&field.key))
}

/// The plan as JSON: `{"items": […]}`.
#[must_use]
pub fn json(plan: &[Planned]) -> Value {
    let items: Vec<Value> = plan.iter().map(Planned::object).collect();
    json!({ "items": items })
}

impl Planned {
    fn object(&self) -> Value {
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
        put("context", json!(&*self.context));
        put("resource", json!(self.resource.id));
        put("id", json!(self.target.id.as_str()));
        put("name", json!(self.target.name));
        put("action", json!(self.does.word()));
        if let Does::Rotate {
            way,
            keep_old,
            twin,
        } = &self.does
        {
            put("mode", json!(mode(*way)));
            put("twin", json!(twin));
            put("steps", json!(steps(*way, *keep_old)));
            put("to", json!(self.to));
        }
        put("own", json!(self.own));
        put("reasons", json!(self.reasons));
        put("confirm", json!(flags(self.tier)));
        Value::Object(object)
    }
}

/// The plan as CSV with a header: RFC 4180, formula-safe.
#[must_use]
pub fn csv(plan: &[Planned]) -> String {
    let header = [
        "context", "resource", "id", "name", "action", "mode", "to", "own", "confirm", "reasons",
    ];
    let rows = plan.iter().map(|one| {
        let mode = match &one.does {
            Does::Rotate { way, .. } => mode(*way),
            _ => "",
        };
        [
            one.context.to_string(),
            one.resource.id.clone(),
            one.target.id.as_str().to_owned(),
            one.target.name.clone(),
            one.does.word().to_owned(),
            mode.to_owned(),
            one.to.clone().unwrap_or_default(),
            one.own.to_string(),
            // Dashes would make a formula of it.
            flags(one.tier).replace("--", ""),
            one.reasons.join(" "),
        ]
    });
    table(header, rows)
}

/// What became of a key, as the JSON object that scripts read.
#[must_use]
pub fn outcome(context: &str, resource: &Resource, report: &Report) -> Value {
    json!({
        "outcome": report.end.word(),
        "context": context,
        "resource": resource.id,
        "id": report.id,
        "name": report.name,
        "message": report.message,
        "journal": report.journal.map(|id| id.to_string()),
    })
}

/// What became of the keys as CSV with a header: RFC 4180, formula-safe.
#[must_use]
pub fn outcomes_csv<'a>(
    reports: impl Iterator<Item = (&'a str, &'a Resource, &'a Report)>,
) -> String {
    let header = [
        "context", "resource", "id", "name", "outcome", "message", "journal",
    ];
    let rows = reports.map(|(context, resource, report)| {
        let journal = report.journal.map(|id| id.to_string());
        [
            context.to_owned(),
            resource.id.clone(),
            report.id.clone().unwrap_or_default(),
            report.name.clone().unwrap_or_default(),
            report.end.word().to_owned(),
            report.message.clone(),
            journal.unwrap_or_default(),
        ]
    });
    table(header, rows)
}

/// Objects as one JSON text with a line end.
#[must_use]
pub fn text(whole: &Value) -> String {
    format!("{}\n", to_json(whole))
}

fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Nothing that is written to memory fails.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row.map(|cell| harmless(&cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::report::End,
        manifest::{self, IdKind},
        record::KeyId,
    };

    fn planned(name: &str, does: Does) -> Planned {
        let manifest = manifest::load(manifest::builtin("typesense").unwrap()).unwrap();
        Planned {
            context: "dev".into(),
            resource: Arc::clone(manifest.resource("keys").unwrap()),
            target: Target::named(KeyId::new("7", IdKind::U32).unwrap(), name.to_owned()),
            own: false,
            to: does.sends().then(|| "env:.env:ci".to_owned()),
            does,
            reasons: vec!["It is an API key with far-reaching rights.".to_owned()],
            tier: Tier::Typed,
        }
    }

    #[test]
    fn a_plan_is_one_object_for_each_key() {
        let rotate = Does::Rotate {
            way: Way::CreateFirst,
            keep_old: true,
            twin: Some("ci-2".to_owned()),
        };
        insta::assert_snapshot!(text(&json(&[planned("ci", rotate)])), @r#"{"items":[{"context":"dev","resource":"keys","id":"7","name":"ci","action":"rotate","mode":"replace","twin":"ci-2","steps":["make the new key","store the new secret","try the new key"],"to":"env:.env:ci","own":false,"reasons":["It is an API key with far-reaching rights."],"confirm":"--yes"}]}"#);
    }

    #[test]
    fn what_could_be_taken_for_another_runs_alone() {
        let twin = |name: &str| Does::Rotate {
            way: Way::CreateFirst,
            keep_old: false,
            twin: Some(name.to_owned()),
        };
        let way = |way| Does::Rotate {
            way,
            keep_old: false,
            twin: None,
        };
        let own = Planned {
            own: true,
            ..planned("e", Does::Delete)
        };
        let plan = [
            planned("a", twin("x")),
            planned("b", twin("y")),
            planned("a", twin("x")),
            planned("c", way(Way::Regenerate)),
            planned("d", way(Way::DeleteFirst)),
            own,
            planned("f", Does::Delete),
        ];
        let rows: Vec<&Planned> = plan.iter().collect();
        assert_eq!(alone(&rows), [true, false, true, false, true, true, false]);
    }

    #[test]
    fn no_cell_of_a_plan_is_a_formula() {
        let text = csv(&[planned("=HYPERLINK(\"x\")", Does::Delete)]);
        assert_eq!(
            text,
            "context,resource,id,name,action,mode,to,own,confirm,reasons\r\ndev,keys,7,\"'=HYPERLINK(\"\"x\"\")\",delete,,env:.env:ci,false,yes,It is an API key with far-reaching rights.\r\n"
        );
    }

    #[test]
    fn an_outcome_has_its_word_and_its_message() {
        let one = planned("@ci", Does::Delete);
        let report = Report {
            end: End::NotDone,
            id: Some("7".to_owned()),
            name: Some("@ci".to_owned()),
            message: "It was refused, twice.".to_owned(),
            journal: None,
            partial: false,
        };
        let rows = [("dev", &*one.resource, &report)];
        assert_eq!(
            outcomes_csv(rows.into_iter()),
            "context,resource,id,name,outcome,message,journal\r\ndev,keys,7,'@ci,not_done,\"It was refused, twice.\",\r\n"
        );
        assert_eq!(
            outcome("dev", &one.resource, &report)["outcome"],
            "not_done"
        );
    }
}
