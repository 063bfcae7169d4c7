//! `keyrack show`: one key with all its fields, read by itself where the backend can, else from the list.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use jiff::tz::TimeZone;

use super::{
    DONE, Ended, Failure, Setting, args, block_on,
    fetch::prepare,
    kind::{command, one_context, one_resource},
    list::words,
    output,
};
use crate::{
    api::{ApiError, ListEnd, Query, client::Client},
    config::Context,
    manifest::Resource,
    record::{KeyId, Record, Rows, Text, item, to_json},
};

/// Shows a key.
pub(super) fn run(setting: &Setting, arguments: &args::Show) -> Ended {
    if let Some(to) = &arguments.to {
        return super::reveal::run(setting, arguments, to);
    }
    let config = setting.contexts()?;
    let context = one_context(&config, &arguments.context)?;
    let resource = one_resource(context, arguments.pane, &arguments.kind)?;
    let id = KeyId::typed(&arguments.id, &resource)
        .map_err(|why| Failure::usage(format!("the id {why}")))?;
    let ready = prepare(setting, &config, &[context])?;
    let (rows, end) = block_on(async {
        let mut found = Err(ApiError::NotSent(String::new()));
        for ready in ready {
            found = match ready.client().await {
                Ok(client) => read(&client, &resource, &id).await,
                Err(error) => Err(error),
            };
        }
        found.map_err(|error| {
            let words = format!("{}: {error}\n{}", context.name(), error.next_step());
            Failure::of(&error, words)
        })
    })?;
    let at = rows.find(&id).or_else(|| (rows.len() == 1).then_some(0));
    let Some(record) = at.map(|at| rows.record(at)) else {
        return Err(Failure::failed(missing(context, &resource, &id, &end)));
    };
    if arguments.json {
        let item = item(context.name(), &context.connection.manifest.id, record);
        output::print(&format!("{}\n", to_json(&item)))?;
    } else {
        output::print(&plain(context, record))?;
    }
    Ok(DONE)
}

/// Says that the key is not there, or only that it is not in what came of the list.
pub(super) fn missing(context: &Context, resource: &Resource, id: &KeyId, end: &ListEnd) -> String {
    let (name, noun) = (context.name(), &resource.noun);
    let list = command("ls", context, resource);
    let id = Text::new(id.as_str()).shown();
    let Some(cut) = &end.cut else {
        return format!("{name}: there is no {noun} with the id {id}; {list} lists them");
    };
    let filters: Vec<String> = resource
        .filter
        .iter()
        .map(|filter| format!("{}=VALUE", filter.id))
        .collect();
    let narrow = if filters.is_empty() {
        "raise the bound under [limits] in the config, if it is one of those".to_owned()
    } else {
        format!(
            "narrow it with {list} --server-filter {}",
            filters.join(" or ")
        )
    };
    format!(
        "{name}: no {noun} with the id {id} is among the {} that came, but the list was cut at them: {cut}\n{narrow}",
        end.fetched
    )
}

/// The key's row if it is there, and how the list ended that it was looked for in.
async fn read(
    client: &Client,
    resource: &Arc<Resource>,
    id: &KeyId,
) -> Result<(Rows, ListEnd), ApiError> {
    if resource.get.is_some() {
        return Ok((client.get(resource, id).await?.rows, ListEnd::default()));
    }
    let mut found = Rows::new(Arc::clone(resource));
    let query = Query {
        resource: Arc::clone(resource),
        filters: BTreeMap::new(),
    };
    let mut take = |progress: crate::api::Progress| {
        if let Some(at) = progress.rows.find(id) {
            found.push_record(progress.rows.record(at));
        }
    };
    let end = client.list(&query, &mut take).await?;
    Ok((found, end))
}

/// Every field on a line of its own under its title.
fn plain(context: &Context, record: Record<'_>) -> String {
    let zone = TimeZone::system();
    let resource = record.resource();
    let mut lines = vec![
        ("Context", context.name().to_string()),
        (
            "Id",
            record.id().map_or_else(String::new, |id| {
                Text::new(id.as_str()).shown().into_owned()
            }),
        ),
    ];
    for (at, field) in resource.field.iter().enumerate() {
        let shown = words(record.cell(at), &zone);
        if !shown.is_empty() && field.key != "id" {
            lines.push((&field.title, shown));
        }
    }
    if let Some(reason) = record.bad() {
        lines.push(("Unreadable", reason.to_owned()));
    }
    let width = lines.iter().map(|(title, _)| title.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for (title, shown) in lines {
        let _ = writeln!(text, "{title:<width$}  {shown}");
    }
    text
}
