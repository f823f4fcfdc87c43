//! Keeps what we sent as a secret out of what is told: a server that echoes our credentials must
//! not bring them into recordings and logs.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};

/// Shortest text that counts as a secret, in characters: shorter ones occur in messages by chance.
const SECRET_CHARS_MIN: usize = 8;

/// Replaces a secret in a message.
const CENSORED: &str = "[secret]";

/// Texts that no message may show.
#[derive(Debug, Clone, Default)]
pub(super) struct Censor(Vec<SecretString>);

impl Censor {
    /// Adds a text, raw and as JSON escapes it, unless it is too short to be told from chance.
    pub(super) fn add(&mut self, text: &str) {
        if text.chars().count() < SECRET_CHARS_MIN {
            return;
        }
        let written = serde_json::to_string(text).unwrap_or_default();
        let escaped = written.get(1..written.len() - 1).unwrap_or_default();
        if escaped != text {
            self.0.push(escaped.into());
        }
        self.0.push(text.into());
    }

    /// Adds the texts of another one.
    pub(super) fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// A text of the server without our secrets.
    pub(super) fn censor<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let shown = |secret: &&SecretString| text.contains(secret.expose_secret());
        let mut censored = Cow::Borrowed(text);
        for secret in self.0.iter().filter(shown) {
            censored = censored.replace(secret.expose_secret(), CENSORED).into();
        }
        censored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_back_is_censored_in_every_form_that_json_gives_it() {
        let mut censor = Censor::default();
        for text in ["pla\"nted-secret", "other-secret", "1.0"] {
            censor.add(text);
        }
        for (said, wanted) in [
            (r#"42["echo","pla\"nted-secret"]"#, r#"42["echo","[secret]"]"#),
            (r#"raw pla"nted-secret, twice pla"nted-secret"#, "raw [secret], twice [secret]"),
            ("44{\"message\":\"no other-secret\"}", "44{\"message\":\"no [secret]\"}"),
            (r#"42["tick",{"v":"1.0"}]"#, r#"42["tick",{"v":"1.0"}]"#),
        ] {
            assert_eq!(censor.censor(said), wanted);
        }
    }
}
