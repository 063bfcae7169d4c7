//! `keyrack ls`: the keys of one pane in all contexts, filtered, sorted and printed as a table, JSON,
//! CSV or ids. A context that fails is told on standard error and in the exit code, and hides no rows.

use std::{collections::BTreeMap, io::Write as _, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Ended, Failure, Setting, args,
    kind::{in_pane, nothing},
    lists::{self, Listed, Target, ends, facts, tell},
    output, table,
};
use crate::{
    app::{
        columns::{Column, ColumnId, columns_of},
        filter::{Facts, Filter, Names},
        order::{Order, sort_all},
        state::{Policy, State},
    },
    config::{Context, nearest},
    manifest::Resource,
    record::{Cell, Moment, Record, csv_header, csv_row, item, to_json},
    ui,
};

/// A row: the position of its list, and its own in that list.
type Place = (usize, usize);

/// Lists a pane.
pub(super) fn run(setting: &Setting, arguments: &args::List) -> Ended {
    let config = setting.contexts()?;
    let contexts = config.select(&arguments.contexts)?;
    let targets = targets(&contexts, arguments)?;
    let names = Names::of(targets.iter().map(|target| &*target.resource));
    let filter = match &arguments.filter {
        Some(text) => filter(text, &names)?,
        None => Filter::default(),
    };
    let sort = arguments.sort.as_deref().unwrap_or("");
    let orders = Order::parse(sort, &names).map_err(|error| Failure::usage(error.to_string()))?;
    let filters: BTreeMap<String, String> = arguments.server_filter.iter().cloned().collect();
    let lists = lists::read(setting, &config, targets, &filters)?;
    let now = Moment::from_micros(Timestamp::now().as_microsecond());
    let facts: Vec<Facts<'_>> = lists.iter().map(|list| facts(list, now)).collect();
    let places = arrange(&lists, &facts, &filter, &orders);
    print(&lists, &places, arguments.format, (now, &config.policy))?;
    Ok(tell(&lists))
}

/// What is listed: the pane's resources in the contexts that have any.
fn targets<'a>(
    contexts: &[&'a Context],
    arguments: &args::List,
) -> Result<Vec<Target<'a>>, Failure> {
    let named = !arguments.contexts.is_empty();
    let mut targets = Vec::new();
    let mut refused = None;
    for &context in contexts {
        for resource in in_pane(context, arguments.pane, &arguments.kind)? {
            let lacks = arguments
                .server_filter
                .iter()
                .find(|(name, _)| !resource.filter.iter().any(|filter| filter.id == *name));
            for filter in &resource.filter {
                let given = arguments.server_filter.iter();
                for (_, value) in given.filter(|(name, _)| *name == filter.id) {
                    filter.check(value).map_err(|wrong| {
                        let title = &filter.title;
                        Failure::usage(format!("--server-filter {}: {title} {wrong}", filter.id))
                    })?;
                }
            }
            match lacks {
                None => targets.push(Target { context, resource }),
                Some((name, _)) => refused = Some(no_filter(context, &resource, name)),
            }
        }
    }
    match refused {
        Some(refused) if named || targets.is_empty() => Err(Failure::usage(refused)),
        _ if targets.is_empty() => {
            let kind = &arguments.kind;
            Err(Failure::usage(nothing(contexts, arguments.pane, kind)))
        }
        _ => Ok(targets),
    }
}

fn no_filter(context: &Context, resource: &Resource, name: &str) -> String {
    let known: Vec<&str> = resource
        .filter
        .iter()
        .map(|filter| filter.id.as_str())
        .collect();
    let hint = match (nearest(name, known.iter().copied()), known.is_empty()) {
        (Some(near), _) => format!("did you mean {near:?}?"),
        (None, false) => format!("there are {}", known.join(", ")),
        (None, true) => "use --filter, which works everywhere".to_owned(),
    };
    format!(
        "{} has no server filter {name:?} for {}; {hint}",
        context.name(),
        resource.title
    )
}

/// Reads a filter of a command line.
///
/// # Errors
/// What is wrong with it, with a mark under the place.
pub(super) fn filter(text: &str, names: &Names) -> Result<Filter, Failure> {
    Filter::parse(text, names).map_err(|error| Failure::usage(error.pointed(text)))
}

/// The rows that the filter keeps, in order.
fn arrange<'a>(
    lists: &'a [Listed<'_>],
    facts: &'a [Facts<'a>],
    filter: &Filter,
    orders: &[Order],
) -> Vec<Place> {
    let mut places = Vec::new();
    for (at, (list, own_facts)) in lists.iter().zip(facts).enumerate() {
        let kept = filter.positions(&list.rows, 0, own_facts);
        let mut own: Vec<Place> = kept.map(|row| (at, row)).collect();
        let resource = &list.target.resource;
        if let (true, Some(sort)) = (orders.is_empty(), &resource.sort) {
            let first = Order::parse(sort, &Names::of([&**resource])).unwrap_or_default();
            sort_places(&mut own, lists, facts, &first);
        }
        places.append(&mut own);
    }
    sort_places(&mut places, lists, facts, orders);
    places
}

