//! The credentials that a feed requires.

use tracing::info;

use super::key;
use crate::base::clock;
use crate::base::error::Error;
use crate::base::secrets;
use crate::cli::settings::Settings;
use crate::feed::bridge::{self, Auth};

/// The client for the feed at an address, with the credentials for its host, if any.
///
/// # Errors
/// When the address is invalid, or its credentials are unavailable or must not be sent there.
pub(in super::super) fn client(settings: &Settings, url: &str) -> Result<bridge::Config, Error> {
    let Settings { feed, secrets, paths, .. } = settings;
    let mut client = feed.client(url, clock::luck())?;
    if let Some(name) = feed.secret_for(&client.address)? {
        let path = secrets.path(paths)?;
        let kept = secrets::open(&path, &key::present(settings, &path)?)?;
        let auth = Auth::new(kept.get(name)?.clone());
        client.auth = Some(auth.map_err(|error| {
            error.hint(format!(
                "the secret {name} is sent to the feed: store it like {{\"token\": \"…\"}}"
            ))
        })?);
    } else if let Some(host) = &feed.auth_host {
        info!("{} gets no credentials: they are for {host}", client.address.host());
    }
    Ok(client)
}
