//! `keyrack snapshot`: all keys of all contexts as they are now, in one private file that `keyrack diff`
//! compares with another. It has what `ls --json` prints, and with it how far each list came: what a
//! list did not show is no key that is gone.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufWriter, Write},
    path::Path,
};

use jiff::Timestamp;
use serde_json::json;

use super::{
    Ended, FAILED, Failure, Setting, args,
    lists::{self, Listed, ends, tell},
    output,
};
use crate::{
    deliver::{make_file, taken},
    record::{Moment, item, to_json},
    ui::words,
};

/// What a file says of itself.
pub(super) const VERSION: u32 = 1;

/// Writes a snapshot.
pub(super) fn run(setting: &Setting, arguments: &args::Snapshot) -> Ended {
    let path = &arguments.file;
    if fs::symlink_metadata(path).is_ok() {
        return Err(Failure::usage(taken(path)));
    }
    let config = setting.contexts()?;
    let contexts = config.select(&[])?;
    let lists = lists::read(setting, &config, lists::all(&contexts), &BTreeMap::new())?;
    let code = tell(&lists);
    if code == FAILED {
        output::say(&format!("{} was not written", path.display()));
        return Ok(code);
    }
    save(path, &lists).map_err(Failure::failed)?;
    let keys = words::keys(lists.iter().map(|list| list.rows.len()).sum());
    output::say(&format!("{}: {keys}", path.display()));
    Ok(code)
}

/// Makes the file, and waits for the disk.
fn save(path: &Path, lists: &[Listed<'_>]) -> Result<(), String> {
    make_file(path, "a part of it is left", |file| {
        let mut out = BufWriter::new(&*file);
        write(&mut out, lists)?;
        out.flush()?;
        file.sync_all()
    })
}

/// The document, a key at a time.
fn write(out: &mut impl Write, lists: &[Listed<'_>]) -> std::io::Result<()> {
    let taken = Moment::from(Timestamp::now()).rfc3339();
    let all: Vec<_> = lists
        .iter()
        .map(|list| {
            json!({
                "context": &**list.target.context.name(),
                "resource": list.target.resource.id,
                "state": list.reached().word(),
            })
        })
        .collect();
    write!(
        out,
        "{{\"snapshot\":{VERSION},\"taken\":\"{taken}\",\"contexts\":"
    )?;
    out.write_all(to_json(&ends(lists)).as_bytes())?;
    out.write_all(b",\"lists\":")?;
    out.write_all(to_json(&all.into()).as_bytes())?;
    out.write_all(b",\"items\":[")?;
    let mut comma: &[u8] = b"";
    for list in lists {
        let connection = &list.target.context.connection;
        for record in list.rows.iter() {
            out.write_all(comma)?;
            comma = b",\n";
            let item = item(&connection.name, &connection.manifest.id, record);
            out.write_all(to_json(&item).as_bytes())?;
        }
    }
    out.write_all(b"]}\n")
}
