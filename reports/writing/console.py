"""The console: what its encoding cannot show is shown by the nearest sign that it has, and stops nothing."""

import codecs
import io
import sys

REPLACED = "tenure.nearest"
"""Name of the way in which letters are replaced."""
_NEAREST = str.maketrans(
    "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"
    "\N{MIDDLE DOT}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}"
    "\N{RIGHT DOUBLE QUOTATION MARK}",
    "----- x.''\"\"",
)
_ESCAPED_BYTES = range(0xDC80, 0xDD00)


def replace_what_cannot_be_shown() -> None:
    """Let standard output and error replace what their encoding lacks; what stands in for them is left alone.

    A shell may speak ASCII (``LC_ALL=C``), cp1252 or cp932, while names, paths and messages hold any letter.
    """
    codecs.register_error(REPLACED, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=REPLACED)


def _nearest(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what stands for letters that cannot be encoded; bytes that were no letters in a path are given back."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    if all(ord(letter) in _ESCAPED_BYTES for letter in letters):
        return bytes(ord(letter) - 0xDC00 for letter in letters), error.end
    return "".join(nearest if nearest.isascii() else "?" for nearest in letters.translate(_NEAREST)), error.end
