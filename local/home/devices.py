"""Who is who in the home network, by address."""

import ipaddress
from collections import Counter

# A browser opens six to a host. Connections beyond this are closed as soon as they come: a device that held hundreds
# open would leave the stack no files to write.
MAX_OF_ADDRESS = 48
# For all IPv6 devices of a home together, because one device can use all their addresses.
_MAX_OF_NETWORK = 128
_MAX_CONNECTIONS = 256
_IPV6_PREFIX = 64


def device_of(address: str) -> str:
    """The part of an address that a device can't change: one machine can use all addresses of an IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return address


class OpenConnections:
    """Counts connections by address and by network."""

    def __init__(self) -> None:
        self._of_address: Counter[str] = Counter()
        self._of_network: Counter[str] = Counter()

    def begin(self, address: str) -> bool:
        """Count one more from an address; False if there would be too many, and it isn't counted."""
        network = device_of(address)
        if (
            self._of_address[address] >= MAX_OF_ADDRESS
            or self._of_network[network] >= _MAX_OF_NETWORK
            or self._of_address.total() >= _MAX_CONNECTIONS
        ):
            return False
        self._of_address[address] += 1
        self._of_network[network] += 1
        return True

    def end(self, address: str) -> None:
        """Count one less."""
        for counter, name in ((self._of_address, address), (self._of_network, device_of(address))):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]
