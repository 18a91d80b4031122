"""Content Credentials: signed with the operator's own certificate, read again by an independent reader."""

import datetime
import io
import json

import numpy as np
import pytest
from c2pa import Reader
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from pipeline import images, metadata
from pipeline.errors import BadInput
from pipeline.export import credentials
from pipeline.export.credentials import Credentials


def _named(name):
    parts = [(NameOID.COMMON_NAME, name), (NameOID.ORGANIZATION_NAME, "A house")]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


UNKNOWN_CURVE = b"""-----BEGIN PRIVATE KEY-----
MIGBAgEAMBMGByqGSM49AgEGCCqGSM49AwEEBGcwZQIBAQQeQ2xHc3tiEEcCbfBz
hl7C7wePN0rqBW66sZSP4yaUoUADPgAEYdI80BZVRvsXo7Pha7tkrjpREGqMTlfj
xv2JjZiaA7TvwIVOaXCg9YHpI9Hy78ZVuq9hup5ER0uDGeVr
-----END PRIVATE KEY-----
"""
"""A key of nobody on prime239v1, which no signature here knows."""


def issue():
    """A chain of two: a house's authority and a leaf that may sign documents."""
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = datetime.datetime.now(datetime.UTC)

    def build(subject, issuer, key, signer, *, authority):
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
             "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        usage |= {"digital_signature": not authority, "key_cert_sign": authority}
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(subject)).issuer_name(_named(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
        )  # fmt: skip
        if not authority:
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
        return builder.sign(signer, hashes.SHA256())

    root = build("Root", "Root", root_key, root_key, authority=True)
    leaf = build("Signer", "Root", leaf_key, root_key, authority=False)
    chain = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (leaf, root))
    key = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return chain, key


@pytest.fixture(scope="module")
def house():
    """A house's certificate and key."""
    return Credentials(*issue())


def encoded(media_type):
    pixels = np.random.default_rng(1).integers(0, 256, (64, 80, 3), dtype=np.uint8)
    if media_type == "image/png":
        return images.encode_png(pixels)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, media_type.removeprefix("image/").upper(), quality=90)
    return out.getvalue()


@pytest.mark.parametrize("media_type", credentials.SIGNED)
def test_a_signed_picture_says_how_it_was_made(house, media_type):
    """The manifest names Loupe, the title and the source type; the pixels stay, the signature holds."""
    data = encoded(media_type)
    signed = credentials.signed(data, media_type, metadata.RENDERED, "A ring", house)
    assert (images.decode(signed) == images.decode(data)).all()
    read = json.loads(Reader(media_type, io.BytesIO(signed)).json())
    manifest = read["manifests"][read["active_manifest"]]
    assert manifest["title"] == "A ring"
    assert metadata.RENDERED in json.dumps(manifest)
    faults = {status["code"] for status in read.get("validation_status", [])}
    assert faults <= {"signingCredential.untrusted"}


def test_a_change_of_a_signed_picture_is_seen(house):
    """One flipped byte of the pixels, and the reader says so."""
    signed = bytearray(
        credentials.signed(encoded("image/png"), "image/png", metadata.RENDERED, "A ring", house)
    )
    signed[-40] ^= 1
    read = json.loads(Reader("image/png", io.BytesIO(bytes(signed))).json())
    assert "mismatch" in json.dumps(read.get("validation_status", []))


def test_without_a_certificate_nothing_is_signed(tmp_path):
    """No certificate, the same bytes; half of one, or none that can be read, is a sentence."""
    data = encoded("image/png")
    assert credentials.signed(data, "image/png", metadata.RENDERED, "x", None) == data
    assert credentials.read(None, None) is None
    with pytest.raises(BadInput, match="both"):
        credentials.read(tmp_path / "chain.pem", None)
    with pytest.raises(BadInput, match="cannot be read"):
        credentials.read(tmp_path / "chain.pem", tmp_path / "key.pem")
    with pytest.raises(BadInput, match="private key"):
        credentials.signed(data, "image/png", metadata.RENDERED, "x", Credentials(b"no", b"no"))
    with pytest.raises(BadInput, match="private key"):
        credentials.signed(data, "image/png", metadata.RENDERED, "x", Credentials(b"no", UNKNOWN_CURVE))


def test_the_key_is_never_shown(house):
    """Whoever prints the credentials sees no key."""
    assert b"PRIVATE" not in repr(house).encode()
