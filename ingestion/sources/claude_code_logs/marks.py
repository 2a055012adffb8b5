"""How far each transcript was read, packed into one text.

The loader walks through every value of its state a dozen times a run; with tens of thousands of
files that would take longer than reading them.
"""

from base64 import b64decode, b64encode
from typing import NamedTuple
from zlib import compress, decompress

import msgspec


class Mark(NamedTuple):
    """How far a transcript was read, and what it looked like then.

    Attributes:
        size: Size when it was listed.
        mtime_ns: Time of its last change when it was listed.
        inode: Its number in the file system.
        offset: Bytes that were read.
        fingerprint: Hash of the first bytes and of those just before the offset.
    """

    size: int
    mtime_ns: int
    inode: int
    offset: int
    fingerprint: str


# By directory and name of the file.
Marks = dict[str, dict[str, Mark]]


def pack(marks: Marks) -> str:
    """Turn marks into text; the same marks give the same text."""
    return b64encode(compress(msgspec.json.encode(marks, order="sorted"), 1)).decode()


def unpack(text: str) -> Marks:
    """Turn the text back into marks; no text, no marks."""
    return msgspec.json.decode(decompress(b64decode(text)), type=Marks) if text else {}
