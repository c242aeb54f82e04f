"""The console: what its encoding cannot show is shown by the nearest sign that it has, and controls by their number."""

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

from analysis.wording.controls import shown, without_isolates

REPLACED = "tenure.nearest"
"""Name of the way in which letters are replaced."""
_NEAREST = str.maketrans(
    "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"
    "\N{MIDDLE DOT}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}"
    "\N{RIGHT DOUBLE QUOTATION MARK}",
    "----- x.''\"\"",
)
_ESCAPED_BYTES = range(0xDC80, 0xDD00)


@contextmanager
def safe_console() -> Iterator[None]:
    """Let nothing but text and its own line breaks reach a terminal, from standard output and error alike.

    A shell may speak ASCII (``LC_ALL=C``), cp1252 or cp932, while names, paths and messages hold any letter: what
    stands in for those is left alone. And they may hold what a terminal obeys: that is shown, see
    `analysis.wording.controls`.
    """
    codecs.register_error(REPLACED, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=REPLACED)
    with redirect_stdout(_Shown(sys.stdout)), redirect_stderr(_Shown(sys.stderr)):
        yield


class _Shown:
    """A stream that shows controls, before another that gets the text and does all else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(shown(without_isolates(text), keep="\n"))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _nearest(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what stands for letters that cannot be encoded; bytes that were no letters in a path are given back."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    if all(ord(letter) in _ESCAPED_BYTES for letter in letters):
        return bytes(ord(letter) - 0xDC00 for letter in letters), error.end
    return "".join(nearest if nearest.isascii() else "?" for nearest in letters.translate(_NEAREST)), error.end
