//! The credentials that a feed and its proxy require.

use secrecy::{ExposeSecret, SecretString};
use tracing::info;

use super::key;
use crate::base::clock;
use crate::base::error::Error;
use crate::base::secrets;
use crate::cli::settings::Settings;
use crate::feed::bridge::{self, Auth};

/// The client for the feed at an address, with the credentials for its host and its proxy, if any.
///
/// # Errors
/// When the address is invalid, or its credentials are unavailable or must not be sent there.
pub(in super::super) fn client(settings: &Settings, url: &str) -> Result<bridge::Config, Error> {
    let feed = &settings.feed;
    let mut client = feed.client(url, clock::luck())?;
    let trusted = feed.trusts(&client.address)?;
    let for_host = |name: &Option<String>| name.clone().filter(|_| trusted);
    let names = [for_host(&feed.auth_secret), for_host(&feed.headers_secret)];
    let [auth, headers, proxy] = named(settings, [&names[0], &names[1], &feed.proxy_secret])?;
    client.auth = auth.map(Auth::new).transpose().map_err(|error| {
        error.hint("`feed.auth_secret` is sent to the feed: store it like {\"token\": \"…\"}")
    })?;
    if let Some(headers) = headers {
        let added = client.headers.add_secret(headers.expose_secret());
        added.map_err(|why| Error::usage(format!("the secret of `feed.headers_secret`: {why}")))?;
    }
    client.proxies = feed.proxies(proxy.as_ref(), |name| std::env::var(name).ok())?;
    if let Some(host) = feed.auth_host.as_ref().filter(|_| !trusted) {
        info!("{} gets no credentials: they are for {host}", client.address.host());
    }
    if let Some(path) = client.address.path_like_a_namespace() {
        info!(
            "{path} is the path of the server at {}, not a namespace: that is `feed.namespace`",
            client.address.host()
        );
    }
    Ok(client)
}

/// The secrets of these names. Their file is opened, and its key asked for, only where there is a
/// name, and once.
fn named<const N: usize>(
    settings: &Settings,
    names: [&Option<String>; N],
) -> Result<[Option<SecretString>; N], Error> {
    let mut found = [const { None }; N];
    if names.iter().all(|name| name.is_none()) {
        return Ok(found);
    }
    let path = settings.secrets.path(&settings.paths)?;
    let kept = secrets::open(&path, &key::present(settings, &path)?)?;
    for (found, name) in found.iter_mut().zip(names) {
        *found = name.as_ref().map(|name| kept.get(name).cloned()).transpose()?;
    }
    Ok(found)
}
