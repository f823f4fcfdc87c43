//! Credentials for a namespace: sent to the server once per connection, never shown.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serde_json::value::RawValue;

use super::censor::Censor;
use crate::base::error::Error;

/// Credentials: a JSON object, wiped when dropped.
#[derive(Debug, Clone)]
pub struct Auth {
    object: SecretString,
    /// The texts in it, which no message may show.
    secrets: Censor,
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
        let mut secrets = Censor::default();
        fields.into_iter().for_each(|(_, value)| collect(&value, &mut secrets));
        Ok(Self { object, secrets })
    }

    /// The object as sent.
    pub(super) fn payload(&self) -> &RawValue {
        serde_json::from_str(self.object.expose_secret()).expect("an object, as `new` saw")
    }

    /// What no message may show.
    pub(super) const fn secrets(&self) -> &Censor {
        &self.secrets
    }
}

/// Collects the texts of a value.
fn collect(value: &Value, secrets: &mut Censor) {
    match value {
        Value::String(text) => secrets.add(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, secrets)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, secrets)),
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
    fn every_text_of_the_credentials_is_a_secret() {
        let auth = auth(r#"{"token":"planted-secret","deep":[{"key":"other-secret"}],"v":"1.0"}"#);
        let said = r#"42["planted-secret",{"key":"other-secret","v":"1.0"}]"#;
        let shown = r#"42["[secret]",{"key":"[secret]","v":"1.0"}]"#;
        assert_eq!(auth.secrets().censor(said), shown);
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
