//! How a context is, in one line as it changes: what to beware of, whether it works, how far its keys in this tab
//! are and how old, and where it is.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::{
    app::{
        Context, ContextId, Light, Model, fleet,
        gate::Write,
        pane::{Load, Source},
        screen,
    },
    record::Text,
    ui::{
        canvas::{Canvas, columns},
        theme::Ink,
        words,
    },
};

/// The columns that a context's line would like.
#[must_use]
pub fn width(model: &Model, canvas: &Canvas<'_>, at: ContextId) -> u16 {
    let parts = parts(model, canvas, at).into_iter();
    parts.map(|(text, _)| columns(&text) + 3).sum()
}

/// Draws it.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, line: Rect, (at, selected): (ContextId, bool)) {
    let mut x = line.x;
    let ink = |ink| if selected { Ink::Selection } else { ink };
    for (number, (text, role)) in parts(model, canvas, at).into_iter().enumerate() {
        let blank = if number == 0 { "" } else { " · " };
        let (dim, style) = (canvas.ink(ink(Ink::Dim)), canvas.ink(ink(role)));
        let room = line.right().saturating_sub(x);
        x += canvas.pieces(x, line.y, room, &[(blank, dim), (&text, style)]);
    }
}

type Part<'a> = (Cow<'a, str>, Ink);

fn parts<'a>(model: &'a Model, canvas: &Canvas<'_>, at: ContextId) -> Vec<Part<'a>> {
    let Some(context) = model.contexts.get(at) else {
        return Vec::new();
    };
    let mut parts: Vec<Part<'a>> = Vec::new();
    if context.production {
        parts.push(("PROD".into(), Ink::Bad));
    }
    if context.write == Write::Never {
        parts.push(("READ-ONLY".into(), Ink::Info));
    }
    if context.armed(model.now) {
        parts.push(("ARMED".into(), Ink::Bad));
    }
    let sources = model.pane().sources.iter();
    let lists: Vec<&Source> = sources.filter(|source| source.context == at).collect();
    parts.extend(
        lists
            .iter()
            .find_map(|source| load(source))
            .or(light(context)),
    );
    let age = fleet::age(lists.iter().copied());
    parts.extend(age.map(|(_, at, _)| {
        let clock = words::clock(at, model.now, &canvas.look.zone);
        (format!("as of {clock}").into(), Ink::Dim)
    }));
    parts.push(((&*context.manifest.title).into(), Ink::Dim));
    parts.push(((&*context.address).into(), Ink::Dim));
    parts
}

/// A list that failed or is on its way.
fn load(source: &Source) -> Option<Part<'static>> {
    match &source.load {
        Load::Failed(error) => Some((format!("✖ {}", screen::reason(error)).into(), Ink::Bad)),
        Load::Loading { fetched: 0, .. } => Some(("reading".into(), Ink::Info)),
        Load::Loading { fetched, .. } => Some((
            format!("reading {}", words::len(*fetched)).into(),
            Ink::Info,
        )),
        Load::Waiting | Load::Ready => None,
    }
}

/// Whether the context works, as far as is known.
fn light(context: &Context) -> Option<Part<'static>> {
    match &context.light {
        Light::Dark => None,
        Light::Checking => Some(("checking".into(), Ink::Dim)),
        Light::Ok(None) => Some(("✓ ok".into(), Ink::Good)),
        Light::Ok(Some(who)) => {
            let who = Text::new(who).shown();
            Some((format!("✓ ok as {who}").into(), Ink::Good))
        }
        Light::Failed(error) => Some((format!("✖ {}", screen::reason(error)).into(), Ink::Bad)),
    }
}
