//! A reply with its secrets taken out: rows of declared fields, kept by column in one arena. `api`
//! decodes replies here before anything else sees them; `app` sorts and filters by [`Cell`]s, and
//! `ui` draws only [`Text::shown`].

mod decode;
mod export;
mod id;
mod rows;
mod text;
mod time;

pub use decode::survey;
pub use decode::{
    DecodeError, Decoded, Page, SecretId, decode_item, decode_page, decode_page_by, value_at,
};
pub use export::{cell_json, csv_header, csv_row, harmless, item, to_json};
pub use id::KeyId;
#[cfg(test)]
pub use rows::Value;
pub use rows::{Cell, Record, Rows};
pub use text::Text;
pub use time::{Moment, as_told, expiry, typed, typed_wire};
