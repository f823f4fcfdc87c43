//! What a session may do in the page of a browser: nothing, highlight, or click within limits.

use std::path::PathBuf;

use tracing::{info, warn};

use crate::base::address::SourceAddress;
use crate::base::error::Error;
use crate::cli::browser::BrowserArgs;
use crate::cli::given::{flag, path_flag};
use crate::cli::secret::{address_of_option, client};
use crate::cli::settings::{Flags, Settings};
use crate::engine::BotSpec;
use crate::feed::bridge;
use crate::live::browser::kill::on_the_terminal;
use crate::live::browser::risk::RiskLimits;
use crate::live::browser::{Config, ExecutionMode};
use crate::live::{ArmSwitch, ExecutionConfig, Follow, OnDisarm};
use crate::model::order::OrderLimits;
use crate::model::sol::Sol;

/// The browser, and what the session may do in it.
#[derive(Debug, clap::Args)]
pub(super) struct ClickingOptions {
    /// Follow the feed that the page of the site receives in a browser
    #[arg(long, conflicts_with = "feed", help_heading = HEADING)]
    browser: bool,
    #[command(flatten, next_help_heading = HEADING)]
    page: BrowserArgs,
    /// Frame in the page what would be clicked, but click nothing; orders fill on paper
    #[arg(long, conflicts_with = "armed", help_heading = HEADING)]
    dry_run: bool,
    /// Keep screenshots of the first 100 orders of a dry run in this folder
    #[arg(long, value_name = "DIR", requires = "dry_run", help_heading = HEADING)]
    pictures: Option<PathBuf>,
    /// Follow this feed while the page's socket is silent for 5 s, until it resumes
    #[arg(long, value_name = "URL", help_heading = HEADING)]
    fallback: Option<SourceAddress>,
    #[command(flatten, next_help_heading = ARMED)]
    arming: Arming,
}

const HEADING: &str = "In a browser";
const ARMED: &str = "Real orders";

#[derive(Debug, clap::Args)]
struct Arming {
    /// Click orders for real; requires the three limits below
    #[arg(long, requires_all = ["max_stake", "max_loss", "max_orders_per_minute"])]
    armed: bool,
    /// Maximum stake per order, in SOL
    #[arg(long, value_name = "SOL", requires = "armed", value_parser = amount)]
    max_stake: Option<Sol>,
    /// Maximum loss before the session disarms, in SOL
    #[arg(long, value_name = "SOL", requires = "armed", value_parser = amount)]
    max_loss: Option<Sol>,
    /// Maximum number of orders within any minute
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_orders_per_minute: Option<u32>,
    /// Disarm after N consecutive losing games
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_losing_streak: Option<u32>,
    /// Disarm after N orders
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_orders: Option<u32>,
    /// Send orders with a stake for N minutes only, then disarm once nothing is held
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_minutes: Option<u32>,
    /// Once disarmed, go on on paper instead of ending with exit code 5
    #[arg(long, requires = "armed")]
    stay: bool,
    /// When stopped while armed: `hold` what is open, or `sell` it, once [default: hold]
    #[arg(long, value_name = "WHAT", requires = "armed", value_parser = ["hold", "sell"])]
    on_stop: Option<String>,
    /// Let the bot take over a position that was opened in the presale of the game that is on
    #[arg(long, requires = "armed")]
    take_over: bool,
    /// Maximum delay between decision and click, in milliseconds [default: 1000]
    #[arg(long, value_name = "MS")]
    within: Option<u64>,
    /// Minimum time between two clicks, in milliseconds [default: 0]
    #[arg(long, value_name = "MS")]
    spacing: Option<u64>,
    /// Socket of the kill switch [default: live.sock in the user's runtime folder, else in /tmp]
    #[arg(long, value_name = "PATH", requires = "armed")]
    kill_socket: Option<PathBuf>,
}

/// Parses an amount of SOL above zero.
fn amount(text: &str) -> Result<Sol, String> {
    let sol: Sol = text.parse().map_err(|error| format!("{error}"))?;
    if sol.is_positive() { Ok(sol) } else { Err("must be above 0".to_owned()) }
}

impl ClickingOptions {
    /// The settings that these flags override.
    ///
    /// # Errors
    /// When a path cannot be made absolute.
    pub(super) fn flags(&self) -> Result<Flags, Error> {
        let Arming { within, spacing, kill_socket, on_stop, .. } = &self.arming;
        let mut flags = self.page.flags()?;
        flags.extend(self.arming.limits());
        flags.extend(flag("--within", "clicking.within_ms", *within));
        flags.extend(flag("--spacing", "clicking.spacing_ms", *spacing));
        flags.extend(flag("--on-stop", "live.on_stop", on_stop.as_ref()));
        let socket = kill_socket.as_deref();
        flags.extend(path_flag("--kill-socket", "clicking.kill_socket", socket)?);
        Ok(flags)
    }

    /// Whether orders are clicked for real.
    pub(super) const fn is_armed(&self) -> bool {
        self.arming.armed
    }

    /// The limits of bots whose orders are clicked, as settings: they may lower all others.
    pub(super) fn limits_of(&self, bots: &[BotSpec]) -> Flags {
        let armed = bots.iter().filter(|_| self.arming.armed);
        armed
            .flat_map(|bot| settings_of(&bot.limits, |_| format!("the bot `{}`", bot.id)))
            .collect()
    }

    /// Whether it goes on on paper once it is disarmed.
    pub(super) const fn stays(&self) -> bool {
        self.arming.stay
    }

