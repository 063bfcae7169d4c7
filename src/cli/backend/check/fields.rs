//! What rows have and what a manifest declares, side by side: fields that no row has, members that nobody
//! declared, and values that are not what was said. Nothing here shows a value, but for words that a
//! declared choice lacks.

use std::collections::{BTreeMap, BTreeSet};

use super::{lines::Note, suggest::Other};
use crate::{
    manifest::{Field, Kind, Pointers, Resource, Role, RowShape, nearest},
    record::{
        Cell, Moment, Rows,
        survey::{EACH, Found, Members, Shape, Survey, leaves, named},
    },
};

/// Most words of a choice that are shown.
const WORDS: usize = 3;
/// 2200-01-01: keys that end later never do.
const FAR: i64 = 7_258_118_400_000_000;
/// 1971-01-01: keys that ended earlier never did.
const EARLY: i64 = 31_536_000_000_000;

/// The rows that cannot be read, by reason.
pub(super) fn bad(rows: &Rows) -> Vec<Note> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in rows.all_bad() {
        *reasons.entry(without_number(reason)).or_default() += 1;
    }
    let told = reasons.into_iter();
    told.map(|(reason, count)| {
        let rows = if count == 1 {
            "1 row"
        } else {
            &format!("{count} rows")
        };
        Note::new(
            "",
            format!("{rows} cannot be read: {reason}{}", mend(reason)),
        )
    })
    .collect()
}

/// What to write where a value is not of its declared kind.
fn mend(reason: &str) -> &'static str {
    match reason {
        it if it.ends_with("not a time") => {
            "; if they say never, list their words in `never`, else kind = \"text\""
        }
        it if it.contains(" is a list, not ") => "; kind = \"list\"",
        it if it.contains(" is an object, not ") => {
            "; read one of its members by `at`, or kind = \"json\""
        }
        it if it.contains(" is text, not ") => "; kind = \"text\"",
        _ => "",
    }
}

/// A reason without the number of its row.
fn without_number(reason: &str) -> &str {
    let rest = reason.strip_prefix("item ").unwrap_or(reason);
    let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit());
    rest.strip_prefix(": ").unwrap_or(rest.trim_start())
}

/// Where a row holds a field; none where it is not read.
fn place(field: &Field) -> Option<String> {
    match &field.at {
        Some(at) => Some(at.clone()),
        None if field.kind == Kind::Secret => None,
        None => Some(format!("/{}", field.key)),
    }
}

/// What was found at a place; the position of an element stands for any.
fn found<'m>(members: &'m Members, at: &str) -> Option<&'m Found> {
    members.get(at).or_else(|| {
        let is_number = |step: &str| step == "-1" || step.parse::<usize>().is_ok();
        let steps = at
            .split('/')
            .map(|step| if is_number(step) { EACH } else { step });
        members.get(&steps.collect::<Vec<_>>().join("/"))
    })
}

/// The fields that are read from members of a row, each with its place.
fn read(resource: &Resource) -> impl Iterator<Item = (usize, &Field, String)> {
    let bare = matches!(resource.list.rows, RowShape::Strings | RowShape::Map);
    let fields = resource.field.iter().enumerate();
    fields.filter_map(move |(at, field)| {
        // Of such rows the id is no member.
        let is_id = bare && field.holds_id(resource);
        let place = place(field).filter(|place| !is_id && !place.is_empty())?;
        Some((at, field, place))
    })
}

/// The list alone has every field.
pub(super) fn lists_all(resource: &Resource, survey: &Survey) -> bool {
    let mut fields = read(resource).filter(|(_, field, _)| field.send.is_empty() || field.column);
    fields.all(|(_, _, place)| found(&survey.listed, &place).is_some())
}

