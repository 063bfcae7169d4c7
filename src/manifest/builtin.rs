//! The manifests that come with the program, in exactly the format that users write.

use std::sync::Arc;

use super::Manifest;

/// The built-in manifests by name, in the order in which they are offered.
const BUILTIN: &[(&str, &str)] = &[
    ("chutes", include_str!("../../assets/backends/chutes.toml")),
    ("runai", include_str!("../../assets/backends/runai.toml")),
    ("djinn", include_str!("../../assets/backends/djinn.toml")),
    (
        "typesense",
        include_str!("../../assets/backends/typesense.toml"),
    ),
    (
        "anthropic",
        include_str!("../../assets/backends/anthropic.toml"),
    ),
    (
        "cloudflare",
        include_str!("../../assets/backends/cloudflare.toml"),
    ),
    ("consul", include_str!("../../assets/backends/consul.toml")),
    (
        "digitalocean",
        include_str!("../../assets/backends/digitalocean.toml"),
    ),
    (
        "dockerhub",
        include_str!("../../assets/backends/dockerhub.toml"),
    ),
    (
        "elasticsearch",
        include_str!("../../assets/backends/elasticsearch.toml"),
    ),
    ("gitea", include_str!("../../assets/backends/gitea.toml")),
    ("github", include_str!("../../assets/backends/github.toml")),
    ("gitlab", include_str!("../../assets/backends/gitlab.toml")),
    (
        "grafana",
        include_str!("../../assets/backends/grafana.toml"),
    ),
    (
        "hetzner",
        include_str!("../../assets/backends/hetzner.toml"),
    ),
    (
        "influxdb",
        include_str!("../../assets/backends/influxdb.toml"),
    ),
    (
        "litellm",
        include_str!("../../assets/backends/litellm.toml"),
    ),
    (
        "meilisearch",
        include_str!("../../assets/backends/meilisearch.toml"),
    ),
    ("npm", include_str!("../../assets/backends/npm.toml")),
    ("openai", include_str!("../../assets/backends/openai.toml")),
    (
        "pinecone",
        include_str!("../../assets/backends/pinecone.toml"),
    ),
    ("qdrant", include_str!("../../assets/backends/qdrant.toml")),
    (
        "supabase",
        include_str!("../../assets/backends/supabase.toml"),
    ),
    (
        "tailscale",
        include_str!("../../assets/backends/tailscale.toml"),
    ),
    ("unkey", include_str!("../../assets/backends/unkey.toml")),
    ("vault", include_str!("../../assets/backends/vault.toml")),
    ("vercel", include_str!("../../assets/backends/vercel.toml")),
    (
        "weaviate",
        include_str!("../../assets/backends/weaviate.toml"),
    ),
];

/// The text of a built-in manifest.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN
        .iter()
        .find_map(|&(id, text)| (id == name).then_some(text))
}

/// A built-in manifest, read without the checks that users' manifests get: the tests hold the built-in
/// ones to all of them, and a start need not do it again.
#[must_use]
pub fn load_builtin(name: &str) -> Option<Arc<Manifest>> {
    let mut manifest: Manifest = toml::from_str(builtin(name)?).ok()?;
    manifest.settle();
    Some(Arc::new(manifest))
}

/// The names of the built-in manifests.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    BUILTIN.iter().map(|&(id, _)| id).collect()
}
