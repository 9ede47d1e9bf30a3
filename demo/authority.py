"""A throw-away certificate authority, so that a web on loopback can speak real TLS for any host name.

It signs nothing but what is served on loopback: its key lies in the directory it was opened in, and nobody else trusts it. `Fault` names the certificates that
a careful client must refuse. To add a fault: a member, and what differs for it in `identity`.
"""

from __future__ import annotations

import datetime
import enum
import ssl
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
FAR_AHEAD = datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC)
LIFETIME = datetime.timedelta(days=397)


class Fault(enum.Enum):
    """What is wrong with a host's TLS."""

    EXPIRED = "expired"
    OTHER_NAME = "other-name"
    UNKNOWN_AUTHORITY = "unknown-authority"
    SELF_SIGNED = "self-signed"
    OLD_PROTOCOL = "tls-1.0"


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key and the certificate for it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def to_pem(self) -> bytes:
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return key + self.certificate.public_bytes(serialization.Encoding.PEM)

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("The authority's key is no elliptic-curve key.")
        return cls(key, x509.load_pem_x509_certificate(pem))


class Authority:
    """Opened in a directory, it is the same authority every time: a client that trusts `ca_file` keeps trusting it."""

    def __init__(self, root: Identity, directory: Path) -> None:
        self._root = root
        self._directory = directory
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self.ca_file = directory / "ca.pem"
        self.ca_file.write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))

    @classmethod
    def open(cls, directory: Path) -> Self:
        kept = directory / "authority.pem"
        if kept.exists():
            return cls(Identity.from_pem(kept.read_bytes()), directory)
        directory.mkdir(parents=True, exist_ok=True)
        root = _new_root("Tracefox demo authority")
        kept.touch(mode=0o600)
        kept.write_bytes(root.to_pem())
        return cls(root, directory)

    def identity(self, host: str, *, fault: Fault | None = None) -> Identity:
        """A certificate for this host, or one with the given fault."""
        name = "somebody-else.example" if fault is Fault.OTHER_NAME else host
        if fault is Fault.SELF_SIGNED:
            return Identity(self._leaf_key, _certificate(name, self._leaf_key, signer=self._leaf_key, issuer=_name(name)))
        root = _new_root("Nobody knows this authority") if fault is Fault.UNKNOWN_AUTHORITY else self._root
        until = LONG_AGO + LIFETIME if fault is Fault.EXPIRED else None
        return Identity(self._leaf_key, _certificate(name, self._leaf_key, signer=root.key, issuer=root.certificate.subject, until=until))

    def context(self, host: str, *, fault: Fault | None = None) -> ssl.SSLContext:
        """What a TLS server needs to be this host."""
        context = old_context() if fault is Fault.OLD_PROTOCOL else modern_context()
        chain = self._directory / "leaf.pem"  # the ssl module loads chains from files only
        chain.touch(mode=0o600)
        # The root is sent along for clients that are told to trust a key in the chain; never with a faulty leaf, or they would overlook the fault.
        chain.write_bytes(self.identity(host, fault=fault).to_pem() + (b"" if fault else self.ca_file.read_bytes()))
        context.load_cert_chain(chain)
        chain.unlink()
        return context


def modern_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def old_context() -> ssl.SSLContext:
    """TLS 1.0 and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # OpenSSL speaks TLS 1.0 only when told that nothing is at stake
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _new_root(title: str) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(title))
        .issuer_name(_name(title))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(FAR_AHEAD)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Identity(key, builder.sign(key, hashes.SHA256()))


def _certificate(
    host: str, key: ec.EllipticCurvePrivateKey, *, signer: ec.EllipticCurvePrivateKey, issuer: x509.Name, until: datetime.datetime | None = None
) -> x509.Certificate:
    # Browsers refuse a leaf that is valid for more than about a year, so the lifetime hangs on today's date.
    end = until or datetime.datetime.now(datetime.UTC) + LIFETIME - datetime.timedelta(days=2)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(host))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - LIFETIME)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    return builder.sign(signer, hashes.SHA256())


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
