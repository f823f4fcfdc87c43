//! TLS by rustls, with *ring*: the trusted certificates.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::base::error::{Error, ErrorKind};

/// The certificates that prove a server's identity.
#[derive(Debug, Clone)]
pub enum Roots {
    /// The system's certificates; `SSL_CERT_FILE` and `SSL_CERT_DIR` override their location.
    Native,
    /// Only these certificates, none of the system.
    Only(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// Parses certificates in PEM.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it holds none, or an invalid one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match certificates {
            Ok(certificates) if !certificates.is_empty() => Ok(Self::Only(certificates)),
            Ok(_) => Err(Error::usage("the text holds no certificate in PEM")),
            Err(error) => Err(Error::usage("the certificates are not in PEM").caused_by(error)),
        }
    }
}

/// The configuration of TLS. Reads the system's certificates from the disk.
pub(super) fn client_config(roots: &Roots) -> Result<Arc<ClientConfig>, Error> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Native => {
            let found = rustls_native_certs::load_native_certs();
            let (added, _) = store.add_parsable_certificates(found.certs);
            if added == 0 {
                let error = Error::new(ErrorKind::Live, "the system has no root certificates")
                    .hint("install ca-certificates, or set SSL_CERT_FILE");
                return Err(match found.errors.into_iter().next() {
                    Some(source) => error.caused_by(source),
                    None => error,
                });
            }
        }
        Roots::Only(certificates) => {
            for certificate in certificates {
                store
                    .add(certificate.clone())
                    .map_err(|source| Error::usage("a certificate is invalid").caused_by(source))?;
            }
        }
    }
    // Chosen explicitly, since another library in the process could have set its default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows the default protocol versions");
    Ok(Arc::new(config.with_root_certificates(store).with_no_client_auth()))
}
