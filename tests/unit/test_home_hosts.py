"""Where the album listens in the home network, by what the owner names: never on the internet, never everywhere."""

import pytest

from local.home import HomeError
from local.home.hosts import Hosts, find_hosts

KNOWN = {
    "laptop.local": ["192.168.1.20", "fe80::1%eth0"],
    "debian": ["127.0.1.1"],
    "both.lan": ["fd00::7", "2a00:1450::5", "192.168.1.20"],
    "www.example": ["2a00:1450::5", "93.184.215.14"],
}


def find(*wanted: str, own: str | None = "10.0.0.5") -> Hosts:
    return find_hosts(wanted, lambda name: KNOWN.get(name.lower(), []), lambda: own)


@pytest.mark.parametrize(
    ("wanted", "names", "listen"),
    [
        (["192.168.1.20"], ("192.168.1.20",), ("192.168.1.20",)),
        (["[fd00::7]"], ("fd00::7",), ("fd00::7",)),
        (["100.64.0.9"], ("100.64.0.9",), ("100.64.0.9",)),
        (["laptop.local"], ("laptop.local", "192.168.1.20"), ("192.168.1.20",)),
        (["Laptop.Local."], ("laptop.local", "10.0.0.5"), ("10.0.0.5",)),
        (["both.lan"], ("both.lan", "fd00::7", "192.168.1.20"), ("fd00::7", "192.168.1.20")),
        # What a machine is told of its own name, and a name that only the router knows.
        (["debian"], ("debian", "10.0.0.5"), ("10.0.0.5",)),
        (["album.fritz.box"], ("album.fritz.box", "10.0.0.5"), ("10.0.0.5",)),
        (["localhost"], ("localhost", "127.0.0.1"), ("127.0.0.1",)),
        (["laptop.local", "192.168.1.20"], ("laptop.local", "192.168.1.20"), ("192.168.1.20",)),
    ],
)
def test_a_host_is_listened_for_at_its_own_addresses(wanted: list[str], names: tuple, listen: tuple) -> None:
    assert find(*wanted) == Hosts(names, listen)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("0.0.0.0", "isn't the address of one machine"),  # noqa: S104 - it is refused
        ("::", "isn't the address of one machine"),
        ("224.0.0.1", "isn't the address of one machine"),
        ("93.184.215.14", "is on the internet"),
        ("2a00:1450::5", "is on the internet"),
        ("www.example", "is on the internet"),
        ("fe80::1%eth0", "zone"),
        ("my laptop", "isn't a name or an address"),
        ("laptop.local:8443", "isn't a name or an address"),
        ("https://laptop.local", "isn't a name or an address"),
        ("-x", "isn't a name or an address"),
        ("", "isn't a name or an address"),
        ("a" * 64, "isn't a name or an address"),
        ("*.local", "isn't a name or an address"),
    ],
)
def test_anything_else_is_refused_with_the_reason(wanted: str, reason: str) -> None:
    with pytest.raises(HomeError, match=reason) as caught:
        find(wanted)
    assert "--host" in str(caught.value)


def test_a_machine_without_a_network_asks_for_the_address() -> None:
    with pytest.raises(HomeError, match="add the address"):
        find("debian", own=None)
    with pytest.raises(HomeError, match="add the address"):
        find("debian", own="93.184.215.14")
