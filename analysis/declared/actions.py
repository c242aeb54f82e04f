"""Actions: what practice suggests to do about an account, by what raises its forecast and how high that is."""

import functools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.declared.factors import read_families
from analysis.declared.settings import parse_settings, read_toml
from analysis.errors import StudyError
from analysis.wording.nearest import closest

LOW, MIDDLE, HIGH = "low", "middle", "high"
TIERS = (LOW, MIDDLE, HIGH)
"""The lowest tier of risk, the highest, and all between."""
NO_FAMILY = "none"
"""Stands for the family of an account that none raises."""


@dataclass(frozen=True, slots=True)
class Action:
    """What is suggested, as one line.

    Attributes
    ----------
    says_en, says_ja
        The line; without its own Japanese it says the same in any language.
    is_own
        Whether the study gives it.
    """

    says_en: str
    says_ja: str
    is_own: bool = False

    def says(self, language: str) -> str:
        """Return the line in `language` (``en`` or ``ja``)."""
        return self.says_ja if language == "ja" else self.says_en


Actions = Mapping[tuple[str, str], Action]
"""By family, or `NO_FAMILY`, and tier."""


def risk_tier(probability: float, limits: Sequence[float]) -> str:
    """Return the tier of a probability; a tier begins at its lower limit. Without limits all are high.

    Examples
    --------
    >>> [risk_tier(p, (0.05, 0.15)) for p in (0.04, 0.05, 0.15)], risk_tier(0.01, ())
    (['low', 'middle', 'high'], 'high')
    """
    place = bisect_right(limits, probability)
    if place == len(limits):
        return HIGH
    return LOW if place == 0 else MIDDLE


def tiers_of(limits: Sequence[float]) -> tuple[str, ...]:
    """Return the tiers that there are between some limits, the highest first."""
    return (HIGH, *([MIDDLE] if len(limits) > 1 else []), *([LOW] if limits else []))


@functools.cache
def read_actions() -> Actions:
    """Return what is suggested where a study says nothing else: a line for each family and tier."""
    return _actions(read_toml(files("analysis") / "declared" / "actions.toml"), "analysis/declared/actions.toml", False)


def read_own_actions(file: Path) -> Actions:
    """Return what is suggested, with the lines of a study's own in place of those that they replace.

    Parameters
    ----------
    file
        In the form of ``analysis/declared/actions.toml``; there need be none.

    Raises
    ------
    StudyError
        If the file cannot be read, a family, tier or key is unknown, or a line is empty or has a line break.
    """
    try:
        content = read_toml(file)
    except FileNotFoundError:
        return read_actions()
    return {**read_actions(), **_actions(content, str(file), True)}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line as its table in a file has it."""

    en: str
    ja: str = ""


def _actions(content: Mapping[str, Any], where: str, is_own: bool) -> Actions:
    known = [*(family.name for family in read_families()), NO_FAMILY]
    found = {}
    for family, tiers in content.items():
        _refuse_unknown("family", family, known, where)
        if not isinstance(tiers, dict):
            raise StudyError(
                f"{where}: '{family}' must hold tiers: [{family}.high], then en and ja; {tiers!r} arrived."
            )
        for tier, entry in tiers.items():
            place = f"{where}: [{family}.{tier}]"
            _refuse_unknown("tier", tier, TIERS, f"{where}: [{family}]")
            if not isinstance(entry, dict):
                raise StudyError(f"{place} must be a table with en and ja, but is {entry!r}.")
            said = parse_settings(_Entry, entry, place)
            _refuse_no_line(said, place)
            found[family, tier] = Action(said.en.strip(), said.ja.strip() or said.en.strip(), is_own)
    return found


def _refuse_no_line(said: _Entry, place: str) -> None:
    if not said.en.strip():
        raise StudyError(f"{place}: en is empty. Write what to do as one line.")
    for language in ("en", "ja"):
        if len(getattr(said, language).strip().splitlines()) > 1:
            raise StudyError(f"{place}: {language} has several lines. Write what to do as one.")


def _refuse_unknown(what: str, name: str, known: Sequence[str], where: str) -> None:
    if name not in known:
        near, names = closest(name, known)[0], ", ".join(known)
        raise StudyError(f"{where}: unknown {what} '{name}'. The nearest known one is '{near}'. Known: {names}.")
