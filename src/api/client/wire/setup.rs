//! How a client is set up: TLS always verified, plain HTTP to this machine only, no proxy to it, and a
//! private key that nobody else may read.

use std::{net::IpAddr, path::Path, sync::Once, time::Duration};

use reqwest::{
    Certificate, Identity, Proxy,
    header::{HeaderMap, HeaderValue, USER_AGENT},
    redirect, retry,
};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::{Lane, cause};
use crate::api::{ApiError, Connection};

/// How long an unused connection is kept: shorter than servers keep theirs.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// The host is this machine, by its name or its address.
#[must_use]
fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

/// Refuses addresses to which no credential may go, before any packet.
pub fn check_address(connection: &Connection) -> Result<(), ApiError> {
    let url = &connection.url;
    let refuse = |why: String| Err(ApiError::NotSent(why));
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        _ if host.is_empty() => refuse("the context's url has no host".to_owned()),
        "https" => Ok(()),
        "http" if connection.allow_plaintext || loopback(url) => Ok(()),
        "http" => refuse(format!(
            "plain http to {host} would show the credential to the network: use https, or set \
             allow_plaintext = true for this context"
        )),
        other => refuse(format!("{other} is not http or https")),
    }?;
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the context's url must not hold a user or password".to_owned());
    }
    Ok(())
}

/// Who asks.
pub const AGENT: &str = concat!("keyrack/", env!("CARGO_PKG_VERSION"));

/// Makes rustls use ring, once for the whole program.
fn install_tls() {
    static RING: Once = Once::new();
    RING.call_once(|| {
        // An error means that a provider is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

pub fn build(connection: &Connection, lane: Lane) -> Result<reqwest::Client, ApiError> {
    install_tls();
    let local = loopback(&connection.url);
    let plain = connection.url.scheme() == "http";
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let mut builder = reqwest::Client::builder()
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .https_only(!plain)
        .http1_only()
        .connect_timeout(connection.limits.connect)
        .pool_idle_timeout(POOL_IDLE);
    if lane == Lane::Secret {
        builder = builder.pool_max_idle_per_host(0);
    }
    if local {
        builder = builder.no_proxy();
    } else if let Some(proxy) = &connection.proxy {
        let proxy = Proxy::all(proxy)
            .map_err(|_| ApiError::NotSent("the context's proxy is not an address".to_owned()))?;
        builder = builder.no_proxy().proxy(proxy);
    }
    if let Some(path) = &connection.ca_cert {
        builder = builder.tls_certs_only(authorities(path)?);
    } else if plain && local {
        // No certificate will ever be looked at: the system's need not be loaded.
        builder = builder.tls_certs_only([]);
    }
    if let Some(path) = &connection.client_cert {
        builder = builder.identity(identity(path, connection.client_key.as_deref())?);
    }
    builder.build().map_err(|error| {
        let why = cause(&error.without_url());
        ApiError::NotSent(format!("the connection cannot be set up: {why}"))
    })
}

fn file(path: &Path) -> Result<Zeroizing<Vec<u8>>, ApiError> {
    std::fs::read(path).map(Zeroizing::new).map_err(|error| {
        ApiError::Credential(format!("{} cannot be read: {error}", path.display()))
    })
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, ApiError> {
    let pem = file(path)?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(ApiError::Credential(format!(
            "{} holds no certificate in PEM",
            path.display()
        ))),
    }
}

fn identity(cert: &Path, key: Option<&Path>) -> Result<Identity, ApiError> {
    let holder = key.unwrap_or(cert);
    check_mode(holder)?;
    let mut pem = file(cert)?;
    if let Some(key) = key {
        pem.push(b'\n');
        pem.extend_from_slice(&file(key)?);
    }
    Identity::from_pem(&pem).map_err(|_| {
        ApiError::Credential(format!(
            "{} and its key are not a certificate with a private key in PEM",
            cert.display()
        ))
    })
}

/// Refuses a private key that others may read.
#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), ApiError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)
        .map_err(|error| {
            ApiError::Credential(format!("{} cannot be read: {error}", path.display()))
        })?
        .permissions()
        .mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(ApiError::Credential(format!(
        "{path} can be read by others (mode {:03o}); run: chmod 600 {path}",
        mode & 0o777
    )))
}

#[cfg(not(unix))]
fn check_mode(_path: &Path) -> Result<(), ApiError> {
    Ok(())
}