    /// What it does when it is disarmed.
    pub(super) const fn on_disarm(&self) -> OnDisarm {
        match self.arming {
            Arming { armed: false, .. } => OnDisarm::Watch,
            Arming { stay: true, .. } => OnDisarm::Paper,
            Arming { .. } => OnDisarm::End,
        }
    }

    /// The page to follow, what clicks in it and its address; `None` to follow a feed.
    ///
    /// # Errors
    /// When an option needs a page and none is given, no page is known, or a folder cannot be
    /// created.
    pub(super) fn followed(
        &self,
        known: Option<&SourceAddress>,
        settings: &Settings,
    ) -> Result<Option<(Follow, Option<ExecutionConfig>, SourceAddress)>, Error> {
        if self.browser || known.is_some() {
            let (config, execution) = self.open(known, settings)?;
            let url = SourceAddress::from(&*config.site.url());
            let feed = self.fallback(settings)?.map(Box::new);
            return Ok(Some((Follow::Page(Box::new(config), feed), execution, url)));
        }
        if self.needs_page() {
            return Err(Error::usage("browser options need a page to follow")
                .hint("give --browser with --url URL or --attach PORT"));
        }
        Ok(None)
    }

    /// Whether an option is given that needs a page.
    const fn needs_page(&self) -> bool {
        self.dry_run || self.arming.armed || self.fallback.is_some()
    }

    /// The feed to follow while the page is silent, if any.
    ///
    /// # Errors
    /// When its address is invalid, or its credentials are unavailable.
    fn fallback(&self, settings: &Settings) -> Result<Option<bridge::Config>, Error> {
        let follow = |url: &SourceAddress| {
            client(settings, address_of_option(settings, ("--fallback", url))?.expose())
        };
        self.fallback.as_ref().map(follow).transpose()
    }

    /// The browser, and the limits with which the session is armed. The page is the command line's,
    /// else `known`.
    ///
    /// # Errors
    /// When no page is known, or a folder cannot be created.
    fn open(
        &self,
        known: Option<&SourceAddress>,
        settings: &Settings,
    ) -> Result<(Config, Option<ExecutionConfig>), Error> {
        let profile = self.page.selectors()?;
        let config = self.page.config(&profile, known, settings)?;
        let switch = ArmSwitch::on();
        let Some(mode) = self.mode(settings)? else { return Ok((config, None)) };
        let (timeouts, within) = (settings.clicking.timeouts, settings.clicking.within);
        let (mut kill, mut losses) = (None, None);
        if let ExecutionMode::Click(limits) = &mode {
            on_the_terminal(&switch)?;
            let socket = settings.clicking.kill_socket();
            losses = Some(settings.limits.losses(&settings.paths, &config.site)?);
            let RiskLimits { max_stake, max_loss, max_orders_per_minute, .. } = limits;
            let spans = [(limits.day, "on a day"), (limits.account, "with the account")];
            let spans = spans.map(|(span, of)| match span.max_loss {
                Some(limit) => format!(", {limit} SOL {of}"),
                None => String::new(),
            });
            warn!(
                "ARMED: clicks in {}, at most {max_stake} SOL per order, {max_orders_per_minute} \
                 orders per minute, {max_loss} SOL lost{}; `replayer kill {}`, SIGUSR1 to {}, or \
                 k and Enter here stops all clicking",
                config.site,
                spans.concat(),
                socket.display(),
                std::process::id()
            );
            kill = Some(socket);
            if self.page.joins_silently() {
                info!(
                    "a page that is logged in already says whose account it is at its next event, \
                     or at once with --reload"
                );
            }
        }
        Ok((
            config,
            Some(ExecutionConfig {
                mode,
                timeouts,
                profile,
                switch,
                within,
                kill_socket: kill,
                losses,
                take_over: self.arming.take_over,
            }),
        ))
    }

    fn mode(&self, settings: &Settings) -> Result<Option<ExecutionMode>, Error> {
        if self.dry_run {
            if let Some(folder) = &self.pictures {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Error::io("create", folder, error))?;
            }
            return Ok(Some(ExecutionMode::Show(self.pictures.clone())));
        }
        self.arming.armed.then(|| settings.limits.risk().map(ExecutionMode::Click)).transpose()
    }
}

impl Arming {
    /// The limits of the command line, as settings: they may lower those of the configuration.
    fn limits(&self) -> Flags {
        let limits = OrderLimits {
            max_stake: self.max_stake,
            max_loss: self.max_loss,
            max_orders_per_minute: self.max_orders_per_minute,
            max_losing_streak: self.max_losing_streak,
            max_orders: self.max_orders,
            max_minutes: self.max_minutes,
        };
        settings_of(&limits, |key| format!("--{}", key.replace('_', "-")))
    }
}

/// Limits as settings, each from the source that a function names.
fn settings_of(limits: &OrderLimits, source: impl Fn(&str) -> String) -> Flags {
    let amount = |value: Option<Sol>| value.map(|value| value.to_string());
    let number = |value: Option<u32>| value.map(|value| value.to_string());
    [
        ("max_stake", amount(limits.max_stake)),
        ("max_loss", amount(limits.max_loss)),
        ("max_orders_per_minute", number(limits.max_orders_per_minute)),
        ("max_losing_streak", number(limits.max_losing_streak)),
        ("max_orders", number(limits.max_orders)),
        ("max_minutes", number(limits.max_minutes)),
    ]
    .into_iter()
    .flat_map(|(key, value)| flag(&source(key), &format!("limits.{key}"), value))
    .collect()
}
