"""How many connections the home network may have."""

from local.home.devices import OpenConnections, device_of


def begin(connections: OpenConnections, addresses: list[str]) -> int:
    return sum(connections.begin(address) for address in addresses)


def test_one_device_leaves_room_whatever_addresses_it_has() -> None:
    connections = OpenConnections()
    assert begin(connections, ["192.168.0.2"] * 60) == 48
    many = [f"fd00::{number:x}" for number in range(300)]
    assert begin(connections, many) == 128
    assert not connections.begin("fd00::ffff"), "it is in the same network"
    assert begin(connections, [f"192.168.1.{number}" for number in range(200)]) == 256 - 48 - 128
    for address in many[:10]:
        connections.end(address)
    assert begin(connections, many[:20]) == 10


def test_all_addresses_of_an_ipv6_network_may_be_one_device() -> None:
    assert device_of("fd00::1%eth0") == device_of("fd00::2") != device_of("fd00:0:0:1::2")
    assert device_of("192.168.0.2") == "192.168.0.2"
