"""The certificate of the home network's address: one from a small authority of this album's own, or the owner's.

The authority is made once and kept in the data folder, because phones are told to trust it. It can vouch only for
private addresses, for names ending in `.local` and the like, and for the names it was made with: whoever stole its key
could not pass for a bank.
"""

import contextlib
import datetime
import ipaddress
import os
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.home import HomeError
from local.home.hosts import Address

# Browsers refuse certificates that are valid for longer: https://support.apple.com/en-us/102028 says 398 days.
_DAYS = 397
_RENEW_BEFORE = datetime.timedelta(days=60)
_AUTHORITY_DAYS = 3650
# Clocks differ.
_BEFORE = datetime.timedelta(days=1)
# What home networks use: RFC 1918, 3927, 4193, 4291 and 6598, and this machine itself.
_NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
# RFC 6762, RFC 8375, ICANN's reserved .internal, and what routers call their networks.
_ENDINGS = ("local", "home.arpa", "internal", "lan", "home", "fritz.box", "localhost")


@dataclass(frozen=True)
class Certificate:
    """A certificate that a server can use: PEM files of its chain and its key.

    ``authority`` is what phones have to trust (DER), or None for the owner's own certificate. ``sha256`` and ``sha1``
    are fingerprints of what people compare: the authority, or the owner's certificate.
    """

    chain: Path
    key: Path
    authority: bytes | None
    sha256: str
    sha1: str
    expires: datetime.datetime

    @property
    def fingerprints(self) -> dict[str, str]:
        """Both by the names that people see."""
        return {"SHA-256": self.sha256, "SHA-1": self.sha1}

    @property
    def files(self) -> tuple[Path, Path]:
        return self.chain, self.key


def own_certificate(folder: Path, names: Sequence[str], now: datetime.datetime) -> Certificate:
    """The certificate for these names and addresses from the authority in a folder.

    Both are made if they are missing, can't be read, or are about to expire; the authority also if it may not vouch for
    one of the names. Raises ``HomeError`` if the folder can't be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _kept_authority(folder, names, now) or _new_authority(folder, names, now)
        chain, key = folder / "certificate.pem", folder / "certificate-key.pem"
        if not _is_good(chain, key, made.certificate, names, now):
            _issue(made, names, now, chain, key)
        expires = x509.load_pem_x509_certificates(chain.read_bytes())[0].not_valid_after_utc
    except OSError as error:
        raise HomeError(f"can't save a certificate in {folder}: {error.strerror}") from None
    authority = made.certificate
    return Certificate(
        chain, key, authority.public_bytes(serialization.Encoding.DER), *_fingerprints(authority), expires
    )


def owners_certificate(chain: Path, key: Path, names: Iterable[str], now: datetime.datetime) -> Certificate:
    """The owner's certificate, checked. Raises ``HomeError``, which says what is wrong with it."""
    certificate = _read_chain(chain)[0]
    _check_key(key, certificate, chain)
    if now < certificate.not_valid_before_utc:
        raise HomeError(f"{chain} is not valid before {certificate.not_valid_before_utc:%-d %B %Y}: check the clock")
    if now > certificate.not_valid_after_utc:
        raise HomeError(f"{chain} expired on {certificate.not_valid_after_utc:%-d %B %Y}: get a new certificate")
    covered = _names_of(certificate)
    missing = [name for name in names if not _covers(covered, name)]
    if missing:
        known = ", ".join(sorted(covered)) or "no name at all"
        raise HomeError(f"{chain} is for {known}, not for {missing[0]}: give a --host that it is for")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(chain, key)
    except ssl.SSLError as error:
        raise HomeError(f"{chain} can't be used for HTTPS ({error.reason}): get a new certificate") from None
    return Certificate(chain, key, None, *_fingerprints(certificate), certificate.not_valid_after_utc)


