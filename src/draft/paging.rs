//! How a list is asked for its further rows, by the names of its parameters and of what its answer says
//! beside the rows.

mod known;

use serde_json::Value;

use known::{CURSORS, MORES, NEXTS, OFFSETS, PAGES, SIZES, TOTALS};

use super::{
    answer::{Envelope, Member, members},
    document::Document,
    names,
    operation::{Operation, Parameter},
    schema::{Shape, Type},
};

/// Rows asked for at once where the document names no number.
const SIZE: u64 = 100;
/// Most rows asked for at once.
const MOST: u64 = 1000;

/// One word of a paging and its value.
pub(super) type Word = (&'static str, Value);

/// How further rows are asked for.
#[derive(Debug, Default)]
pub(super) struct Paging<'d> {
    /// The words in their order, `by` first; empty where the answer is taken for whole.
    pub(super) words: Vec<Word>,
    /// From what it was guessed.
    pub(super) why: String,
    /// Names of parameters, in the query or the body, that belong to it.
    pub(super) parameters: Vec<&'d str>,
    /// What has to be looked up before it can work.
    pub(super) missing: Option<String>,
    /// The parameter for the size of a page.
    pub(super) size_param: Option<&'d str>,
}

/// What a list can be asked for in pages with.
struct Knobs<'d> {
    size: Option<Parameter<'d>>,
    page: Option<Parameter<'d>>,
    /// A text that is called a page: a mark, or a number written as one.
    page_mark: Option<Parameter<'d>>,
    offset: Option<Parameter<'d>>,
    cursor: Option<Parameter<'d>>,
}

impl<'d> Paging<'d> {
    /// Reads how a list is paged.
    pub(super) fn of(operation: &Operation<'d>, envelope: &Envelope<'d>) -> Self {
        let in_body = operation.method != "get";
        let all = if in_body {
            members_of_body(operation)
        } else {
            operation.query()
        };
        let knobs = Knobs::of(&all);
        let beside = beside(operation.document, envelope);
        let mut paging = knobs.paging(operation, &beside, in_body);
        let knobs = [
            &knobs.size,
            &knobs.page,
            &knobs.page_mark,
            &knobs.offset,
            &knobs.cursor,
        ];
        paging.parameters = knobs.into_iter().flatten().map(|it| it.name).collect();
        paging.size_param = knobs
            .first()
            .and_then(|size| size.as_ref())
            .map(|size| size.name);
        paging
    }
}

/// The members of a body as if they were parameters.
pub(super) fn members_of_body<'d>(operation: &Operation<'d>) -> Vec<Parameter<'d>> {
    let Some(body) = operation.body() else {
        return Vec::new();
    };
    let shape = Shape::of(operation.document, body.schema);
    let members = shape.properties.iter().map(|property| {
        let shape = Shape::of(operation.document, property.schema);
        Parameter {
            name: property.name,
            place: "body",
            required: property.required,
            description: shape.description,
            shape,
        }
    });
    members.collect()
}

/// What stands beside the rows of an answer.
fn beside<'d>(document: &'d Document, envelope: &Envelope<'d>) -> Vec<Member<'d>> {
    let Some(whole) = envelope.whole else {
        return Vec::new();
    };
    let mut all = members(document, whole);
    all.retain(|member| member.pointer != envelope.items);
    all
}

impl<'d> Knobs<'d> {
    fn of(all: &[Parameter<'d>]) -> Self {
        let find = |known: &[&str], kinds: &[Type]| {
            known.iter().find_map(|name| {
                let fits = |it: &&Parameter<'d>| {
                    names::spaced(it.name) == *name
                        && it.shape.kind.is_none_or(|kind| kinds.contains(&kind))
                };
                all.iter().find(fits).cloned()
            })
        };
        let numbers = [Type::Whole, Type::Number];
        let any = [Type::Whole, Type::Number, Type::Text];
        let texts = [Type::Text, Type::Whole];
        let text_offset = || find(&["offset", "start"], &[Type::Text]);
        Self {
            size: find(&SIZES, &any),
            page: find(&PAGES, &numbers),
            page_mark: find(&PAGES, &[Type::Text]),
            offset: find(&OFFSETS, &numbers),
            cursor: find(&CURSORS, &texts).or_else(text_offset),
        }
    }

    fn paging(
        &self,
        operation: &Operation<'d>,
        beside: &[Member<'d>],
        in_body: bool,
    ) -> Paging<'d> {
        if !in_body && let Some(paging) = Self::link(operation) {
            return paging;
        }
        let marks = [&self.cursor, &self.page_mark].into_iter().flatten();
        if let Some(paging) = marks
            .clone()
            .find_map(|mark| self.cursor(mark, beside, in_body))
        {
            return paging;
        }
        let page = self.page.as_ref().or(self.page_mark.as_ref());
        for (by, knob) in [("page", page), ("offset", self.offset.as_ref())] {
            if let Some(knob) = knob {
                return self.numbered(by, knob, operation, beside, in_body);
            }
        }
        if let Some(next) = address(beside) {
            return Paging {
                words: vec![("by", "url".into()), ("next", next.pointer.clone().into())],
                why: format!(
                    "`{}` of the answer seems to be the address of the next page",
                    next.name
                ),
                ..Paging::default()
            };
        }
        let missing = self.cursor.as_ref().or(self.size.as_ref()).map(|knob| {
            format!(
                "there is a parameter `{}`, and nothing in the answer says how to go on",
                knob.name
            )
        });
        Paging {
            missing,
            ..Paging::default()
        }
    }

