"""Who signs content credentials: a certificate and key from files, or a pair made once on this machine.

A self-made certificate proves that a file is unchanged, not who made it: nobody has vouched for its name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock

from resources.durable import disk_errors, sync_folder, write_durably
from schemas.errors import InputError
from schemas.reading import read_limited

_CERTIFICATES, _KEY = "certificates.pem", "key.pem"
_VALID_DAYS = 3_650
_MAKER = "narrative-assets"


@dataclass(frozen=True)
class Signer:
    """Who signs: a certificate chain, leaf first, and its private key, both PEM. ``self_made`` vouches for nobody."""

    certificates: bytes
    key: bytes
    self_made: bool = False

    def __repr__(self) -> str:
        return f"Signer(self_made={self.self_made})"


def signer_from(certificates: Path, key: Path) -> Signer:
    """The signer of a PEM pair. Raises InputError where either cannot be read."""
    return Signer(read_limited(certificates), read_limited(key))


def own_signer(folder: Path) -> Signer:
    """The self-made signer kept in ``folder``, made at the first call and readable by its owner alone."""
    with disk_errors("the signing certificate"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        with FileLock(folder / ".lock"):
            if not (folder / _KEY).is_file():
                certificates, key = _self_made()
                write_durably(folder / _CERTIFICATES, certificates)
                _write_secret(folder / _KEY, key)
        return Signer((folder / _CERTIFICATES).read_bytes(), (folder / _KEY).read_bytes(), self_made=True)


def algorithm_of(signer: Signer) -> str:
    """The signature algorithm that the key is for. Raises InputError for a key that cannot be read or used."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(signer.key, password=None)
    except (ValueError, TypeError) as error:
        raise InputError(
            "The signing key cannot be read.", remedy="Give an unencrypted private key in PEM (PKCS 8)."
        ) from error
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in ("secp256r1", "secp384r1", "secp521r1"):
        return {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise InputError("The signing key is of a kind that C2PA does not know.", remedy="Use P-256, RSA or Ed25519.")


def _self_made() -> tuple[bytes, bytes]:
    """(certificate chain, private key) of a root and a signer under it, both PEM. The root's key is thrown away."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def named(what: str) -> x509.Name:
        parts = {NameOID.ORGANIZATION_NAME: "Self-made, vouches for nobody", NameOID.COMMON_NAME: f"{_MAKER} {what}"}
        return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items()])

    def uses(*, signs_files: bool) -> x509.KeyUsage:
        return x509.KeyUsage(signs_files, False, False, False, False, not signs_files, not signs_files, False, False)

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    start = datetime.now(UTC) - timedelta(days=1)  # clocks differ

    def certificate(subject: x509.Name, own: ec.EllipticCurvePrivateKey, *, leaf: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(named("local root"))
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=_VALID_DAYS))
            .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None if leaf else 0), critical=True)
            .add_extension(uses(signs_files=leaf), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        )
        if leaf:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(usage, critical=False)
        return builder.sign(root_key, hashes.SHA256())

    pem = serialization.Encoding.PEM
    chain = [
        certificate(named("local signer"), key, leaf=True),
        certificate(named("local root"), root_key, leaf=False),
    ]
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return b"".join(each.public_bytes(pem) for each in chain), secret


def _write_secret(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` such that nobody but the owner could read it at any moment."""
    writing = path.with_name(f".writing-{path.name}")
    writing.unlink(missing_ok=True)
    descriptor = os.open(writing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    writing.replace(path)
    sync_folder(path.parent)
