//! The pictures of the main screens, taken from the real binary on a real terminal.

#[path = "support/picture.rs"]
mod picture;

#[test]
fn a_screen_becomes_a_picture_with_its_text_and_colours() {
    let size = |size| std::num::NonZeroU16::new(size).unwrap();
    let mut parser = vt100::Parser::new(size(2), size(20), 0);
    parser.process(b"\x1b[31mred\x1b[0m <&> \x1b[7mon\x1b[0m");
    let svg = picture::svg(parser.screen(), "a & b");
    for part in [
        "<title>a &amp; b</title>",
        r##"fill="#e06c75" textLength="25.29">red<"##,
        ">&lt;&amp;&gt;<",
        r##"height="18" fill="#d8dee9"/>"##,
    ] {
        assert!(svg.contains(part), "{part} in\n{svg}");
    }
    assert!(picture::png(&svg).starts_with(b"\x89PNG"));
}
