"""Content Credentials: a C2PA manifest in a picture, signed with the certificate that the operator names.

C2PA Technical Specification 2.2. Without a certificate nothing is signed; the IPTC source type is stated all the same.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadInput

SIGNED = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class Credentials:
    """Who signs: the chain of certificates, leaf first, and its private key, both PEM."""

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        """Without the key: a repr ends up in logs."""
        return f"Credentials({len(self.certificate)} bytes of certificate)"


def read(certificate: Path | None, key: Path | None) -> Credentials | None:
    """The operator's credentials; None where none are named. Raises BadInput where only one is, or cannot be read."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise BadInput("Content Credentials need both LOUPE_C2PA_CERTIFICATE_FILE and LOUPE_C2PA_KEY_FILE.")
    try:
        return Credentials(certificate.read_bytes(), key.read_bytes())
    except OSError as error:
        raise BadInput(
            f"The certificate of Content Credentials cannot be read ({error.strerror}): {certificate.name}, {key.name}."
        ) from error


def signed(data: bytes, media_type: str, source_type: str, title: str, by: Credentials | None) -> bytes:
    """The same picture with its manifest; as it is where nobody signs. Raises BadInput where the certificate fails."""
    if by is None or media_type not in SIGNED:
        return data
    from c2pa import Builder, C2paError, C2paSignerInfo, Signer

    action = {
        "action": "c2pa.created",
        "digitalSourceType": source_type,
        "softwareAgent": {"name": "Loupe", "version": "1"},
    }
    claim = {
        "claim_generator_info": [{"name": "Loupe", "version": "1"}],
        "title": title[:200],
        "format": media_type,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }
    out = io.BytesIO()
    try:
        signer = Signer.from_info(C2paSignerInfo(_algorithm(by.key), by.certificate, by.key, None))
        with Builder(json.dumps(claim)) as builder:
            builder.sign(signer, media_type, io.BytesIO(data), out)
    except C2paError as error:
        raise BadInput(
            f"The certificate for Content Credentials does not sign ({str(error)[:160]}); it needs the whole chain, "
            "leaf first, the extended key usage for documents or e-mail, and a key of its own kind."
        ) from error
    return out.getvalue()


def _algorithm(key: bytes) -> str:
    """The COSE algorithm that a private key signs with (C2PA 13.2). Raises BadInput for any other."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(key, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadInput("The key for Content Credentials is no PEM private key without a password.") from error
    if isinstance(private, ec.EllipticCurvePrivateKey):
        name = {256: "es256", 384: "es384", 521: "es512"}.get(private.curve.key_size, "")
    elif isinstance(private, rsa.RSAPrivateKey):
        name = "ps256"
    else:
        name = "ed25519" if isinstance(private, ed25519.Ed25519PrivateKey) else ""
    if not name:
        raise BadInput("Content Credentials are signed with ES256, ES384, ES512, PS256 or Ed25519 keys only.")
    return name
