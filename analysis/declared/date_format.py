"""Date formats: the one way in which a source writes its dates as text, and others that it may have meant."""

import re
from dataclasses import dataclass

from analysis.errors import StudyError

ISO = "YYYY-MM-DD"

USUAL = (
    *(ISO, "YYYY/MM/DD", "YYYY.MM.DD", "YYYYMMDD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "MM.DD.YYYY"),
    *("DD-MM-YYYY", "MM-DD-YYYY", "YYYY/DD/MM", "YYYY-DD-MM", "DDMMYYYY", "MMDDYYYY"),
    *("D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "M.D.YYYY", "D-M-YYYY", "M-D-YYYY", "YYYY-M-D", "YYYY/M/D", "YYYY年M月D日"),
)
"""What sources are seen to write; one with two digits for days and months comes before that with one or two."""

_PARTS = {
    "YYYY": (r"\d{4}", "%Y"),
    "MM": (r"\d{2}", "%m"),
    "M": (r"\d{1,2}", "%m"),
    "DD": (r"\d{2}", "%d"),
    "D": (r"\d{1,2}", "%d"),
}
_FORMAT = re.compile(r"(YYYY|MM?|DD?)([-/. 年月日]*)(YYYY|MM?|DD?)([-/. 年月日]*)(YYYY|MM?|DD?)(日?)")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A way to write dates.

    Attributes
    ----------
    text
        As a study declares it: ``YYYY``, ``MM`` and ``DD`` in any order, ``M`` and ``D`` where zeros may be left out.
    pattern
        A regular expression of all that is written so.
    strptime
        The same in the words of ``strptime``.
    """

    text: str
    pattern: str
    strptime: str

    @property
    def order(self) -> str:
        """The format as if zeros might be left out: formats of one order read a text alike."""
        return self.text.replace("MM", "M").replace("DD", "D")


def date_format(text: str, where: str = "date_format") -> DateFormat:
    """Return the format that a text declares.

    Raises
    ------
    StudyError
        If it is none.
    """
    found = _FORMAT.fullmatch(text.upper())
    parts = sorted(part[0] for part in (found[1], found[3], found[5])) if found else []
    if not found or parts != ["D", "M", "Y"] or (not (found[2] and found[4]) and {"M", "D"} & set(found.groups())):
        raise StudyError(
            f"{where} must be made of YYYY, MM and DD (M and D where zeros may be left out) in any order, with - / . "
            f"or nothing between them, such as {ISO} or DD/MM/YYYY, but is {text!r}. Years have four digits."
        )
    pieces = found.groups()
    return DateFormat(
        "".join(pieces),
        "".join(_PARTS[piece][0] if piece in _PARTS else re.escape(piece) for piece in pieces),
        "".join(_PARTS[piece][1] if piece in _PARTS else piece for piece in pieces),
    )
