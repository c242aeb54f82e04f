r"""Controls: signs in a text from data that a reader cannot see, but that a terminal, a page or a picture would obey.

They are shown by their number, as ``\x1b``, and never sent: escape and control sequences, line and paragraph
separators, what turns the direction of a text round (after Unicode's report 36 and "Trojan Source", Boucher and
Anderson 2023), and halves of a letter.
"""

import re

_LINES_AND_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_SEPARATORS = "\u2028\u2029"
_TURNS = "\u202a-\u202e\u2066\u2067\u206a-\u206f"
_OTHER = "\ufff9-\ufffb\ufeff"
_HALVES = "\ud800-\udfff"
_UNSEEN = re.compile(f"[{_LINES_AND_CONTROLS}{_SEPARATORS}{_TURNS}{_OTHER}]|[{_HALVES}]+")
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_BEGIN, _END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def shown(text: str, keep: str = "") -> str:
    r"""Return a text in which every control is written out; all else is as it was.

    Parameters
    ----------
    text
        Of any origin. Bytes that Python has kept in it as halves of letters (a path in a shell that speaks ASCII) stay,
        where they are letters in UTF-8.
    keep
        Controls that stay as well, such as the line breaks of one's own lines.

    Examples
    --------
    >>> print(shown("red\x1b[31m\r\u202eevil"))
    red\x1b[31m\r\u202eevil
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _written_out(found[0]), text)


def isolated(text: str) -> str:
    """Return a text from data as part of a sentence: controls shown, and what runs from the right kept to itself."""
    plain = shown(text)
    if _BEGIN in plain or not _FROM_THE_RIGHT.search(plain):
        return plain
    return f"{_BEGIN}{plain}{_END}"


def without_isolates(text: str) -> str:
    """Return a text without the signs of `isolated`, of which a terminal would make a box or nothing."""
    return text.replace(_BEGIN, "").replace(_END, "")


def _written_out(signs: str) -> str:
    if _is_bytes_of_letters(signs):
        return signs
    return "".join(_NAMED.get(sign) or _number(sign) for sign in signs)


def _number(sign: str) -> str:
    byte = ord(sign) - 0xDC00  # how Python keeps a byte that was no letter
    if 0x80 <= byte <= 0xFF:
        return f"\\x{byte:02x}"
    return f"\\x{ord(sign):02x}" if ord(sign) <= 0xFF else f"\\u{ord(sign):04x}"


def _is_bytes_of_letters(signs: str) -> bool:
    try:
        letters = signs.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return False
    return letters != signs and not _UNSEEN.search(letters)
