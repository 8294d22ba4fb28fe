"""The unique certificate identifier (UVCI), option 2: opaque, with a check character.

Source: eHealth Network, «Guidelines on verifiable vaccination certificates», release 2, annex 2; revocation lists name
a certificate by the first 128 bits of the SHA-256 of its identifier («UCI» in the EU DCC revocation guidelines).
"""

import base64
import hashlib
import secrets

PREFIX = "URN:UVCI:01:IQ:"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:"
OPAQUE_BYTES = 15
"""120 random bits: 24 characters of base 32, and nobody can count on from one to the next."""
REVOCATION_HASH_BYTES = 16


def make_identifier() -> str:
    """A new identifier; random, so that it says nothing of its holder."""
    body = PREFIX + base64.b32encode(secrets.token_bytes(OPAQUE_BYTES)).decode()
    return f"{body}#{check_character(body)}"


def check_character(body: str) -> str:
    """The Luhn mod 38 check character of an identifier, counted over all that stands before the `#`.

    Raises:
        ValueError: A character that identifiers do not have.
    """
    total = 0
    for place, character in enumerate(reversed(body)):
        addend = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += sum(divmod(addend, len(ALPHABET)))
    return ALPHABET[-total % len(ALPHABET)]


def is_identifier(text: str) -> bool:
    """Whether `text` is an identifier of ours, its check character included."""
    body, separator, check = text.rpartition("#")
    return (
        bool(separator)
        and body.startswith(PREFIX)
        and all(character in ALPHABET for character in body)
        and check == check_character(body)
    )


def identifier_hash(identifier: str) -> str:
    """SHA-256 of an identifier, in hexadecimal: how the database knows it."""
    return hashlib.sha256(identifier.encode()).hexdigest()


def revocation_hash(digest: str) -> str:
    """The entry of a revocation list (base64 of 128 bits) for what `identifier_hash` gives."""
    return base64.b64encode(bytes.fromhex(digest)[:REVOCATION_HASH_BYTES]).decode()
