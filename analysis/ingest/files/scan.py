"""Scan: what must be known of every byte of a file, found in one reading of it."""

import codecs
import functools
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scan:
    """What one reading of a file found.

    Attributes
    ----------
    digest
        SHA-256 of its bytes.
    is_utf8
        Whether they are text in UTF-8.
    has_mixed_line_ends
        Whether its lines end in more than one of the three ways, be it within quotation marks.
    """

    digest: str
    is_utf8: bool
    has_mixed_line_ends: bool = False


State = tuple[int, ...]
"""What a file system tells of a file: its size, when it was written, and when anything of it, or of a link to it, was
changed."""
_TICK = 2_000_000_000
"""Nanoseconds in which a file may be written twice and be given the same time."""


def state_of(path: Path) -> State:
    """Return what tells whether a file was written again, or another put in its place, even for a while.

    Raises
    ------
    OSError
        If it is not there.
    """
    found, link = path.stat(), path.lstat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, link.st_ctime_ns


def is_settled(state: State) -> bool:
    """Say whether a file that is written once more from now on will have another state."""
    return time.time_ns() - max(state[1:]) > _TICK


def scan(path: Path) -> Scan:
    """Read a file once; it is read again only when it was written again.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    return _scan(path, state_of(path))


def forget() -> None:
    """Read every file again when it is next asked for."""
    _scan.cache_clear()


@functools.lru_cache(maxsize=1024)
def _scan(path: Path, state: State) -> Scan:
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    is_utf8, pairs, returns, feeds, last = True, 0, 0, 0, b""
    for block in blocks(path):
        digest.update(block)
        is_utf8 = is_utf8 and _decodes(decoder, block)
        pairs += block.count(b"\r\n") + (last == b"\r" and block[:1] == b"\n")
        returns += block.count(b"\r")
        feeds += block.count(b"\n")
        last = block[-1:]
    ways = (pairs > 0) + (returns > pairs) + (feeds > pairs)
    return Scan(digest.hexdigest(), is_utf8 and _decodes(decoder, b"", final=True), ways > 1)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, a mebibyte at a time."""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            yield block
