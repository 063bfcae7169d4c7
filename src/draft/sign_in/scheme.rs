//! One security scheme as a part of a way to sign in.

use serde_json::{Value, json};

use super::{Input, Login, Way};
use crate::draft::{document::text, names, path::is_sayable, server::Server};

/// Words before a credential in an `Authorization` header, as documents write them.
const WORDS: [&str; 8] = [
    "Bearer", "bearer", "Token", "token", "ApiKey", "apikey", "Api-Key", "Key",
];

impl Way {
    /// Adds a scheme.
    ///
    /// # Errors
    /// Why the scheme cannot be said in a manifest.
    pub(super) fn scheme(
        &mut self,
        name: &str,
        scheme: &Value,
        scopes: Option<&Value>,
        server: &Server,
    ) -> Result<(), String> {
        let described = text(scheme.get("description")).unwrap_or_default();
        let kind = text(scheme.get("type")).unwrap_or_default();
        match kind {
            "http" => self.http(scheme, described),
            "apiKey" => self.api_key(name, scheme, described)?,
            "oauth2" => self.oauth(scheme, scopes, described, server),
            "openIdConnect" => {
                self.bearer("bearer", described);
                self.why
                    .push("OpenID Connect: a token that you already have".to_owned());
            }
            other => {
                return Err(format!(
                    "the scheme {name} ({other}) cannot be said in a manifest"
                ));
            }
        }
        self.name(names::slug(name));
        Ok(())
    }

    fn http(&mut self, scheme: &Value, described: &str) {
        let word = text(scheme.get("scheme")).unwrap_or("bearer");
        match word.to_ascii_lowercase().as_str() {
            "basic" => {
                self.basic = Some(["{username}".to_owned(), "{password}".to_owned()]);
                self.input(Input::plain("username", None));
                self.input(Input::secret("password", described));
                self.name("basic".to_owned());
            }
            "bearer" => self.bearer("token", described),
            _ => {
                self.headers.push((
                    "Authorization".to_owned(),
                    format!("{} {{token}}", clean(word)),
                ));
                self.input(Input::secret("token", described));
            }
        }
    }

    fn bearer(&mut self, id: &str, described: &str) {
        self.headers
            .push(("Authorization".to_owned(), "Bearer {token}".to_owned()));
        self.input(Input::secret("token", described));
        self.name(id.to_owned());
    }

    fn api_key(
        &mut self,
        scheme_name: &str,
        scheme: &Value,
        described: &str,
    ) -> Result<(), String> {
        let name = text(scheme.get("name")).unwrap_or_default();
        let place = text(scheme.get("in")).unwrap_or_default();
        let input = input_name(name);
        let fill = format!("{{{input}}}");
        match place {
            "header" if is_header(name) => self.header(name, described),
            "query" => {
                self.query.push((name.to_owned(), fill));
                self.input(Input::secret(&input, described));
                self.name(input);
            }
            "cookie" if is_header(name) => {
                self.headers
                    .push(("Cookie".to_owned(), format!("{name}={fill}")));
                self.why.push("a cookie, sent as a header".to_owned());
                self.input(Input::secret(&input, described));
                self.name(input);
            }
            _ => {
                return Err(format!(
                    "the scheme {scheme_name} names no header and no parameter"
                ));
            }
        }
        Ok(())
    }

    /// A credential in a header of this name.
    pub(super) fn header(&mut self, name: &str, described: &str) {
        if !name.eq_ignore_ascii_case("authorization") {
            let input = input_name(name);
            self.headers.push((name.to_owned(), format!("{{{input}}}")));
            self.input(Input::secret(&input, described));
            self.name(input);
            return;
        }
        let words = described.split(|letter: char| !(letter.is_alphanumeric() || letter == '-'));
        let word = words.into_iter().find(|word| WORDS.contains(word));
        let value = match word {
            Some(word) => format!("{word} {{token}}"),
            None => "{token}".to_owned(),
        };
        self.why.push(match word {
            Some(word) => format!("the description says {word}"),
            None => "the document names no word before the token, such as Bearer".to_owned(),
        });
        self.headers.push((name.to_owned(), value));
        self.input(Input::secret("token", described));
        self.name("token".to_owned());
    }

    fn oauth(&mut self, scheme: &Value, scopes: Option<&Value>, described: &str, server: &Server) {
        let flow = |name: &str| {
            scheme
                .pointer(&format!("/flows/{name}/tokenUrl"))
                .and_then(Value::as_str)
        };
        let (kind, url) = match (flow("clientCredentials"), flow("password")) {
            (Some(url), _) => ("client_credentials", url),
            (None, Some(url)) => ("password", url),
            (None, None) => {
                self.bearer("bearer", described);
                self.why
                    .push("OAuth in a browser: a token that you already have".to_owned());
                return;
            }
        };
        let Some(path) = server
            .relative(url)
            .filter(|path| is_sayable(path) && !path.contains(['{', '?']))
        else {
            self.bearer("bearer", described);
            self.why.push(format!(
                "the token is given at {url}, which is not below base_url: get it there"
            ));
            return;
        };
        let pair = match kind {
            "client_credentials" => ["client_id", "client_secret"],
            _ => ["username", "password"],
        };
        let mut body = json!({ "grant_type": kind });
        let scope = scopes
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>());
        if let Some(members) = body.as_object_mut() {
            for name in pair {
                members.insert(name.to_owned(), format!("{{{name}}}").into());
            }
            let plain = |scope: &str| !scope.contains(['{', '}']);
            if let Some(scope) = scope
                .map(|all| all.join(" "))
                .filter(|it| !it.is_empty() && plain(it))
            {
                members.insert("scope".to_owned(), scope.into());
            }
        }
        let [user, secret] = pair;
        self.input(Input::plain(user, None));
        self.input(Input::secret(secret, described));
        self.headers.push((
            "Authorization".to_owned(),
            "Bearer {access_token}".to_owned(),
        ));
        self.login = Some(Login { path, body });
        self.name(kind.to_owned());
    }

    /// Names the way by its first part.
    fn name(&mut self, id: impl Into<String>) {
        if self.id.is_empty() {
            self.id = id.into();
        }
    }

    fn input(&mut self, input: Input) {
        if !self.inputs.iter().any(|known| known.name == input.name) {
            self.inputs.push(input);
        }
    }
}

/// The name of the input for a header or a parameter: `X-API-Key` takes `api_key`.
fn input_name(name: &str) -> String {
    let slug = names::slug(name);
    let bare = slug.strip_prefix("x_").unwrap_or(&slug);
    match bare {
        "" | "id" | "access_token" => "api_key".to_owned(),
        bare => bare.to_owned(),
    }
}

/// A name that a header can have, and that the client does not set itself.
pub(super) fn is_header(name: &str) -> bool {
    let token = |letter: char| letter.is_ascii_alphanumeric() || "!#$&'*+-.^_`|~".contains(letter);
    let own = [
        "host",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
    ];
    !name.is_empty()
        && name.chars().all(token)
        && !own.contains(&name.to_ascii_lowercase().as_str())
}

/// A word that stands in a header.
fn clean(word: &str) -> String {
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    word.chars().filter(fits).collect()
}
