//! [`Keyring`]: the keys of encrypted fields.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The keys of encrypted fields: the first encrypts, all decrypt, so that keys can be changed while old values remain. Values
/// are Fernet tokens (<https://github.com/fernet/spec>), as Django's encrypted fields write them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Keyring(Option<Arc<Keys>>);

struct Keys {
    texts: Vec<String>,
    fernet: fernet::MultiFernet,
}

/// Why keys or a value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// A text is no key. Keys are not shown.
    #[error(
        "encryption key {position} is no Fernet key: it must be 32 bytes in URL-safe base64; `nuages generate-key` makes one"
    )]
    Key {
        /// Which, from 1.
        position: usize,
    },
    /// There are no keys.
    #[error(
        "there are no encryption keys: set `encryption_keys` in nuages.toml or NUAGES_ENCRYPTION_KEYS; `nuages generate-key` makes one"
    )]
    None,
    /// A stored value is of none of the keys.
    #[error("a stored value cannot be decrypted with any of the encryption keys")]
    Undecryptable,
}

impl Keyring {
    /// No keys: encrypted values can be neither written nor read.
    pub const EMPTY: Self = Self(None);

    /// Keys, the one that encrypts first.
    ///
    /// # Errors
    /// When one is no Fernet key.
    pub fn new(keys: &[String]) -> Result<Self, KeyringError> {
        if keys.is_empty() {
            return Ok(Self(None));
        }
        let read = |(index, key): (usize, &String)| {
            fernet::Fernet::new(key).ok_or(KeyringError::Key { position: index + 1 })
        };
        let known = keys.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let fernet = fernet::MultiFernet::new(known);
        Ok(Self(Some(Arc::new(Keys { texts: keys.to_vec(), fernet }))))
    }

    /// A new random key.
    pub fn generate() -> String {
        fernet::Fernet::generate_key()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// A text as a token of the first key.
    ///
    /// # Errors
    /// When there are no keys.
    pub fn encrypt(&self, text: &str) -> Result<String, KeyringError> {
        self.0.as_ref().map(|keys| keys.fernet.encrypt(text.as_bytes())).ok_or(KeyringError::None)
    }

    /// The text of a token.
    ///
    /// # Errors
    /// When there are no keys, or none of them has made the token.
    pub fn decrypt(&self, token: &str) -> Result<String, KeyringError> {
        let keys = self.0.as_ref().ok_or(KeyringError::None)?;
        let bytes = keys.fernet.decrypt(token).map_err(|_| KeyringError::Undecryptable)?;
        String::from_utf8(bytes).map_err(|_| KeyringError::Undecryptable)
    }

    fn texts(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |keys| &keys.texts)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.texts().len())
    }
}

impl PartialEq for Keyring {
    fn eq(&self, other: &Self) -> bool {
        self.texts() == other.texts()
    }
}

impl Eq for Keyring {}

impl Hash for Keyring {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.texts().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_change_and_old_values_remain() {
        let (old, new) = (Keyring::generate(), Keyring::generate());
        let before = Keyring::new(std::slice::from_ref(&old)).unwrap();
        let token = before.encrypt("secret ä").unwrap();
        assert!(!token.contains("secret"));
        assert_ne!(token, before.encrypt("secret ä").unwrap());
        let both = Keyring::new(&[new.clone(), old]).unwrap();
        assert_eq!(both.decrypt(&token).unwrap(), "secret ä");
        let after = Keyring::new(&[new]).unwrap();
        assert_eq!(after.decrypt(&token), Err(KeyringError::Undecryptable));
        assert_eq!(after.decrypt(&both.encrypt("x").unwrap()).unwrap(), "x");
        assert_eq!(Keyring::EMPTY.encrypt("x"), Err(KeyringError::None));
        assert_eq!(Keyring::new(&["short".to_owned()]), Err(KeyringError::Key { position: 1 }));
        assert_eq!(format!("{both:?}"), "Keyring(2 keys)");
    }

    /// The example of the Fernet specification's `verify.json`.
    #[test]
    fn tokens_are_the_specifications() {
        let keys = Keyring::new(&["cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=".to_owned()]).unwrap();
        let token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
        assert_eq!(keys.decrypt(token).unwrap(), "hello");
    }
}
