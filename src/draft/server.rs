//! Where the service is: the first server of the document, and how paths of other places stand to it.

use url::Url;

use super::{document::Document, document::text};

/// The address of the service.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// Without a slash at its end.
    pub(super) base: Option<String>,
    /// The path before all others, where the document names no host.
    pub(super) path: String,
    /// What a person may have to change.
    pub(super) why: Option<String>,
}

impl Server {
    /// The first server, its variables filled with their defaults.
    pub(super) fn of(document: &Document, given: Option<&str>) -> Self {
        let (written, why) = match given {
            Some(given) => (given.to_owned(), None),
            None => first(document),
        };
        let written = written.trim_end_matches('/').to_owned();
        match Url::parse(&written) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && is_plain(&url, &written) => {
                Self {
                    path: url.path().trim_end_matches('/').to_owned(),
                    base: Some(written),
                    why,
                }
            }
            _ => {
                let path = if written.starts_with('/') && !written.starts_with("//") {
                    written
                } else {
                    String::new()
                };
                Self {
                    base: None,
                    path,
                    why: None,
                }
            }
        }
    }

    /// The path of an address from the base on; none where it is on another host, or beside the base.
    pub(super) fn relative(&self, address: &str) -> Option<String> {
        let path = match Url::parse(address) {
            Ok(url) => {
                let base = Url::parse(self.base.as_deref()?).ok()?;
                (url.origin() == base.origin()).then(|| url.path().to_owned())?
            }
            Err(_) => format!("/{}", address.trim_start_matches('/')),
        };
        let rest = path.strip_prefix(self.path.as_str())?;
        rest.starts_with('/').then(|| rest.to_owned())
    }
}

/// An address that a manifest can name.
fn is_plain(url: &Url, written: &str) -> bool {
    let user = !url.username().is_empty() || url.password().is_some();
    !user && url.query().is_none() && url.fragment().is_none() && !written.contains(['{', '}'])
}

fn first(document: &Document) -> (String, Option<String>) {
    let url = document.text("/servers/0/url").unwrap_or_default();
    let mut written = url.to_owned();
    let mut filled: Vec<String> = Vec::new();
    let variables = document
        .at("/servers/0/variables")
        .and_then(|it| it.as_object());
    for (name, variable) in variables.into_iter().flatten() {
        let hole = format!("{{{name}}}");
        if let (true, Some(default)) = (written.contains(&hole), text(variable.get("default"))) {
            written = written.replace(&hole, default);
            filled.push(name.clone());
        }
    }
    let why = (!filled.is_empty()).then(|| format!("the default of {}", filled.join(", ")));
    (written, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(servers: &str) -> Server {
        let text = format!("openapi: 3.0.0\npaths: {{ /a: {{}} }}\nservers: {servers}");
        Server::of(&Document::read(text.as_bytes()).unwrap(), None)
    }

    #[test]
    fn a_server_is_an_address_with_its_variables_filled_or_only_a_path() {
        let filled =
            server("[{ url: 'https://{host}/api/', variables: { host: { default: a.test } } }]");
        assert_eq!(filled.base.as_deref(), Some("https://a.test/api"));
        assert_eq!(filled.why.as_deref(), Some("the default of host"));
        let path = server("[{ url: /api/v1 }]");
        assert_eq!((path.base, path.path.as_str()), (None, "/api/v1"));
        for none in [
            "[]",
            "[{ url: 'https://{host}' }]",
            "[{ url: 'https://u:p@a.test' }]",
            "[{ url: 'ftp://a.test' }]",
        ] {
            assert_eq!(server(none).base, None, "{none}");
        }
    }

    #[test]
    fn an_address_is_said_from_the_base_on_or_not_at_all() {
        let server = server("[{ url: 'https://a.test/api' }]");
        assert_eq!(
            server.relative("https://a.test/api/token").as_deref(),
            Some("/token")
        );
        for other in [
            "https://a.test/token",
            "https://b.test/api/token",
            "https://a.test/apitoken",
        ] {
            assert_eq!(server.relative(other), None, "{other}");
        }
    }
}