    /// By the `Link` header, where the answer declares one.
    fn link(operation: &Operation<'d>) -> Option<Paging<'d>> {
        let answer = operation.answer()?;
        let name = answer.header(|name| name.eq_ignore_ascii_case("link"))?;
        Some(Paging {
            words: vec![("by", "link".into())],
            why: format!("the answer has the header {name}"),
            ..Paging::default()
        })
    }

    fn size(&self) -> u64 {
        let Some(size) = &self.size else {
            return SIZE;
        };
        let number = |value: Option<&Value>| value.and_then(Value::as_u64).filter(|size| *size > 0);
        let most = number(size.shape.max);
        let usual = number(size.shape.default);
        most.or(usual).unwrap_or(SIZE).min(MOST)
    }

    fn numbered(
        &self,
        by: &'static str,
        knob: &Parameter<'d>,
        operation: &Operation<'d>,
        beside: &[Member<'d>],
        in_body: bool,
    ) -> Paging<'d> {
        let mut words: Vec<Word> = vec![("by", by.into()), ("param", knob.name.into())];
        let mut why = vec![format!("`{}`", knob.name)];
        if by == "page" {
            let number = |value: Option<&Value>| value.and_then(Value::as_u64);
            let first = number(knob.shape.default).or_else(|| number(knob.shape.min));
            let first = first.filter(|first| *first <= 1);
            words.push(("first", first.unwrap_or(1).into()));
        }
        if let Some(size) = &self.size {
            words.push(("size_param", size.name.into()));
            why.push(format!("`{}`", size.name));
        }
        words.push(("size", self.size().into()));
        if let Some(total) = total(operation, beside) {
            why.push(format!("`{total}`"));
            words.push(("total", total.into()));
        }
        if in_body {
            words.push(("in", "body".into()));
        }
        Paging {
            words,
            why: format!("from the names {}", why.join(", ")),
            ..Paging::default()
        }
    }

    fn cursor(
        &self,
        cursor: &Parameter<'d>,
        beside: &[Member<'d>],
        in_body: bool,
    ) -> Option<Paging<'d>> {
        let next = named(beside, &NEXTS, &[Type::Text, Type::Whole]);
        let next = next.filter(|next| !is_address(next));
        let more = named(beside, &MORES, &[Type::Truth]);
        let name = names::spaced(cursor.name);
        let by_row = [
            "after",
            "after id",
            "starting after",
            "start after",
            "last id",
        ]
        .contains(&name.as_str());
        let (from, why) = match (next, by_row && more.is_some()) {
            (Some(next), _) => (
                next.pointer.clone(),
                format!("from the names `{}` and `{}`", cursor.name, next.name),
            ),
            (None, true) => {
                let why = format!("`{}` seems to take the id of the last row", cursor.name);
                ("item:/id".to_owned(), why)
            }
            (None, false) => return None,
        };
        let mut words: Vec<Word> = vec![
            ("by", "cursor".into()),
            ("param", cursor.name.into()),
            ("next", from.into()),
        ];
        if let Some(more) = more {
            words.push(("more", more.pointer.clone().into()));
        }
        if let Some(size) = &self.size {
            words.push(("size_param", size.name.into()));
            words.push(("size", self.size().into()));
        }
        if in_body {
            words.push(("in", "body".into()));
        }
        Some(Paging {
            words,
            why,
            ..Paging::default()
        })
    }
}

/// The nearest member with one of the names.
fn named<'m, 'd>(
    beside: &'m [Member<'d>],
    known: &[&str],
    kinds: &[Type],
) -> Option<&'m Member<'d>> {
    known.iter().find_map(|name| {
        beside.iter().find(|member| {
            let spaced = names::spaced(member.name);
            let kind = member.shape.kind.is_none_or(|kind| kinds.contains(&kind));
            spaced == *name && kind
        })
    })
}

/// A member that holds the address of the next page.
fn address<'m, 'd>(beside: &'m [Member<'d>]) -> Option<&'m Member<'d>> {
    let known = [
        "next",
        "next url",
        "next page url",
        "next page",
        "next link",
        "nextlink",
        "href",
    ];
    let next = named(beside, &known, &[Type::Text])?;
    let fits = next.name != "href" || next.pointer.contains("next");
    fits.then_some(next)
}

fn is_address(member: &Member<'_>) -> bool {
    let said = member.shape.description.unwrap_or_default().to_lowercase();
    let example = member
        .shape
        .example
        .and_then(Value::as_str)
        .unwrap_or_default();
    matches!(member.shape.format, "uri" | "url" | "uri-reference")
        || said.contains("url")
        || example.contains("://")
        || example.starts_with('/')
}

/// Where an answer says how many rows there are.
fn total(operation: &Operation<'_>, beside: &[Member<'_>]) -> Option<String> {
    if let Some(member) = named(beside, &TOTALS, &[Type::Whole, Type::Number]) {
        return Some(member.pointer.clone());
    }
    let fits = |name: &str| {
        let spaced = names::spaced(name);
        let words = spaced.strip_prefix("x ").unwrap_or(&spaced);
        TOTALS.contains(&words) || words.ends_with("total count") || words == "wp total"
    };
    // A count may be that of one page, which would end the list behind the first.
    let count = named(beside, &["count"], &[Type::Whole]);
    let said = |it: &&Member<'_>| {
        it.shape
            .description
            .unwrap_or_default()
            .to_lowercase()
            .contains("total")
    };
    if let Some(member) = count.filter(said) {
        return Some(member.pointer.clone());
    }
    let name = operation.answer()?.header(fits)?;
    Some(format!("header:{name}"))
}