fn sort_places<'a>(
    places: &mut Vec<Place>,
    lists: &'a [Listed<'_>],
    facts: &'a [Facts<'a>],
    orders: &[Order],
) {
    sort_all(places, orders, |order| {
        let spots: Vec<_> = lists
            .iter()
            .map(|list| order.column.spot(&list.target.resource))
            .collect();
        move |(at, row): Place| match (lists.get(at), facts.get(at), spots.get(at)) {
            (Some(list), Some(facts), Some(spot)) => spot.key(list.rows.record(row), facts),
            _ => crate::app::order::Key::Missing,
        }
    });
}

/// Each row with its list.
fn records<'a, 'b>(
    lists: &'a [Listed<'b>],
    places: &'a [Place],
) -> impl Iterator<Item = (&'a Listed<'b>, Record<'a>)> {
    places.iter().filter_map(|&(at, row)| {
        let list = lists.get(at)?;
        Some((list, list.rows.record(row)))
    })
}

fn print(
    lists: &[Listed<'_>],
    places: &[Place],
    format: args::Format,
    asked: (Moment, &Policy),
) -> Result<(), Failure> {
    let mut out = output::data();
    if format.json {
        write_json(&mut out, lists, places)?;
    } else if format.csv {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(&mut out);
        writer.write_record(csv_header())?;
        for (list, record) in records(lists, places) {
            let connection = &list.target.context.connection;
            writer.write_record(csv_row(&connection.name, &connection.manifest.id, record))?;
        }
        writer.flush()?;
        drop(writer);
    } else if format.ids {
        for (_, record) in records(lists, places) {
            if let Some(id) = record.id() {
                writeln!(out, "{}", id.as_str())?;
            }
        }
    } else {
        out.write_all(plain(lists, places, asked).as_bytes())?;
    }
    Ok(out.flush()?)
}

/// The envelope, an item at a time: a long list is never held twice.
fn write_json(
    out: &mut impl std::io::Write,
    lists: &[Listed<'_>],
    places: &[Place],
) -> std::io::Result<()> {
    out.write_all(b"{\"items\":[")?;
    for (at, (list, record)) in records(lists, places).enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        let connection = &list.target.context.connection;
        let item = item(&connection.name, &connection.manifest.id, record);
        out.write_all(to_json(&item).as_bytes())?;
    }
    out.write_all(b"],\"contexts\":")?;
    out.write_all(to_json(&ends(lists)).as_bytes())?;
    out.write_all(b"}\n")
}

/// The table for people.
fn plain(lists: &[Listed<'_>], places: &[Place], (now, policy): (Moment, &Policy)) -> String {
    let resources: Vec<_> = lists.iter().map(|list| &list.target.resource).collect();
    let columns = with_ids(columns_of(&resources), &resources);
    let titles = columns.iter().map(|column| table::Column {
        title: &column.title,
        most: usize::from(column.most),
    });
    let zone = TimeZone::system();
    let rows: Vec<Vec<String>> = records(lists, places)
        .map(|(list, record)| {
            let cells = columns.iter().map(|column| match column.id {
                ColumnId::Context => list.target.context.name().to_string(),
                ColumnId::State => match record.bad() {
                    Some(_) => "unreadable".to_owned(),
                    None => State::of(record, now, policy).word().to_owned(),
                },
                id => match id.shown(record) {
                    cell @ Cell::Json(_) => ui::words::cell(cell, now).into_owned(),
                    cell => words(cell, &zone),
                },
            });
            cells.collect()
        })
        .collect();
    table::lay_out(titles, &rows, output::width())
}

/// Commands name a key by its id: where no column of a resource shows it, one more does.
fn with_ids(mut columns: Vec<Column>, resources: &[&Arc<Resource>]) -> Vec<Column> {
    let shows = |resource: &&Arc<Resource>| {
        columns.iter().any(|column| match column.id {
            ColumnId::Identity => true,
            ColumnId::Field(at) => {
                let field = resource.field.get(at);
                field.is_some_and(|field| field.holds_id(resource))
            }
            _ => false,
        })
    };
    if resources.first().is_some_and(|it| !shows(it)) {
        let at = columns.iter().position(Column::is_name);
        let id = Column {
            id: ColumnId::Id,
            title: "Id".to_owned(),
            name: "id".to_owned(),
            least: 2,
            most: 64,
        };
        columns.insert(at.map_or(0, |at| at + 1), id);
    }
    columns
}

/// A cell on one line, as a terminal may show it.
pub(super) fn words(cell: Cell<'_>, zone: &TimeZone) -> String {
    match cell {
        Cell::Absent => String::new(),
        Cell::Null => "-".to_owned(),
        Cell::Never => "never".to_owned(),
        Cell::Unrecorded => "not recorded".to_owned(),
        Cell::Hidden => "hidden".to_owned(),
        Cell::Text(text) | Cell::Json(text) => text.shown().into_owned(),
        Cell::List(_) => {
            let items: Vec<_> = cell.list().map(|item| item.shown().into_owned()).collect();
            items.join(", ")
        }
        Cell::Bool(yes) => if yes { "yes" } else { "no" }.to_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Time(moment) => moment.date_time(zone),
    }
}
