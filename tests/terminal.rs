//! The real binary on a real terminal: it starts, it survives, and it leaves the terminal as found.

#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;

use session::Session;

const SIZE: (u16, u16) = (80, 24);

#[test]
fn a_program_on_the_harness_is_read_and_restored() {
    let mut session = Session::run(
        "/bin/sh",
        &[
            "-c",
            "modes=$(stty -g); stty raw -echo; printf 'ready\\033[?1049h'; head -c 3 | od -c; stty $modes; printf '\\033[?1049l'; exit 7",
        ],
        SIZE,
        &[],
    );
    session.wait_for("the alternate screen", vt100::Screen::alternate_screen);
    assert_ne!(session.modes(), session.modes_before());
    session.press("a ctrl-b Enter");
    assert_eq!(session.exit_code(), 7);
    session.assert_restored();
}
