//! Chutes' secrets: a value for a chute under a key, whose id follows from the three and which is never shown.
//! What is kept of a value is noise of its length, as good as any ciphertext.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::super::call::{Call, Reply};
use super::super::{sample as company, vault};
use super::body::{self, Body};
use super::page::{self, Page};
use super::{Halt, auth, said, trouble, unmatched};

/// The namespace of object identifiers, RFC 4122.
const NAMESPACE_OID: u128 = 0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8;

/// Answers a call under `/secrets`.
pub(super) fn answer(
    database: &mut Connection,
    call: &Call,
    segments: &[&str],
) -> Result<Reply, Halt> {
    let purpose = Some("secrets");
    let missing = || said(404, "Secret not found, or does not belong to you");
    match (call.method.as_str(), segments) {
        ("GET", [_, ""]) => list(database, call, &auth::user(database, call, purpose)?),
        ("POST", [_, ""]) => {
            let read = body::read(call)?;
            let user = auth::user(database, call, None)?;
            create(database, read, &user)
        }
        ("GET", [_, id]) if !id.is_empty() => {
            let user = auth::user(database, call, purpose)?;
            let find = "SELECT item FROM secrets WHERE secret_id = ?1 AND user_id = ?2";
            let found: Option<String> = database
                .query_row(find, [*id, &user], |row| row.get(0))
                .optional()?;
            Ok(found.map_or_else(missing, |item| Reply::new(200, "application/json", item)))
        }
        ("DELETE", [_, id]) if !id.is_empty() => {
            let user = auth::user(database, call, purpose)?;
            let gone = database.execute(
                "DELETE FROM secrets WHERE secret_id = ?1 AND user_id = ?2",
                [*id, &user],
            )?;
            let status = format!("Successfully deleted secret {id}");
            let deleted = || Reply::json(200, &json!({ "status": status, "secret_id": id }));
            Ok(if gone == 0 { missing() } else { deleted() })
        }
        _ => Err(unmatched(database, call)),
    }
}

/// `GET /secrets/`: the newest first.
fn list(database: &Connection, call: &Call, user: &str) -> Result<Reply, Halt> {
    let page = Page::of(call)?;
    let mut find = database.prepare(
        "SELECT item FROM secrets WHERE user_id = ?1 ORDER BY created DESC, rowid DESC LIMIT ?2 OFFSET ?3",
    )?;
    let mut rows = find.query(params![user, page.rows, page.offset])?;
    let mut items = String::new();
    while let Some(row) = rows.next()? {
        page::push(&mut items, row.get_ref(0)?.as_str().unwrap_or("null"));
    }
    let total = database.query_row(
        "SELECT COUNT(*) FROM secrets WHERE user_id = ?1",
        [user],
        |row| row.get(0),
    )?;
    Ok(page.envelope(total, &items))
}

/// `POST /secrets/`: the answer is the whole row, the ciphertext included.
fn create(database: &Connection, read: Value, user: &str) -> Result<Reply, Halt> {
    let mut body = Body::new(read)?;
    let (purpose, key, value) = (
        body.string("purpose"),
        body.string("key"),
        body.string("value"),
    );
    body.done()?;
    let (chute, name) = chute(database, user, &purpose)?;
    if let Some(refusal) = refusal(&key, &name) {
        return Ok(refusal);
    }
    // PostgreSQL takes no NUL in a text.
    if key.contains('\0') {
        return Ok(trouble(500));
    }
    let id = id(user, &chute, &key);
    if database.query_row(
        "SELECT EXISTS (SELECT 1 FROM secrets WHERE secret_id = ?1)",
        [&id],
        |row| row.get(0),
    )? {
        return Ok(said(
            409,
            "A secret already exists for this purpose with this key.",
        ));
    }
    let created = company::naive(Timestamp::now());
    let noise = noise(value.len())?;
    database.execute(
        "INSERT INTO secrets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            id,
            user,
            chute,
            key,
            created,
            noise,
            item(&id, &key, &chute, &created)
        ],
    )?;
    Ok(Reply::json(
        200,
        &json!({
            "secret_id": id, "value": noise, "purpose": chute, "user_id": user, "key": key, "created_at": created,
        }),
    ))
}

