//! A document becomes the text of a manifest: what was read from it is put together in the order in which
//! manifests are written.

mod head;
mod holes;
mod list;
mod noun;
mod op;
mod operations;
mod resource;
mod rows;
mod write;

use super::{
    Draft, DraftError, Names, calls::Calls, document::Document, path, server::Server, sheet::Sheet,
    sign_in::SignIn,
};
use holes::Holes;

/// What a draft is made from.
struct Compose<'a, 'd> {
    document: &'d Document,
    path: &'d str,
    names: &'a Names,
    server: Server,
    sign_in: SignIn,
    holes: Holes,
}

/// Drafts a manifest.
///
/// # Errors
/// Why nothing can be drafted.
pub(super) fn draft(
    text: &[u8],
    from: &str,
    wanted: Option<&str>,
    names: &Names,
) -> Result<Draft, DraftError> {
    let document = Document::read(text)?;
    let Some(wanted) = wanted else {
        return Err(DraftError::NoPath(path::likely(&document)));
    };
    let path = path::find(&document, wanted)?;
    let mut calls = Calls::of(&document, path);
    let server = Server::of(&document, names.base_url.as_deref());
    let sign_in = SignIn::of(&document, &calls, &server);
    let mut compose = Compose {
        document: &document,
        path,
        names,
        holes: Holes::new(&sign_in),
        server,
        sign_in,
    };
    // The resource comes first: what its calls need is among the inputs, which stand before it.
    let mut body = Sheet::default();
    let list = compose.resource(&mut calls, &mut body);
    let mut sheet = Sheet::default();
    compose.head(&calls, list.as_deref(), from, &mut sheet);
    sheet.gap();
    Ok(Draft {
        text: format!("{}{}", sheet.text, body.text),
        guessed: sheet.guessed + body.guessed,
        missing: sheet.missing + body.missing,
    })
}
