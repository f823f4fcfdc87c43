//! Credentials for a namespace: said to the server once per connection, and shown to nobody.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::base::error::Error;

/// Shortest text among credentials that is a secret by itself: shorter ones stand in messages by chance.
const SECRET_CHARS_MIN: usize = 8;

/// What stands in a message where a secret stood.
const CENSORED: &str = "[secret]";

/// Credentials: a JSON object. Dropped, they are wiped.
#[derive(Debug, Clone)]
pub struct Auth {
    object: SecretString,
    /// Texts in it that no message may show, as they are and as JSON writes them.
    secrets: Vec<SecretString>,
}

impl Auth {
    /// Credentials from their text.
    ///
    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] when that is no JSON object. Nothing of it is in
    /// the error.
    pub fn new(object: SecretString) -> Result<Self, Error> {
        let Ok(Value::Object(fields)) = serde_json::from_str(object.expose_secret()) else {
            return Err(Error::usage("credentials must be a JSON object")
                .hint("write them like {\"token\": \"…\"}"));
        };
        let mut secrets = Vec::new();
        fields.into_iter().for_each(|(_, value)| collect(value, &mut secrets));
        Ok(Self { object, secrets })
    }

    /// The object, as it is sent.
    pub(super) fn payload(&self) -> &RawValue {
        serde_json::from_str(self.object.expose_secret()).expect("an object, as `new` saw")
    }

    /// A text of the server without what is secret in it: a server that says our credentials back must not
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

/// Takes the texts out of a value.
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
