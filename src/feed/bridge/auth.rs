//! Credentials for a namespace: sent to the server once per connection, never shown.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::base::error::Error;

/// Shortest text among credentials that counts as a secret, in characters: shorter ones occur in
/// messages by chance.
const SECRET_CHARS_MIN: usize = 8;

/// Replaces a secret in a message.
const CENSORED: &str = "[secret]";

/// Credentials: a JSON object, wiped when dropped.
#[derive(Debug, Clone)]
pub struct Auth {
    object: SecretString,
    /// Texts that no message may show, raw and as JSON escapes them.
    secrets: Vec<SecretString>,
}

impl Auth {
    /// Parses credentials.
    ///
    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] for anything but a JSON object. The error shows
    /// nothing of it.
    pub fn new(object: SecretString) -> Result<Self, Error> {
        let Ok(Value::Object(fields)) = serde_json::from_str(object.expose_secret()) else {
            return Err(Error::usage("credentials must be a JSON object")
                .hint("write them like {\"token\": \"…\"}"));
        };
        let mut secrets = Vec::new();
        fields.into_iter().for_each(|(_, value)| collect(value, &mut secrets));
        Ok(Self { object, secrets })
    }

    /// The object as sent.
    pub(super) fn payload(&self) -> &RawValue {
        serde_json::from_str(self.object.expose_secret()).expect("an object, as `new` saw")
    }

    /// A text of the server without our secrets: a server that echoes our credentials must not
    /// bring them into recordings and logs.
    pub(super) fn censor<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let shown = |secret: &&SecretString| text.contains(secret.expose_secret());
        let mut censored = Cow::Borrowed(text);
        for secret in self.secrets.iter().filter(shown) {
            censored = censored.replace(secret.expose_secret(), CENSORED).into();
        }
        censored
    }
}

/// Collects the texts of a value.
fn collect(value: Value, secrets: &mut Vec<SecretString>) {
    match value {
        Value::String(text) if text.chars().count() >= SECRET_CHARS_MIN => {
            let written = serde_json::to_string(&text).unwrap_or_default();
            if written[1..written.len() - 1] != text {
                secrets.push(written[1..written.len() - 1].into());
            }
            secrets.push(text.into());
        }
        Value::Array(values) => values.into_iter().for_each(|value| collect(value, secrets)),
        Value::Object(fields) => {
            fields.into_iter().for_each(|(_, value)| collect(value, secrets));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(object: &str) -> Auth {
        Auth::new(object.into()).unwrap()
    }

    #[test]
    fn what_the_server_says_back_is_censored_in_every_form_that_json_gives_it() {
        let auth =
            auth(r#"{"token":"pla\"nted-secret","deep":[{"key":"other-secret"}],"v":"1.0"}"#);
        for (said, wanted) in [
            (r#"42["echo","pla\"nted-secret"]"#, r#"42["echo","[secret]"]"#),
            (r#"raw pla"nted-secret, twice pla"nted-secret"#, "raw [secret], twice [secret]"),
            ("44{\"message\":\"no other-secret\"}", "44{\"message\":\"no [secret]\"}"),
            (r#"42["tick",{"v":"1.0"}]"#, r#"42["tick",{"v":"1.0"}]"#),
        ] {
            assert_eq!(auth.censor(said), wanted);
        }
    }

    #[test]
    fn credentials_are_an_object_that_nothing_prints() {
        for text in ["", "planted-secret", "[1]", "\"planted-secret\"", "{\"token\":"] {
            let error = Auth::new(text.into()).unwrap_err().to_string();
            assert!(!error.contains("planted"), "{error}");
        }
        let auth = auth(r#"{"token":"planted-secret"}"#);
        assert_eq!(auth.payload().get(), r#"{"token":"planted-secret"}"#);
        assert!(!format!("{auth:?}").contains("planted"));
    }
}
