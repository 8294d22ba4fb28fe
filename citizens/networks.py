"""The network that a web conversation was begun from: enough to see many guesses come from one place, no address."""

import hashlib
import hmac
from ipaddress import IPv4Address, ip_address
from typing import Final

from foundation.datakeys import DataKeys

IPV4_BITS: Final = 24
"""Who rents addresses gets them in such blocks; a mobile carrier puts thousands of citizens behind one."""
IPV6_BITS: Final = 64
"""What a provider gives to one customer at least."""


def label(address: str, keys: DataKeys) -> bytes | None:
    """A keyed hash of the network of an IP address, 32 bytes; None if it is none."""
    try:
        known = ip_address(address)
    except ValueError:
        return None
    mapped = None if isinstance(known, IPv4Address) else known.ipv4_mapped
    known = mapped or known
    bits = IPV4_BITS if isinstance(known, IPv4Address) else IPV6_BITS
    network = f"network:{known.version}:".encode() + known.packed[: bits // 8]
    return hmac.new(keys.digest_keys[0], network, hashlib.sha256).digest()
