//! screenshots

#[path = "support/picture.rs"]
mod picture;

#[test]
fn a_screen_becomes_a_picture() {
    let one = |n| std::num::NonZeroU16::new(n).unwrap();
    let mut parser = vt100::Parser::new(one(6), one(50), 0);
    parser.process("\x1b[1mkeyrack\x1b[0m \x1b[31mred\x1b[0m \x1b[7minverse\x1b[0m \x1b[2mdim\x1b[0m\r\n┌──────────┐ ●▲▶ … ✓ ✗ █▓▒░ ▁▂▃\r\n│ héllo 日本 │\x1b[44m blue \x1b[0m\x1b[38;5;208m208\x1b[0m\r\n└──────────┘ <&>\r\n\x1b[4munder\x1b[0m \x1b[3mitalic".as_bytes());
    let svg = picture::svg(parser.screen(), "x");
    std::fs::write("/tmp/pic.svg", &svg).unwrap();
    std::fs::write("/tmp/pic.png", picture::png(&svg)).unwrap();
}
