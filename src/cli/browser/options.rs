//! Where the browser comes from and what it shows, the same for every command.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::base::clock;
use crate::base::error::Error;
use crate::cli::given::path_flag;
use crate::cli::settings::{Flags, Settings};
use crate::live::browser::controls::Profile;
use crate::live::browser::{Config, How, Launch, Sandbox, Site};

/// The browser, its page and what is known of the page.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct BrowserArgs {
    /// The page to open, http or https; with --attach the profile's site unless given
    #[arg(long, value_name = "URL")]
    url: Option<Site>,
    /// Join the browser that listens at this debugging port of this machine, instead of starting one
    #[arg(
        long,
        value_name = "PORT",
        value_parser = clap::value_parser!(u16).range(1..),
        conflicts_with_all = ["browser_binary", "browser_flags", "profile_folder", "headful", "no_sandbox"]
    )]
    attach: Option<u16>,
    /// What speaks for an element being a control (docs/how-to/browser.md) [default: rugs.fun]
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The program to start, no script [default: Debian's Chromium]
    #[arg(long, value_name = "PATH")]
    browser_binary: Option<PathBuf>,
    /// One more argument for the browser, from a short list (may be given several times)
    #[arg(long = "browser-flag", value_name = "FLAG", allow_hyphen_values = true)]
    browser_flags: Vec<String>,
    /// The browser's folder, where it stays logged in [default: ~/.local/share/replayer/browser]
    #[arg(long, value_name = "DIR", allow_hyphen_values = true)]
    profile_folder: Option<PathBuf>,
    /// Show the browser's window
    #[arg(long)]
    headful: bool,
    /// Do without the browser's sandbox, as the superuser must; for sites on this machine only
    #[arg(long)]
    no_sandbox: bool,
}

impl BrowserArgs {
    /// What it sets.
    ///
    /// # Errors
    /// When a path cannot be made absolute.
    pub(in crate::cli) fn flags(&self) -> Result<Flags, Error> {
        let (binary, folder) = (self.browser_binary.as_deref(), self.profile_folder.as_deref());
        let mut flags = path_flag("--browser-binary", "browser.binary", binary)?;
        flags.extend(path_flag("--profile-folder", "browser.folder", folder)?);
        Ok(flags)
    }

    /// What is known of the page's controls.
    ///
    /// # Errors
    /// When the file cannot be read, or is wrong.
    pub(in crate::cli) fn selectors(&self) -> Result<Profile, Error> {
        self.profile.as_deref().map_or_else(|| Ok(Profile::rugs_fun()), Profile::read)
    }

    /// What the supervisor needs to know; without an address of the user's, another one may be known.
    ///
    /// # Errors
    /// When there is no page to open, or no folder for the browser.
    pub(in crate::cli) fn config(
        &self,
        selectors: &Profile,
        known: Option<&str>,
        settings: &Settings,
    ) -> Result<Config, Error> {
        let site = match (&self.url, known, self.attach) {
            (Some(site), ..) => site.clone(),
            (None, Some(known), _) => known.parse()?,
            (None, None, Some(_)) => format!("https://{}/", selectors.site).parse()?,
            (None, None, None) => {
                return Err(Error::usage("there is no page to open")
                    .hint("give --url URL, or --attach PORT to join a browser"));
            }
        };
        let how = match self.attach {
            Some(port) => How::Attach(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            None => How::Launch(self.launch(settings)?),
        };
        Ok(settings.browser.supervisor(site, how, clock::luck()))
    }

    fn launch(&self, settings: &Settings) -> Result<Launch, Error> {
        let mut launch = settings.browser.launch(&settings.paths)?;
        launch.headless = !self.headful;
        launch.flags.clone_from(&self.browser_flags);
        if self.no_sandbox {
            launch.sandbox = Sandbox::OffHere;
        }
        Ok(launch)
    }
}