def _read_chain(chain: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(chain.read_bytes())
    except OSError as error:
        raise HomeError(f"can't read {chain}: {error.strerror}") from None
    except ValueError:
        raise HomeError(f"{chain} is not a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----") from None


def _check_key(key: Path, certificate: x509.Certificate, chain: Path) -> None:
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except OSError as error:
        raise HomeError(f"can't read {key}: {error.strerror}") from None
    except TypeError:
        raise HomeError(f"{key} is encrypted: decrypt it first (openssl pkey -in {key} -out FILE)") from None
    except ValueError:
        raise HomeError(f"{key} is not a private key in PEM, which begins with -----BEGIN PRIVATE KEY-----") from None
    if _public(private.public_key()) != _public(certificate.public_key()):
        raise HomeError(f"{key} is not the key of {chain}: give the two files that belong together")


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes


def _kept_authority(folder: Path, names: Iterable[str], now: datetime.datetime) -> _Authority | None:
    """The authority of a folder, if it is whole, will last, and may vouch for these names."""
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError, x509.ExtensionNotFound):
        certificate = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
        key = serialization.load_pem_private_key((folder / "authority-key.pem").read_bytes(), None)
        is_own = _public(key.public_key()) == _public(certificate.public_key())
        lasts = now + datetime.timedelta(days=_DAYS) < certificate.not_valid_after_utc
        limits = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
        if is_own and lasts and all(_permits(limits or (), name) for name in names):
            return _Authority(certificate, key)  # type: ignore[arg-type] # it is the one made here
    return None


def _new_authority(folder: Path, names: Sequence[str], now: datetime.datetime) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"kinpics at home ({names[0]})"[:64])])
    own = [name for name in names if _as_address(name) is None and not name.endswith(tuple(f".{e}" for e in _ENDINGS))]
    permitted: list[x509.GeneralName] = [x509.DNSName(ending) for ending in (*_ENDINGS, *own)]
    networks = [ipaddress.ip_network(network) for network in _NETWORKS]
    addresses = [address for address in map(_as_address, names) if address]
    networks += [ipaddress.ip_network(one) for one in addresses if not any(one in network for network in networks)]
    permitted += [x509.IPAddress(network) for network in networks]
    certificate = (
        _builder(name, key, now, _AUTHORITY_DAYS)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "authority-key.pem", _pem_of(key), 0o600)
    _write(folder / "authority.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return _Authority(certificate, key)


def _issue(authority: _Authority, names: Sequence[str], now: datetime.datetime, chain: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kinpics at home")])
    issuer = authority.certificate
    alternatives = [
        x509.DNSName(name) if (address := _as_address(name)) is None else x509.IPAddress(address) for name in names
    ]
    certificate = (
        _builder(subject, key, now, _DAYS)
        .issuer_name(issuer.subject)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    # The old chain goes first: after a kill in between, the new key has none, and both are made again.
    chain.unlink(missing_ok=True)
    _write(key_file, _pem_of(key), 0o600)
    pems = [one.public_bytes(serialization.Encoding.PEM) for one in (certificate, issuer)]
    _write(chain, b"".join(pems), 0o644)


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    begins = now - _BEFORE
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_good(
    chain: Path, key_file: Path, authority: x509.Certificate, names: Iterable[str], now: datetime.datetime
) -> bool:
    """Whether the kept certificate is this authority's, for exactly these names, and will last."""
    try:
        certificate, issuer = x509.load_pem_x509_certificates(chain.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        return (
            issuer == authority
            and _public(key.public_key()) == _public(certificate.public_key())
            and _names_of(certificate) == set(names)
            and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - _RENEW_BEFORE
        )
    except (FileNotFoundError, ValueError, TypeError):
        return False


def _names_of(certificate: x509.Certificate) -> set[str]:
    """The names and addresses that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()  # browsers look nowhere else
    return {
        *(name.lower() for name in found.get_values_for_type(x509.DNSName)),
        *map(str, found.get_values_for_type(x509.IPAddress)),
    }


def _covers(covered: set[str], name: str) -> bool:
    """Whether one of these names is ``name``; a star stands for its first part (RFC 9525)."""
    return name in covered or (_as_address(name) is None and f"*.{name.partition('.')[2]}" in covered)


def _permits(limits: Iterable[x509.GeneralName], name: str) -> bool:
    address = _as_address(name)
    if address is not None:
        return any(isinstance(limit, x509.IPAddress) and address in limit.value for limit in limits)  # type: ignore[operator] # in constraints they are networks
    return any(isinstance(limit, x509.DNSName) and f".{name}".endswith(f".{limit.value}") for limit in limits)


def _as_address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _fingerprints(certificate: x509.Certificate) -> tuple[str, str]:
    """SHA-256, and SHA-1 because Windows shows that: pairs of digits with colons."""
    found = (certificate.fingerprint(algorithm()) for algorithm in (hashes.SHA256, hashes.SHA1))
    sha256, sha1 = (digest.hex(":").upper() for digest in found)
    return sha256, sha1


def _public(key: object) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)  # type: ignore[attr-defined,no-any-return] # all kinds have it


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file as a whole, and never one that others could read while it is written."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    temporary.replace(path)
