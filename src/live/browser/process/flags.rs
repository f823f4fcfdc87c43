//! Which more arguments a user may give: a short list, and shapes of their values.
//!
//! An argument can make the browser run a program, without any shell
//! (docs/spec/browser.md#security). So nothing is permitted but what is listed; what is known to be
//! dangerous is refused with its reason.

use crate::base::error::Error;

/// What may be given.
const PERMITTED: &[&str] = &[
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--force-device-scale-factor",
    "--hide-scrollbars",
    "--incognito",
    "--kiosk",
    "--lang",
    "--mute-audio",
    "--ozone-platform",
    "--start-fullscreen",
    "--start-maximized",
    "--window-position",
    "--window-size",
];

/// What is refused and why; a `*` stands for anything.
const REFUSED: &[(&str, &str)] = &[
    ("--*-cmd-prefix", "it makes the browser run a program"),
    ("--*-launcher", "it makes the browser run a program"),
    ("--browser-subprocess-path", "it makes the browser run a program"),
    ("--load-extension", "an extension can click as well as we"),
    ("--disable-extensions-except", "an extension can click as well as we"),
    ("--remote-debugging-*", "the debugging port is ours: who has it, has the account"),
    ("--remote-allow-origins", "every web page could drive the browser"),
    ("--proxy-*", "somebody could sit between the page and the site"),
    ("--host-resolver-rules", "the site would not be the site"),
    ("--host-rules", "the site would not be the site"),
    ("--ignore-certificate-errors*", "the site would not be the site"),
    ("--disable-web-security", "other pages could read and click the site"),
    ("--user-data-dir", "the profile has a setting of its own"),
    ("--no-sandbox", "the sandbox has a setting of its own"),
    ("--headless", "it has a setting of its own"),
];

/// Accepts an argument.
///
/// # Errors
/// [`crate::base::error::ErrorKind::Usage`] with the reason.
pub(super) fn check(flag: &str) -> Result<(), Error> {
    let (name, value) = flag.split_once('=').map_or((flag, None), |(name, it)| (name, Some(it)));
    let wrong = |why: &str| {
        let permitted = PERMITTED.join(", ");
        Error::usage(format!("the argument {flag:?} is not handed to the browser: {why}"))
            .hint(format!("these are: {permitted}"))
    };
    if let Some((_, why)) = REFUSED.iter().find(|(pattern, _)| matches(pattern, name)) {
        return Err(wrong(why));
    }
    if !PERMITTED.contains(&name) {
        return Err(wrong("it is not on the list"));
    }
    let plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ',' | '.' | '-' | '_');
    match value {
        Some(value) if value.is_empty() || !value.chars().all(plain) => {
            Err(wrong("its value has other signs than letters, digits and , . - _"))
        }
        _ => Ok(()),
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((head, tail)) => {
            name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        }
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_arguments_pass() {
        for flag in ["--mute-audio", "--window-size=1280,900", "--lang=en-GB", "--disable-gpu"] {
            check(flag).unwrap();
        }
    }

    #[test]
    fn dangerous_arguments_are_refused_with_their_reason() {
        for (flag, why) in [
            ("--renderer-cmd-prefix=/tmp/x.sh", "run a program"),
            ("--utility-cmd-prefix=xterm -e", "run a program"),
            ("--gpu-launcher=/tmp/x", "run a program"),
            ("--browser-subprocess-path=/tmp/x", "run a program"),
            ("--load-extension=/tmp/x", "extension"),
            ("--remote-debugging-address=0.0.0.0", "debugging port"),
            ("--remote-debugging-port=9222", "debugging port"),
            ("--remote-allow-origins=*", "every web page"),
            ("--proxy-server=http://evil", "between"),
            ("--proxy-pac-url=http://evil", "between"),
            ("--host-resolver-rules=MAP * evil", "not be the site"),
            ("--disable-web-security", "other pages"),
            ("--user-data-dir=/home/x", "profile"),
            ("--no-sandbox", "sandbox"),
        ] {
            let error = check(flag).unwrap_err().to_string();
            assert!(error.contains(why), "{flag}: {error}");
        }
    }

    #[test]
    fn whatever_is_not_listed_or_has_a_strange_value_is_refused() {
        for flag in [
            "",
            "--",
            "-",
            "https://evil.example",
            "--enable-logging",
            "--MUTE-AUDIO",
            "-mute-audio",
            "--mute-audio --no-sandbox",
            "--mute-audio\u{0}",
            "--lang=",
            "--lang=en\" --no-sandbox",
            "--window-size=$(touch /tmp/x)",
            "--window-size=1;rm",
            "--lang=en\n--no-sandbox",
        ] {
            assert!(check(flag).is_err(), "{flag:?}");
        }
    }
}
