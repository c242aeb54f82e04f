"""The source of a study: where its raw data lie, and how they are to be read."""

import datetime as dt
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import available_timezones

from analysis.declared.contract import read_contract
from analysis.declared.date_format import ISO, date_format
from analysis.errors import StudyError
from analysis.wording.nearest import closest

MAY_BE_CONSTANT = ("region",)
"""Attributes of accounts that a study may declare never to change: it says whose holidays an account has."""
_NO_ATTRIBUTES = ("account_id", "name", "parent_account_id", "onboarding_completed_on", "use_logged_from")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the raw data lie, and how they are to be read.

    Attributes
    ----------
    kind
        What reads them: a folder of ``queries/1_sources``, or one of the study's own ``sources``, by its name.
    observed_from, observed_until
        The first day that a table covers, and the first that it covers no more; where not declared, its rows tell.
        Of a log in folders by day, month or year those that are wholly older than its first day are not read.
    date_format
        How dates are written as text, in every table; see `analysis.declared.date_format`.
    constant_attributes
        Attributes of today in the table of accounts that never change, so that they are taken as those of the past,
        too, where ``account_attributes`` does not date them.
    encoding
        Of the text files that do not say it themselves; empty: found out, once for all of them.
    """

    kind: str
    path: Path
    observed_from: dict[str, dt.date] = field(default_factory=dict)
    observed_until: dict[str, dt.date] = field(default_factory=dict)
    date_format: str = ISO
    encoding: str = ""
    constant_attributes: tuple[str, ...] = ()

    @property
    def todays_attributes(self) -> tuple[str, ...]:
        """Columns of accounts that say what is so today, and of the past nothing; they explain no leaving.

        By rule 3 of `queries/rules_of_time.md`.
        """
        return tuple(one for one in _attributes() if one not in self.constant_attributes)

    def check(self, where: str) -> None:
        """Refuse a date format, an encoding or an attribute that does not exist, or one that is never constant.

        Raises
        ------
        StudyError
            With what it must be.
        """
        date_format(self.date_format, f"{where}: source.date_format")
        if self.encoding and not is_text_encoding(self.encoding):
            raise StudyError(
                f"{where}: source.encoding must be one such as 'utf-8', 'cp1252' or 'cp932', but is {self.encoding!r}."
            )

        for name in self.constant_attributes:
            _check_constant(name, where)


def _attributes() -> list[str]:
    return [one for one in read_contract()["accounts"].column_names if one not in _NO_ATTRIBUTES]


def _check_constant(name: str, where: str) -> None:
    """Refuse an attribute that nothing takes as constant."""
    if name in MAY_BE_CONSTANT:
        return
    attributes = _attributes()
    if name not in attributes:
        near = closest(name, attributes)[0]
        raise StudyError(
            f"{where}: source.constant_attributes names '{name}', which is no attribute of accounts. The nearest is "
            f"'{near}'. Allowed: {', '.join(MAY_BE_CONSTANT)}."
        )
    raise StudyError(
        f"{where}: source.constant_attributes names '{name}', which is never taken as constant: accounts are moved to "
        f"another {name} because of how they do, so that today's would explain the past. Give its dates in "
        f"account_attributes, or leave it out. Allowed: {', '.join(MAY_BE_CONSTANT)}."
    )


def refuse_address(path: Path) -> None:
    """Refuse a place that is no path: a source is read from disk, and nothing is fetched.

    Raises
    ------
    StudyError
        With what to do.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:[/\\]", str(path)):
        raise StudyError(f"The source must be a folder or file on this machine, but is {path}. Fetch it first.")


def is_text_encoding(name: str) -> bool:
    """Say whether an encoding of text goes by a name."""
    try:
        return "a".encode(name).decode(name) == "a"
    except (LookupError, UnicodeError, ValueError):
        return False


def check_time_zone(zone: str, where: str) -> None:
    """Refuse a zone that does not exist.

    Raises
    ------
    StudyError
        With the nearest name.
    """
    known = _time_zones()
    if zone not in known:
        near = closest(zone, sorted(known), least_alike=0.6)
        hint = f" Is {near[0]!r} meant?" if near else ""
        raise StudyError(
            f"{where}: time.time_zone must be a name such as 'UTC' or 'Asia/Tokyo', but is {zone!r}.{hint}"
        )


@functools.cache
def _time_zones() -> frozenset[str]:
    """Return the names of zones; every file of them is opened to find these."""
    return frozenset(available_timezones() - {"localtime", "Factory"})  # the first differs from machine to machine
