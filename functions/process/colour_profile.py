"""ICC profiles with only what colours need: a display's profile may reveal its serial number.

https://www.color.org/specification/ICC.1-2022-05.pdf
"""

_HEADER = 128
_ENTRY = 12
_MAX_TAGS = 100
_ID = slice(84, 100)
_RESERVED = slice(100, 128)
_TAGS = frozenset(
    b"rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC wtpt bkpt chad chrm lumi meas tech view gamt cicp desc cprt "
    b"A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3".split()
)


def bare_profile(profile: bytes) -> bytes:
    """The profile with zeros in place of every tag that is not about colours; empty for a broken one."""
    count = int.from_bytes(profile[_HEADER : _HEADER + 4], "big")
    table = profile[_HEADER + 4 : _HEADER + 4 + count * _ENTRY]
    if profile[36:40] != b"acsp" or count > _MAX_TAGS or len(table) < count * _ENTRY:
        return b""
    bare = bytearray(len(profile))
    bare[:_HEADER] = profile[:_HEADER]
    bare[_RESERVED] = bytes(28)
    kept = []
    for entry in (table[at : at + _ENTRY] for at in range(0, len(table), _ENTRY)):
        start, size = int.from_bytes(entry[4:8], "big"), int.from_bytes(entry[8:12], "big")
        if start < _HEADER + 4 + len(table) or start + size > len(profile):
            return b""
        if entry[:4] in _TAGS:
            kept.append(entry)
            bare[start : start + size] = profile[start : start + size]
    bare[_HEADER : _HEADER + 4] = len(kept).to_bytes(4, "big")
    bare[_HEADER + 4 : _HEADER + 4 + len(kept) * _ENTRY] = b"".join(kept)
    if bare != profile:
        bare[_ID] = bytes(16)  # a digest of the profile; zeros say that there is none
    return bytes(bare)
