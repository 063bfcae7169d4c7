use std::{fs, process::Command};

use super::*;

/// A throwaway key of `tests/fixtures/ssh`.
fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/ssh/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap()
}

fn refusal(text: &str) -> String {
    check(text).expect_err("it is refused")
}

/// The bytes of an OpenSSH key, changed and written again.
fn rewritten(name: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    let text = fixture(name);
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let mut bytes = STANDARD.decode(body).unwrap();
    change(&mut bytes);
    format!(
        "-----BEGIN {OPENSSH}-----\n{}\n-----END {OPENSSH}-----\n",
        STANDARD.encode(bytes)
    )
}

#[test]
fn openssh_keys_tell_their_public_half_and_fingerprint_as_ssh_keygen_does() {
    for (name, kind, fingerprint) in [
        (
            "ed25519",
            "OpenSSH ed25519",
            "SHA256:PAOIt3M746HyZJCanEZwEgTeZ9zoIpOAb1nao0Au4x8",
        ),
        (
            "ecdsa",
            "OpenSSH ecdsa nistp256",
            "SHA256:xFCt/gOY7Jw/C8j8K9QVDO3qIaVClBT3GFksncc6c+Q",
        ),
        (
            "rsa",
            "OpenSSH rsa 2048",
            "SHA256:nldDxRqBAEnIVAkl+GtUyg185GSSCgRpdBzZQZaNsi0",
        ),
    ] {
        let facts = check(&fixture(&format!("{name}.key"))).unwrap();
        assert_eq!(facts.kind, kind);
        assert_eq!(facts.fingerprint.as_deref(), Some(fingerprint));
        let public = fixture(&format!("{name}.pub"));
        assert_eq!(facts.public.as_deref(), Some(public.trim_end()));
        assert_eq!(facts.to_string(), format!("{kind} · {fingerprint}"));
    }
}

#[test]
fn keys_in_other_formats_pass_and_say_that_nobody_looked_into_them() {
    for (name, kind) in [
        ("pkcs1_rsa", "PKCS#1 rsa"),
        ("sec1_ec", "SEC 1 ecdsa"),
        ("pkcs8", "PKCS#8"),
    ] {
        let facts = check(&fixture(&format!("{name}.key"))).unwrap();
        assert_eq!((&*facts.kind, &facts.public), (kind, &None));
        assert!(facts.to_string().contains("not looked into"), "{facts}");
    }
    let dsa = "-----BEGIN DSA PRIVATE KEY-----\nMAMCAQA=\n-----END DSA PRIVATE KEY-----\n";
    assert_eq!(check(dsa).unwrap().kind, "PEM dsa");
    // Text that explains a key may stand before it in these formats.
    check(&format!("Bag Attributes\n{}", fixture("pkcs8.key"))).unwrap();
}

#[test]
fn a_passphrase_is_found_in_every_format_and_told_how_to_take_off() {
    for name in ["openssh_passphrase", "pkcs1_passphrase", "pkcs8_passphrase"] {
        for text in [
            fixture(&format!("{name}.key")),
            fixture(&format!("{name}.key")).replace('\n', "\r\n"),
        ] {
            let told = refusal(&text);
            assert!(told.contains("passphrase"), "{name}: {told}");
            assert!(told.contains("ssh-keygen -p"), "{name}: {told}");
        }
    }
}

