//! The manifests that come with the program, in exactly the format that users write.

/// The built-in manifests by name, in the order in which they are offered.
const BUILTIN: [(&str, &str); 4] = [
    ("chutes", include_str!("../../assets/backends/chutes.toml")),
    ("runai", include_str!("../../assets/backends/runai.toml")),
    ("djinn", include_str!("../../assets/backends/djinn.toml")),
    (
        "typesense",
        include_str!("../../assets/backends/typesense.toml"),
    ),
];

/// The text of a built-in manifest.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN
        .iter()
        .find_map(|&(id, text)| (id == name).then_some(text))
}

/// The names of the built-in manifests.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    BUILTIN.iter().map(|&(id, _)| id).collect()
}