/// The caller's chute that a purpose means: an id, or a name as ILIKE matches it.
fn chute(database: &Connection, user: &str, purpose: &str) -> Result<(String, String), Halt> {
    let mut find = database.prepare(
        r"SELECT chute_id, name FROM chutes WHERE user_id = ?1 AND (chute_id = ?2 OR name LIKE ?2 ESCAPE '\') LIMIT 2",
    )?;
    let found = find.query_map([user, purpose], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found = found.collect::<Result<Vec<(String, String)>, _>>()?;
    let missing = || {
        said(
            404,
            &format!("Did not find target chute {purpose}, or it does not belong to you"),
        )
    };
    if found.len() > 1 {
        return Err(trouble(500).into());
    }
    found.pop().ok_or_else(|| missing().into())
}

/// Why a chute of this name may not have a secret with this key.
fn refusal(key: &str, name: &str) -> Option<Reply> {
    if is_banned(key) {
        return Some(said(403, &format!("Banned secret key: {key}")));
    }
    let integrated = ["affine", "babelbit", "turbovision"]
        .iter()
        .any(|part| name.to_lowercase().contains(part));
    if integrated && !["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].contains(&key) {
        let message =
            "Only HF_TOKEN/HUGGING_FACE_HUB_TOKEN secrets are allowed for integrated subnet chutes";
        return Some(said(403, message));
    }
    None
}

/// Whether a key could change how a chute runs.
fn is_banned(key: &str) -> bool {
    const ALLOWED: [&str; 4] = [
        "UV_SYSTEM_PYTHON",
        "PYTHONUNBUFFERED",
        "PYTHONIOENCODING",
        "PYTHONWARNINGS",
    ];
    let upper = key.to_uppercase();
    let risky = upper.contains("PYTHON")
        || upper.contains("SGLANG")
        || upper.starts_with("SGL_")
        || upper.starts_with("LD_")
        || ["HTTP_PROXY", "HTTPS_PROXY", "HF_HUB_DISABLE_SSL_VERIFY"].contains(&upper.as_str());
    risky && !ALLOWED.contains(&upper.as_str())
}

/// A secret as lists show it; only its key can need an escape.
pub(super) fn item(id: &str, key: &str, chute: &str, created: &str) -> String {
    let key = Value::from(key);
    format!(r#"{{"secret_id":"{id}","key":{key},"purpose":"{chute}","created_at":"{created}"}}"#)
}

/// Noise that looks like the ciphertext of a value that long.
fn noise(length: usize) -> Result<String, Halt> {
    let mut noise = String::from("c30d04070302");
    for _ in 0..=(length + 87) / 32 {
        noise.push_str(&vault::hex(&vault::random::<32>()?));
    }
    noise.truncate(12 + 2 * (length + 87));
    Ok(noise)
}

/// The UUID of version 5 that a secret's user, chute and key make: the same after it was deleted.
pub(super) fn id(user: &str, chute: &str, key: &str) -> String {
    let mut message = NAMESPACE_OID.to_be_bytes().to_vec();
    message.extend_from_slice(format!("{user}:{chute}:{key}").as_bytes());
    let bits = sha1(&message)
        .iter()
        .take(4)
        .fold(0_u128, |bits, word| (bits << 32) | u128::from(*word));
    vault::dashed(&format!(
        "{:032x}",
        bits & !(0xf << 76) & !(0x3 << 62) | (0x5 << 76) | (0x2 << 62)
    ))
}

/// SHA-1, for ids alone.
fn sha1(message: &[u8]) -> [u32; 5] {
    let mut state = [
        0x6745_2301_u32,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len() + (120 - padded.len() % 64) % 64, 0);
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        // The sixteen words that the next ones follow from; the first is the round's.
        let mut words = [0_u32; 16];
        let given = block.chunks_exact(4).map(|word| {
            word.iter()
                .fold(0, |word, byte| (word << 8) | u32::from(*byte))
        });
        words
            .iter_mut()
            .zip(given)
            .for_each(|(to, word)| *to = word);
        let mut mixed = state;
        for round in 0..80 {
            let [first, second, third, fourth, fifth] = mixed;
            let (chosen, constant) = match round {
                0..20 => ((second & third) | (!second & fourth), 0x5a82_7999),
                20..40 => (second ^ third ^ fourth, 0x6ed9_eba1),
                40..60 => (
                    (second & third) | (second & fourth) | (third & fourth),
                    0x8f1b_bcdc,
                ),
                _ => (second ^ third ^ fourth, 0xca62_c1d6_u32),
            };
            let sum = [chosen, fifth, constant, words[0]]
                .iter()
                .fold(first.rotate_left(5), |sum, term| sum.wrapping_add(*term));
            mixed = [sum, first, second.rotate_left(30), third, fourth];
            let next = (words[13] ^ words[8] ^ words[2] ^ words[0]).rotate_left(1);
            words.rotate_left(1);
            words[15] = next;
        }
        state
            .iter_mut()
            .zip(mixed)
            .for_each(|(kept, new)| *kept = kept.wrapping_add(new));
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_one_that_the_service_makes() {
        let (user, chute) = (
            "3cc2b8df-e17c-50f0-98d6-45b7ca2856db",
            "aaaaaaaa-0000-4000-8000-000000000001",
        );
        assert_eq!(
            id(user, chute, "HF_TOKEN"),
            "7aa6b802-4c1b-596b-a463-b00e54b149c2"
        );
        assert_eq!(
            id(user, chute, "OTHER"),
            "56428c25-b95d-515d-8566-73a5d6f33f3f"
        );
        assert_eq!(id(user, chute, ""), "035d2239-7193-5370-bc23-9d214fb8c8f9");
    }

    #[test]
    fn sha1_is_right_around_the_block_boundary() {
        let hex = |message: &[u8]| sha1(message).map(|word| format!("{word:08x}")).concat();
        assert_eq!(hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(&[b'a'; 55]), "c1c8bbdc22796e28c0e15163d20899b65621d65a");
        assert_eq!(hex(&[b'a'; 56]), "c2db330f6083854c99d4b5bfb6e8f29f201be699");
        assert_eq!(hex(&[b'a'; 64]), "0098ba824b5c16427bd7a1122a5a442a25ec644d");
    }

    #[test]
    fn keys_that_could_take_over_a_chute_are_banned() {
        for key in [
            "HTTP_PROXY",
            "https_proxy",
            "PYTHONPATH",
            "LD_PRELOAD",
            "SGL_X",
            "my_sglang",
            "HF_HUB_DISABLE_SSL_VERIFY",
        ] {
            assert!(is_banned(key), "{key}");
        }
        for key in ["PYTHONUNBUFFERED", "HF_TOKEN", "OLD_KEY", ""] {
            assert!(!is_banned(key), "{key}");
        }
    }
}
