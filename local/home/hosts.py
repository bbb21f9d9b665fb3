"""The names and addresses that the album has in the home network, and where it listens for them."""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from local.home import HomeError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# https://www.rfc-editor.org/rfc/rfc1123#section-2.1
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
# Nobody is there (RFC 5737). A socket that would send to it shows the address that this machine sends from.
_NOBODY = ("192.0.2.1", 9)


@dataclass(frozen=True)
class Hosts:
    """Names and addresses as they stand in the browser's address bar (IPv6 without brackets), the main one first, and
    the addresses to listen on."""

    names: tuple[str, ...]
    listen: tuple[str, ...]


def find_hosts(
    wanted: Iterable[str],
    resolve: Callable[[str], Iterable[str]] | None = None,
    own_address: Callable[[], str | None] | None = None,
) -> Hosts:
    """What `--host` names. Raises ``HomeError``.

    An address is listened on as it is. A name is listened for at the private addresses it has, or, if this machine
    knows it only as itself, at the one that this machine has in its network. Nothing is ever listened on at all
    addresses at once: in a café, the laptop has others. ``resolve`` and ``own_address`` ask the system.
    """
    names: dict[str, None] = {}
    listen: dict[str, None] = {}
    for text in wanted:
        address = _address(text)
        found = [address] if address else _addresses_of(text, resolve or _resolve, own_address or _own_address)
        names[str(address) if address else text.lower().rstrip(".")] = None
        listen |= dict.fromkeys(map(str, found))
    # A phone that can't look the name up can still use the address.
    return Hosts(tuple(names | listen), tuple(listen))


def in_address_bar(name: str) -> str:
    """A name or address as it stands in an address: IPv6 in brackets."""
    return f"[{name}]" if ":" in name else name


def _address(text: str) -> Address | None:
    """An address that the album can be reached at, or None for a name. Raises ``HomeError``."""
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    if address.is_unspecified or address.is_multicast:
        raise HomeError(
            f"--host {text} isn't the address of one machine: give this machine's address in your home network"
        )
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        raise HomeError(f"--host {text}: browsers can't open an address with a zone: give another address or a name")
    if address.is_global:
        raise HomeError(f"--host {text} is on the internet: give an address of your home network, such as 192.168.1.20")
    return address


def _addresses_of(
    name: str, resolve: Callable[[str], Iterable[str]], own_address: Callable[[], str | None]
) -> list[Address]:
    if not _NAME.fullmatch(name.lower().rstrip(".")):
        raise HomeError(f"--host {name} isn't a name or an address: give one such as laptop.local or 192.168.1.20")
    if name.lower() == "localhost":
        return [ipaddress.ip_address("127.0.0.1")]
    known = [ipaddress.ip_address(text.partition("%")[0]) for text in resolve(name)]
    private = [one for one in known if not (one.is_global or one.is_loopback or one.is_link_local)]
    if private:
        return private
    if any(one.is_global for one in known):
        raise HomeError(
            f"--host {name} leads to {known[0]}, which is on the internet: give a name of your home network"
        )
    if own := own_address():
        address = ipaddress.ip_address(own)
        if not address.is_global:
            return [address]
    raise HomeError(
        f"--host {name}: this machine doesn't know which address it has under that name: "
        f"add the address (--host {name} --host 192.168.1.20)"
    )


def _resolve(name: str) -> list[str]:
    """The addresses of a name, as this machine knows them; none if it doesn't."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except OSError:
        return []


def _own_address() -> str | None:
    """The address that this machine has in its network, if it is in one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOBODY)
        except OSError:
            return None
        return str(probe.getsockname()[0])
