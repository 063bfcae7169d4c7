//! What a page says that came in the place of an error: its title, else its text.

/// What stands between the tags of a page without a title.
pub fn text(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    for part in page.split('<') {
        let shown = part.split_once('>').map_or("", |(_, shown)| shown);
        text.extend([shown, " "]);
    }
    for (entity, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, letter);
    }
    text
}

/// The title of a page.
pub fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    page.get(start..end).map(str::to_owned)
}
