//! Where the browser comes from and which page it shows, the same for every command.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::base::address::SourceAddress;
use crate::base::clock;
use crate::base::error::Error;
use crate::cli::given::path_flag;
use crate::cli::secret::{address, address_of_option};
use crate::cli::settings::{Flags, Settings};
use crate::live::browser::controls::Profile;
use crate::live::browser::{Config, How, Launch, Sandbox, find_browser};

/// The browser, its page and the profile of the page.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct BrowserArgs {
    /// Page to open, http or https [default with --attach: the profile's site]
    #[arg(long, value_name = "URL")]
    url: Option<SourceAddress>,
    /// Attach to the browser at this debugging port of this machine instead of starting one
    #[arg(
        long,
        value_name = "PORT",
        value_parser = clap::value_parser!(u16).range(1..),
        conflicts_with_all = ["browser_binary", "browser_flags", "profile_folder", "headful", "no_sandbox"]
    )]
    attach: Option<u16>,
    /// Load the attached page again, once: one that is logged in already then says whose account it is
    #[arg(long, requires = "attach")]
    reload: bool,
    /// Profile: how to recognise the page's controls (docs/how-to/browser.md) [default: rugs.fun]
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Browser executable, not a script [default: Debian's Chromium]
    #[arg(long, value_name = "PATH")]
    browser_binary: Option<PathBuf>,
    /// Extra argument for the browser, from a short list (may be given several times)
    #[arg(long = "browser-flag", value_name = "FLAG", allow_hyphen_values = true)]
    browser_flags: Vec<String>,
    /// Folder in which the browser stays logged in [default: ~/.local/share/replayer/browser]
    #[arg(long, value_name = "DIR", allow_hyphen_values = true)]
    profile_folder: Option<PathBuf>,
    /// Show the browser's window
    #[arg(long)]
    headful: bool,
    /// Run without the browser's sandbox, as root must; for sites on this machine only
    #[arg(long)]
    no_sandbox: bool,
}

impl BrowserArgs {
    /// The settings that these flags override.
    ///
    /// # Errors
    /// When a path cannot be made absolute.
    pub(in crate::cli) fn flags(&self) -> Result<Flags, Error> {
        let (binary, folder) = (self.browser_binary.as_deref(), self.profile_folder.as_deref());
        let mut flags = path_flag("--browser-binary", "browser.binary", binary)?;
        flags.extend(path_flag("--profile-folder", "browser.folder", folder)?);
        Ok(flags)
    }

    /// The profile of the page's controls.
    ///
    /// # Errors
    /// When the file cannot be read, or is invalid.
    pub(in crate::cli) fn selectors(&self) -> Result<Profile, Error> {
        self.profile.as_deref().map_or_else(|| Ok(Profile::rugs_fun()), Profile::read)
    }

    /// The supervisor's configuration; `known` is the address to open where the user gives none.
    ///
    /// # Errors
    /// When there is no page to open, no folder for the browser is known, or no browser listens at the
    /// port to attach to.
    pub(in crate::cli) fn config(
        &self,
        selectors: &Profile,
        known: Option<&SourceAddress>,
        settings: &Settings,
    ) -> Result<Config, Error> {
        let site = match (&self.url, known, self.attach) {
            (Some(url), ..) => address_of_option(settings, ("--url", url))?.expose().parse()?,
            (None, Some(known), _) => address(settings, known)?.expose().parse()?,
            (None, None, Some(_)) => format!("https://{}/", selectors.site).parse()?,
            (None, None, None) => {
                return Err(Error::usage("no page to open")
                    .hint("give --url URL, or --attach PORT to attach to a browser"));
            }
        };
        let how = match self.attach {
            Some(port) => {
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
                find_browser(address)?;
                How::Attach(address)
            }
            None => How::Launch(self.launch(settings)?),
        };
        let supervisor = settings.browser.supervisor(site, how, clock::luck());
        Ok(Config { reload: self.reload, ..supervisor })
    }

    /// Whether a page is joined that may have been logged in before, and is not loaded again.
    pub(in crate::cli) const fn joins_silently(&self) -> bool {
        self.attach.is_some() && !self.reload
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