#[test]
fn what_is_no_private_key_is_called_by_its_name() {
    for (text, words) in [
        (String::new(), "begins with -----BEGIN"),
        ("hunter2".to_owned(), "begins with -----BEGIN"),
        (fixture("ed25519.pub"), "public key"),
        (fixture("ecdsa.pub"), "public key"),
        (
            "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n".to_owned(),
            "public key",
        ),
        (
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_owned(),
            "public key",
        ),
        (fixture("certificate"), "certificate"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
            "certificate",
        ),
        (
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n".to_owned(),
            "-O private-openssh",
        ),
        (
            "-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n".to_owned(),
            "“NOTHING” is no private key",
        ),
    ] {
        let told = refusal(&text);
        assert!(told.contains(words), "{text}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn one_key_is_one_key() {
    let two = fixture("ed25519.key") + &fixture("ecdsa.key");
    assert!(refusal(&two).starts_with("2 keys"), "{}", refusal(&two));
    let parameters = refusal(&fixture("with_parameters.key"));
    assert!(parameters.starts_with("2 keys or other"), "{parameters}");
    let counted = rewritten("ed25519.key", |bytes| {
        // After the magic: two texts of four letters, an empty one, then the number of keys.
        bytes[MAGIC.len() + 8 + 8 + 4 + 3] = 2;
    });
    assert_eq!(
        refusal(&counted),
        "2 keys stand in it: a service takes one."
    );
}

#[test]
fn a_key_that_is_cut_or_altered_is_not_sent() {
    let key = fixture("ed25519.key");
    let cut = &key[..200];
    assert!(refusal(cut).contains("last line"), "{}", refusal(cut));
    let gap: Vec<&str> = key
        .lines()
        .enumerate()
        .filter(|it| it.0 != 2)
        .map(|it| it.1)
        .collect();
    assert!(refusal(&(gap.join("\n") + "\n")).contains("damaged"));
    let letter = key.replacen("AAAA", "AA?A", 1);
    assert!(refusal(&letter).contains("not base64"));
    // The private half is another one's.
    let other = rewritten("ed25519.key", |bytes| {
        let at = bytes.len() - 60;
        bytes[at] ^= 1;
    });
    assert!(refusal(&other).contains("damaged"), "{}", refusal(&other));
    let rsa = fixture("pkcs1_rsa.key");
    let gap: Vec<&str> = rsa
        .lines()
        .enumerate()
        .filter(|it| it.0 != 4)
        .map(|it| it.1)
        .collect();
    assert!(refusal(&gap.join("\n")).contains("missing"));
}

#[test]
fn what_ssh_itself_could_not_read_is_not_sent() {
    let key = fixture("ed25519.key");
    let told = refusal(key.trim_end());
    assert!(told.contains("add a line break at the end"), "{told}");
    check(&format!("{}\n", key.trim_end())).unwrap();
    for text in [format!("my key:\n{key}"), format!("{key}that was it\n")] {
        assert!(refusal(&text).contains("before or after the key"));
    }
    let dsa = refusal(&fixture("openssh_dsa.key"));
    assert!(dsa.contains("ed25519, ecdsa or rsa"), "{dsa}");
}

#[test]
fn line_ends_of_windows_are_told_and_pass() {
    for name in ["ed25519.key", "pkcs1_rsa.key"] {
        let facts = check(&fixture(name).replace('\n', "\r\n")).unwrap();
        assert!(facts.returns);
        assert!(facts.to_string().ends_with("lines end with \\r\\n"));
    }
}

#[test]
fn a_key_of_any_line_length_is_read() {
    let joined = rewritten("ed25519.key", |_| {});
    assert_eq!(check(&joined), check(&fixture("ed25519.key")));
}

#[test]
fn a_comment_with_a_line_break_does_not_make_a_second_line() {
    let text = rewritten("ed25519.key", |bytes| {
        let at = bytes
            .windows(7)
            .position(|seven| seven == b"fixture")
            .unwrap();
        bytes[at] = b'\n';
    });
    let public = check(&text).unwrap().public.unwrap();
    assert!(
        !public.contains('\n') && public.starts_with("ssh-ed25519 AAAA"),
        "{public}"
    );
}

#[test]
fn a_pair_that_is_made_here_is_one_that_passes_and_no_two_are_alike() {
    let pair = generate("id deploy").unwrap();
    assert!(
        pair.private
            .starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    );
    assert!(
        pair.private
            .ends_with("-----END OPENSSH PRIVATE KEY-----\n")
    );
    assert!(!pair.private.contains('\r'));
    let facts = check(&pair.private).unwrap();
    assert_eq!(facts.kind, "OpenSSH ed25519");
    assert_eq!(facts.public, Some(pair.public.clone()));
    assert_eq!(facts.fingerprint, Some(pair.fingerprint));
    assert!(pair.public.ends_with(" id deploy"), "{}", pair.public);
    assert_ne!(generate("id deploy").unwrap().public, pair.public);
    let two_lines = generate("id\ndeploy").unwrap().public;
    assert!(two_lines.ends_with(" id deploy"), "{two_lines}");
}

#[cfg(unix)]
#[test]
fn ssh_keygen_reads_a_pair_that_was_made_here() {
    use std::os::unix::fs::PermissionsExt as _;

    let pair = generate("deploy").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("id");
    fs::write(&file, pair.private.as_bytes()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let asked = Command::new("ssh-keygen")
        .arg("-y")
        .arg("-f")
        .arg(&file)
        .output();
    let Ok(answer) = asked else {
        // Compared where there is an ssh-keygen.
        return;
    };
    let said = String::from_utf8(answer.stdout).unwrap();
    assert_eq!(said.trim_end(), pair.public);
}

#[test]
fn nothing_of_a_key_is_in_what_is_said_of_it() {
    let cut = fixture("ed25519.key")[..350].to_owned();
    let texts = ["openssh_passphrase.key", "pkcs8.key", "openssh_dsa.key"].map(fixture);
    for text in texts.into_iter().chain([cut]) {
        let said = format!("{:?}", check(&text));
        let lines = text.lines().filter(|line| line.len() > 20);
        for line in lines.filter(|line| !line.starts_with('-')) {
            assert!(!said.contains(&line[..20]), "{said}");
        }
    }
}

#[test]
fn a_public_key_is_one_line_and_a_private_one_in_its_place_goes_nowhere() {
    for name in ["ed25519", "ecdsa", "rsa"] {
        assert_eq!(check_public(&fixture(&format!("{name}.pub"))), Ok(()));
    }
    let two = fixture("ed25519.pub").repeat(2);
    let half = fixture("rsa.pub").replace("AAAAB3", "AAAA");
    for (text, said) in [
        (fixture("ed25519.key"), "This is a private key"),
        (fixture("pkcs8_passphrase.key"), "This is a private key"),
        (
            "PuTTY-User-Key-File-3: ssh-ed25519".to_owned(),
            "This is a private key",
        ),
        (two, "2 lines stand here"),
        (half, "This is no public key"),
        ("hello".to_owned(), "This is no public key"),
        (fixture("certificate"), "This is no public key"),
    ] {
        let why = check_public(&text).expect_err("it is refused");
        assert!(why.starts_with(said), "{why}");
    }
}