/// How many declared fields rows have, and what is not as it was declared; `others` are the members that
/// nobody declared.
pub(super) fn compare(
    resource: &Resource,
    rows: &Rows,
    survey: &Survey,
    others: &[Other<'_>],
) -> (String, Vec<Note>) {
    let mut notes = Vec::new();
    let (mut all, mut there) = (0, 0);
    let names: Vec<&str> = others.iter().map(|other| &*other.at).collect();
    for (at, field, place) in read(resource) {
        all += 1;
        let listed = found(&survey.listed, &place);
        let single = found(&survey.single, &place);
        there += usize::from(listed.or(single).is_some());
        let words = match (listed, single) {
            (None, None) => {
                let is_name = resource.name.as_ref() == Some(&place);
                let word = if is_name { "name" } else { "at" };
                absent(field, &place, &names, word)
            }
            (None, Some(_)) if field.column && !resource.list.hydrate => {
                let words = "only `get` has it, so that its column stays empty: remove `column`, or hydrate = true to read each row";
                vec![words.to_owned()]
            }
            (Some(found), _) | (None, Some(found)) => {
                let mut words = unlike(field, found);
                words.extend(parts(field, &place, survey));
                words.extend(values(field, at, rows));
                words
            }
        };
        notes.extend(words.into_iter().map(|words| Note::new(&place, words)));
    }
    let of = if all == 1 { "field" } else { "fields" };
    (format!("rows have {there} of {all} declared {of}"), notes)
}

/// What to say of a field that no row has. One that is only sent need not be in rows.
fn absent(field: &Field, place: &str, names: &[&str], word: &str) -> Vec<String> {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_lowercase()
    };
    let last = |at: &str| plain(at.rsplit('/').next().unwrap_or_default());
    let same = names.iter().find(|at| last(at) == last(place));
    let called = |at: &&&str| {
        let name = last(at);
        let words = ["title", "label", "alias", "description"];
        name.ends_with("name") || words.contains(&&*name)
    };
    let is_name = field.role == Some(Role::Name);
    let like = names.iter().find(|at| is_name && called(at));
    let near = same.or(like).copied();
    let near = near.or_else(|| nearest(place, names.iter().copied()));
    let sent = !field.send.is_empty();
    let wanted = field.column || field.role.is_some();
    match near {
        Some(near) => vec![format!(
            "no row has it; rows have {near}: {word} = \"{near}\""
        )],
        None if sent && !wanted => Vec::new(),
        None if sent => vec!["no row has it: it is sent, and its column stays empty".to_owned()],
        None => vec![format!("no row has it: correct `{word}`, or remove it")],
    }
}

/// What stands in all rows is better said by another kind.
fn unlike(field: &Field, found: &Found) -> Vec<String> {
    let ends =
        field.key.to_ascii_lowercase().contains("expir") || field.role == Some(Role::Expires);
    let time = if ends { "expiry" } else { "time" };
    let words = match field.kind {
        Kind::Text | Kind::Choice if found.is_only(&[Shape::Time]) => {
            format!("every value is a time: kind = \"{time}\"")
        }
        Kind::Text | Kind::Int if found.is_only(&[Shape::Epoch]) => {
            format!("every value is a time if it counts from 1970: kind = \"{time}\"")
        }
        Kind::Text if found.is_only(&[Shape::Flag]) => {
            "every value is true or false: kind = \"bool\"".to_owned()
        }
        Kind::Json if found.is_only(&[Shape::Text]) => {
            "every value is text: kind = \"text\"".to_owned()
        }
        _ => return Vec::new(),
    };
    vec![words]
}

/// Parts of a record that no record has.
fn parts(field: &Field, place: &str, survey: &Survey) -> Vec<String> {
    let each = format!("{place}/{EACH}");
    let there = |at: &str| {
        found(&survey.listed, at)
            .or(found(&survey.single, at))
            .is_some()
    };
    if !there(&each) {
        return Vec::new();
    }
    let read = field.each.iter().filter(|part| part.send.is_empty());
    let lost = read.filter_map(|part| {
        let at = part_place(part);
        (!there(&format!("{each}{at}"))).then(|| format!("no record has {at}"))
    });
    lost.collect()
}

