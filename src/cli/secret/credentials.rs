//! What a feed is told, so that it lets us in.

use tracing::info;

use super::key;
use crate::base::clock;
use crate::base::error::Error;
use crate::base::secrets;
use crate::cli::settings::Settings;
use crate::feed::bridge::{self, Auth};

/// The client of the feed at an address, with the credentials that its host gets, if any.
///
/// # Errors
/// When that is no address of a feed, or its credentials cannot be had or must not be sent there.
pub(in super::super) fn client(settings: &Settings, url: &str) -> Result<bridge::Config, Error> {
    let Settings { feed, secrets, paths, .. } = settings;
    let mut client = feed.client(url, clock::luck())?;
    if let Some(name) = feed.secret_for(&client.address)? {
        let path = secrets.path(paths)?;
        let kept = secrets::open(&path, &key::present(settings, &path)?)?;
        let auth = Auth::new(kept.get(name)?.clone());
        client.auth = Some(auth.map_err(|error| {
            error.hint(format!(
                "the secret {name} is what the feed gets: keep it like {{\"token\": \"…\"}}"
            ))
        })?);
    } else if let Some(host) = &feed.auth_host {
        info!("{} gets no credentials: they are for {host}", client.address.host());
    }
    Ok(client)
}
