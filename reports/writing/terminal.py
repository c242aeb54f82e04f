"""The terminal: text laid out in columns of letters, of which Japanese ones take two."""

import re
import shutil

from wcwidth import width

LEAST_WIDTH, MOST_WIDTH = 60, 120
_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
_CLOSING = "、。，：；？！）」』】〉》～ー・々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_PIECE = re.compile(rf"[{_WIDE}][{_CLOSING}]*\s*|[^\s{_WIDE}]+[{_CLOSING}]*\s*")
"""What stands on one line: a word, or a wide letter, with what may not begin a line after it."""


def wrapped(head: str, text: str, indent: int) -> str:
    """Write a text after a head, its lines as wide as the terminal and indented alike.

    Parameters
    ----------
    head
        What stands before the first line; padded to `indent`.
    text
        Broken at spaces, and between Japanese letters.
    indent
        Columns before each line of the text.

    Examples
    --------
    >>> print(wrapped("needs", "usage_daily.feature, users.department", 10))
    needs     usage_daily.feature, users.department
    >>> print(wrapped("必要", "usage_daily.feature, users.department", 10))
    必要      usage_daily.feature, users.department
    """
    most = max(LEAST_WIDTH, min(shutil.get_terminal_size((100, 24)).columns, MOST_WIDTH))
    lines, line = [], head + " " * max(1, indent - width(head))
    for piece in _PIECE.findall(text):
        if line.strip() and width(line) + width(piece.rstrip()) > most:
            lines.append(line.rstrip())
            line = " " * indent
        line += piece
    return "\n".join([*lines, line.rstrip()])
