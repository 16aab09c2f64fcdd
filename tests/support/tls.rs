use std::sync::Arc;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, PublicKeyData as _};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256};

/// A certificate made for this run alone, and the fingerprint by which a browser can be told to accept it.
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    /// Base64 of the SHA-256 of the public key.
    pub(crate) spki: String,
    /// SHA-256 of the certificate, each byte in hexadecimal, with colons between.
    pub(crate) fingerprint: String,
    /// The certificate as files hold it.
    pub(crate) pem: String,
}

impl Identity {
    /// Of the site, for browsers.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let names =
            ["*.google.com", "*.clients6.google.com", "*.googleapis.com", "*.gstatic.com", "ai.studio"];
        Self::of(&names, &["http/1.1"])
    }

    /// Of these names or addresses, for whom it speaks these protocols, the first one rather.
    pub(crate) fn of(names: &[&str], protocols: &[&str]) -> anyhow::Result<Self> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(names).context("no certificate")?;
        let spki = STANDARD.encode(Sha256::digest(signing_key.subject_public_key_info()));
        let digest = Sha256::digest(cert.der());
        let fingerprint = digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der())
            .map_err(|why| anyhow::anyhow!("no private key: {why}"))?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![cert.der().clone()], key)?;
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Self { config: Arc::new(config), spki, fingerprint, pem: cert.pem() })
    }
}
