"""The certificate of the home network: made here, or the owner's."""

import contextlib
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from local.home import HomeError
from local.home.certificates import Certificate, own_certificate, owners_certificate

NOW = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)
NAMES = ["laptop.local", "192.168.1.20", "fd00::7"]


def days(number: float) -> datetime.timedelta:
    return datetime.timedelta(days=number)


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return own_certificate(tmp_path / "home", NAMES, NOW)


def leaf(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificates(certificate.chain.read_bytes())[0]


def test_a_certificate_is_made_for_these_names_and_lasts_no_longer_than_browsers_take(made: Certificate) -> None:
    names = leaf(made).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["laptop.local"]
    assert list(map(str, names.get_values_for_type(x509.IPAddress))) == ["192.168.1.20", "fd00::7"]
    assert leaf(made).not_valid_after_utc - leaf(made).not_valid_before_utc == days(397)
    assert leaf(made).not_valid_before_utc < NOW


def test_only_the_owner_can_read_the_keys(made: Certificate) -> None:
    folder = made.key.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    keys = sorted(folder.glob("*key.pem"))
    assert [(path.name, path.stat().st_mode & 0o777) for path in keys] == [
        ("authority-key.pem", 0o600),
        ("certificate-key.pem", 0o600),
    ]


def shake_hands(server: tuple[Path, Path], trusted: Path, name: str) -> None:
    """What a browser does when it meets a server, without a network. Raises ``ssl.SSLError`` if it doesn't trust it."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(*server)
    visiting = ssl.create_default_context(cafile=trusted)
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [serving.wrap_bio(here, there, server_side=True), visiting.wrap_bio(there, here, server_hostname=name)]
    for side in (*reversed(sides), *sides, *sides):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    assert sides[1].getpeercert()


@pytest.mark.parametrize("name", NAMES)
def test_whoever_trusts_the_authority_trusts_the_certificate(tmp_path: Path, name: str) -> None:
    made = own_certificate(tmp_path, NAMES, datetime.datetime.now(datetime.UTC))
    shake_hands(made.files, tmp_path / "authority.pem", name)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(made.files, tmp_path / "authority.pem", "other.local")


@pytest.mark.parametrize("name", ["bank.example", "93.184.215.14"])
def test_the_authority_cannot_vouch_for_the_internet(tmp_path: Path, name: str) -> None:
    now = datetime.datetime.now(datetime.UTC)
    own_certificate(tmp_path, NAMES, now)
    authority = x509.load_pem_x509_certificate((tmp_path / "authority.pem").read_bytes())
    key = serialization.load_pem_private_key((tmp_path / "authority-key.pem").read_bytes(), None)
    stolen = issue(tmp_path, name, now=now, issuer=authority.subject, signer=key)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(stolen, tmp_path / "authority.pem", name)


def test_it_stays_until_it_is_about_to_expire(made: Certificate) -> None:
    folder = made.chain.parent
    later = own_certificate(folder, NAMES, NOW + days(300))
    assert (leaf(later), later.sha256) == (leaf(made), made.sha256)
    before = leaf(made)
    renewed = own_certificate(folder, NAMES, NOW + days(340))
    assert leaf(renewed).serial_number != before.serial_number
    assert renewed.sha256 == made.sha256, "devices trust the authority already"
    assert own_certificate(folder, NAMES, NOW + days(3400)).sha256 != made.sha256


def test_another_address_takes_a_new_certificate_from_the_same_authority(made: Certificate) -> None:
    moved = own_certificate(made.chain.parent, ["laptop.local", "192.168.1.77"], NOW)
    assert moved.sha256 == made.sha256
    other = own_certificate(made.chain.parent, ["photos.example.org", "192.168.1.77"], NOW)
    assert other.sha256 != made.sha256, "the authority may not vouch for that name"
    kept = own_certificate(made.chain.parent, ["photos.example.org"], NOW)
    assert kept.sha256 == other.sha256


@pytest.mark.parametrize("name", ["certificate.pem", "certificate-key.pem", "authority.pem", "authority-key.pem"])
@pytest.mark.parametrize("damage", ["missing", "empty", "torn"])
def test_damaged_files_are_made_again(made: Certificate, name: str, damage: str) -> None:
    path = made.chain.with_name(name)
    whole = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"" if damage == "empty" else whole[: len(whole) // 2])
    again = own_certificate(made.chain.parent, NAMES, NOW)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*again.files)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HomeError, match=str(tmp_path / "home")):
        own_certificate(tmp_path / "home", NAMES, NOW)


def issue(
    folder: Path,
    *names: str,
    now: datetime.datetime = NOW,
    begins: float = -1,
    ends: float = 90,
    issuer: x509.Name | None = None,
    signer: object = None,
    password: bytes | None = None,
    small: bool = False,
) -> tuple[Path, Path]:
    """A certificate for these names, valid from and to days from now, and its key."""
    key = rsa.generate_private_key(65537, 1024) if small else ec.generate_private_key(ec.SECP256R1())  # noqa: S505 - to be refused
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a certificate")])
    alternatives = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days(begins))
        .not_valid_after(now + days(ends))
    )
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    certificate = builder.sign(signer or key, hashes.SHA256())
    chain, key_file = folder / f"{names[0] if names else 'none'}.pem", folder / f"{names[0] if names else 'none'}.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, encryption))
    return chain, key_file


@pytest.mark.parametrize("name", ["album.example.org", "*.example.org"])
def test_the_owners_certificate_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    chain, key = issue(tmp_path, name)
    taken = owners_certificate(chain, key, ["album.example.org"], NOW)
    assert (taken.files, taken.authority) == ((chain, key), None)
    digest = ssl.PEM_cert_to_DER_cert(chain.read_text())
    assert taken.sha256 == x509.load_der_x509_certificate(digest).fingerprint(hashes.SHA256()).hex(":").upper()


@pytest.mark.parametrize(
    ("names", "options", "reason"),
    [
        (["other.example.org"], {}, "is for other.example.org, not for album.example.org"),
        (["*.org"], {}, "not for album.example.org"),
        ([], {}, "is for no name at all"),
        (["album.example.org"], {"ends": -0.5}, "expired on 26 November 2026"),
        (["album.example.org"], {"begins": 2}, "not valid before 28 November 2026"),
        (["album.example.org"], {"password": b"secret"}, "is encrypted: decrypt it first"),
        (["album.example.org"], {"small": True}, "can't be used for HTTPS"),
    ],
)
def test_what_is_wrong_with_the_owners_certificate_is_said(
    tmp_path: Path, names: list[str], options: dict, reason: str
) -> None:
    chain, key = issue(tmp_path, *names, **options)
    with pytest.raises(HomeError, match=reason):
        owners_certificate(chain, key, ["album.example.org"], NOW)


def test_a_file_that_is_no_certificate_or_key_is_named(tmp_path: Path) -> None:
    chain, key = issue(tmp_path, "album.example.org")
    other = issue(tmp_path, "other.example.org")[1]
    missing = tmp_path / "missing.pem"
    for files, reason in (
        ((missing, key), f"can't read {missing}"),
        ((chain, missing), f"can't read {missing}"),
        ((key, key), "is not a certificate in PEM"),
        ((chain, chain), "is not a private key in PEM"),
        ((chain, other), "is not the key of"),
    ):
        with pytest.raises(HomeError, match=reason):
            owners_certificate(*files, ["album.example.org"], NOW)