/// Values that are not among the choices, and times that mean never.
fn values(field: &Field, at: usize, rows: &Rows) -> Vec<String> {
    let cells = rows.iter().map(|row| row.cell(at));
    match field.kind {
        Kind::Choice => {
            let mut other: BTreeMap<String, usize> = BTreeMap::new();
            for cell in cells {
                if let Cell::Text(text) = cell
                    && !field.choices.iter().any(|choice| choice == text.exact())
                {
                    let shown: String = text.shown().chars().take(40).collect();
                    *other.entry(shown).or_default() += 1;
                }
            }
            outside(&other)
        }
        Kind::Time | Kind::Expiry => {
            let moments = cells.filter_map(|cell| match cell {
                Cell::Time(moment) => Some(moment),
                _ => None,
            });
            let odd = moments.filter(|it| it.micros() > FAR || it.micros() < EARLY);
            let odd: Vec<Moment> = odd.collect();
            let Some(first) = odd.first() else {
                return Vec::new();
            };
            let date = first.date(&jiff::tz::TimeZone::UTC);
            let are = match odd.len() {
                1 => "1 value is".to_owned(),
                many => format!("{many} values are like"),
            };
            vec![format!(
                "{are} {date}: if that means never, name it in `never` as the service writes it"
            )]
        }
        _ => Vec::new(),
    }
}

fn outside(other: &BTreeMap<String, usize>) -> Vec<String> {
    if other.is_empty() {
        return Vec::new();
    }
    let count: usize = other.values().sum();
    let words: Vec<String> = other
        .keys()
        .take(WORDS)
        .map(|word| format!("{word:?}"))
        .collect();
    let more = if other.len() > WORDS {
        " and others"
    } else {
        ""
    };
    let are = if count == 1 { "value is" } else { "values are" };
    vec![format!(
        "{count} {are} not among the choices: {}{more}",
        words.join(", ")
    )]
}

/// The members that nobody declared.
pub(super) fn others<'s>(resource: &Resource, survey: &'s Survey) -> Vec<Other<'s>> {
    let declared = declared(resource);
    let told = |at: &str| {
        declared.iter().any(|place| {
            let inside = |outer: &str, inner: &str| {
                inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            inside(place, at) || inside(at, place)
        })
    };
    let all: BTreeSet<&str> = leaves(&survey.listed)
        .into_iter()
        .chain(leaves(&survey.single))
        .collect();
    let mut others: Vec<Other<'s>> = all
        .into_iter()
        .filter(|at| !told(at))
        .filter_map(|at| Other::of(at, survey))
        .collect();
    for field in resource
        .field
        .iter()
        .filter(|field| field.kind == Kind::Records)
    {
        others.extend(other_parts(field, survey));
    }
    others
}

/// Members of records that nobody declared.
fn other_parts<'s>(field: &Field, survey: &'s Survey) -> Vec<Other<'s>> {
    let each = format!("{}/{EACH}", place(field).unwrap_or_default());
    let known: Vec<String> = field.each.iter().map(part_place).collect();
    let names = [&survey.listed, &survey.single]
        .into_iter()
        .flat_map(|all| named(all, &each));
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    let unknown = names.into_iter().filter(|at| {
        let rest = at.strip_prefix(&*each).unwrap_or_default();
        !known.iter().any(|it| it == rest)
    });
    unknown.filter_map(|at| Other::of(&at, survey)).collect()
}

/// Where a record holds a part of it.
fn part_place(part: &Field) -> String {
    part.at.clone().unwrap_or_else(|| format!("/{}", part.key))
}

/// Everything of a row that the manifest names.
fn declared(resource: &Resource) -> Vec<String> {
    let ids = [Some(&resource.item_id), resource.list.row_id.as_ref()];
    let ids = ids.into_iter().flatten().flat_map(Pointers::iter);
    let fields = resource.field.iter().filter_map(place);
    let name = resource.name.iter().cloned();
    ids.map(str::to_owned)
        .chain(fields)
        .chain(name)
        .filter(|place| !place.is_empty())
        .collect()
}
