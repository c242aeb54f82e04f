"""Claim tests: the contrasts that put a claim to the test, as they stand in a file."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analysis.declared.factors import contenders
from analysis.declared.settings import parse_settings
from analysis.errors import StudyError

RELEVANT = 1.2
"""The smallest hazard ratio that is worth acting on, unless a test says otherwise: one leaver in six among those
exposed would have stayed. With less, a team that calls on all who are exposed would keep fewer than one account in a
hundred where one in twenty leaves in a quarter."""
PHASES = ("onboarding", "adoption", "mature")
_PERCENTILE = re.compile(r"p(\d{1,2})")


class Hazard(StrEnum):
    """What comes more often, or less, where a claim holds."""

    CHURN = "churn"
    CONTRACTION = "contraction"
    EXPANSION = "expansion"


class Expected(StrEnum):
    """What a claim says of the hazard at the end of its contrast, against its start."""

    HIGHER = "+"
    LOWER = "-"
    NOT_LOWER = "not -"
    """No relevantly lower one: what is tested does not protect."""
    NOT_HIGHER = "not +"
    DIFFERS = "differs"
    """Another one in some group."""


class Kind(StrEnum):
    """How a test is made."""

    CONTRAST = "contrast"
    """A linear contrast of the time-varying Cox model, all other columns held."""
    RATES = "rates"
    """The rate of leaving in one phase against that in another."""
    DIFFERENCE = "difference"
    """Do the families' effects differ between groups?"""
    FLAGGED = "flagged"
    """The rate of leaving of accounts that the health score called green: flagged by some family against not."""


@dataclass(frozen=True, slots=True)
class Move:
    """A covariate that moves from one value to another.

    Attributes
    ----------
    from_value, to_value
        In the covariate's own unit, or as ``p90``: a percentile of the rows at risk.
    """

    covariate: str
    from_value: float | str
    to_value: float | str


@dataclass(frozen=True, slots=True)
class Held:
    """A covariate that is held at a value, where the effect of those that move may be another there than elsewhere."""

    covariate: str
    value: float | str


@dataclass(frozen=True, slots=True)
class ClaimTest:
    """What puts a claim to the test.

    Attributes
    ----------
    expected
        What the claim says of it.
    moves
        Covariates that move together; all others are held.
    at
        Covariates that are held at a value, with a product term for each move.
    early
        Whether the effect is that in the phases before ``mature_from_day``, with a product term for each move.
    phases
        Compared by their rates, in place of moves: from the first to the second.
    differ_by
        Covariates, categories of which may have other effects of the families, in place of moves.
    flagged_by
        Families that may flag accounts which the health score called green, in place of moves.
    relevant
        The smallest hazard ratio that matters, above 1; its inverse matters as much.
    short_en, short_ja
        What it asks in a few words, where a claim has several tests that pictures must tell apart; may be empty.
    """

    expected: Expected
    moves: tuple[Move, ...] = ()
    at: tuple[Held, ...] = ()
    early: bool = False
    hazard: Hazard = Hazard.CHURN
    phases: tuple[str, ...] = ()
    differ_by: tuple[str, ...] = ()
    flagged_by: tuple[str, ...] = ()
    relevant: float = RELEVANT
    short_en: str = ""
    short_ja: str = ""

    def short(self, language: str) -> str:
        """Return what it asks in a few words, or none, in `language` (``en`` or ``ja``)."""
        return self.short_ja if language == "ja" else self.short_en

    @property
    def kind(self) -> Kind:
        """How it is made."""
        if self.phases:
            return Kind.RATES
        if self.flagged_by:
            return Kind.FLAGGED
        return Kind.DIFFERENCE if self.differ_by else Kind.CONTRAST

    @property
    def covariates(self) -> tuple[str, ...]:
        """Those that it names."""
        return tuple(dict.fromkeys([*(move.covariate for move in self.moves), *(held.covariate for held in self.at)]))


def percentile(value: float | str) -> int | None:
    """Return which percentile a value is; None where it is a number."""
    found = _PERCENTILE.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A test as its table in a file has it."""

    expected: str
    early: bool = False
    hazard: str = Hazard.CHURN.value
    phases: tuple[str, ...] = ()
    differ_by: tuple[str, ...] = ()
    flagged_by: tuple[str, ...] = ()
    relevant: float = RELEVANT
    short_en: str = ""
    short_ja: str = ""


def read_test(content: Any, where: str) -> ClaimTest:
    """Read one test of a claim from its table.

    Parameters
    ----------
    content
        The table.
    where
        What to call it in messages.

    Raises
    ------
    StudyError
        If a key is unknown or missing, or a value cannot be used.
    """
    if not isinstance(content, dict):
        raise StudyError(f"{where}: a test is a table of its own ([[NAME.tests]]); {content!r} arrived.")
    lists = {key: content[key] for key in ("moves", "at") if key in content}
    entry = parse_settings(_Entry, {key: value for key, value in content.items() if key not in lists}, where)
    for key, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise StudyError(f"{where}: '{key}' must be a list of tables; {value!r} arrived.")
    test = ClaimTest(
        expected=_one_of(Expected, entry.expected, f"{where}: expected"),
        moves=tuple(_move(one, where) for one in lists.get("moves", ())),
        at=tuple(_held(one, where) for one in lists.get("at", ())),
        early=entry.early,
        hazard=_one_of(Hazard, entry.hazard, f"{where}: hazard"),
        phases=entry.phases,
        differ_by=entry.differ_by,
        flagged_by=entry.flagged_by,
        relevant=entry.relevant,
        short_en=entry.short_en,
        short_ja=entry.short_ja or entry.short_en,
    )
    _refuse_unusable(test, where)
    return test


def _refuse_unusable(test: ClaimTest, where: str) -> None:
    ways = ("moves", "phases", "differ_by", "flagged_by")
    asked = [name for name in ways if getattr(test, name)]
    if len(asked) != 1:
        raise StudyError(
            f"{where}: a test has exactly one of 'moves', 'phases', 'differ_by' and 'flagged_by'; "
            f"{' and '.join(map(repr, asked)) or 'none'} arrived."
        )
    if (test.at or test.early) and not test.moves:
        raise StudyError(f"{where}: 'at' and 'early' say where covariates move: they need 'moves'.")
    if not (math.isfinite(test.relevant) and test.relevant > 1):
        raise StudyError(
            f"{where}: relevant must be a hazard ratio above 1, such as {RELEVANT}; {test.relevant} arrived."
        )
    if test.phases and (len(test.phases) != 2 or not set(test.phases) < set(PHASES) or len(set(test.phases)) < 2):
        raise StudyError(f"{where}: phases must be two of {', '.join(PHASES)}; {', '.join(test.phases)} arrived.")
    if (test.expected is Expected.DIFFERS) != bool(test.differ_by):
        raise StudyError(f"{where}: expected = 'differs' goes with 'differ_by', and with nothing else.")
    if unknown := [name for name in test.flagged_by if name not in contenders()]:
        raise StudyError(f"{where}: flagged_by names families, of {', '.join(contenders())}; {unknown[0]!r} arrived.")
    if test.kind is not Kind.CONTRAST and test.hazard is not Hazard.CHURN:
        raise StudyError(f"{where}: only 'moves' can be put to another hazard than churn; {test.hazard} arrived.")


def _one_of(kind: type[StrEnum], value: str, where: str) -> Any:
    if value not in set(kind):
        raise StudyError(f"{where} must be one of {', '.join(map(repr, map(str, kind)))}; {value!r} arrived.")
    return kind(value)


def _move(content: dict[str, Any], where: str) -> Move:
    values = _keys(content, ("covariate", "from", "to"), f"{where}: a move")
    start, end = (_value(values[key], f"{where}: {values['covariate']}: {key}") for key in ("from", "to"))
    if start == end:
        raise StudyError(f"{where}: {values['covariate']} moves from {start} to {end}, which is nowhere.")
    return Move(values["covariate"], start, end)


def _held(content: dict[str, Any], where: str) -> Held:
    values = _keys(content, ("covariate", "value"), f"{where}: what is held")
    return Held(values["covariate"], _value(values["value"], f"{where}: {values['covariate']}: value"))


def _keys(content: dict[str, Any], keys: tuple[str, ...], where: str) -> dict[str, Any]:
    if set(content) != set(keys) or not isinstance(content["covariate"], str):
        raise StudyError(f"{where} has the keys {', '.join(keys)}; {', '.join(content) or 'none'} arrived.")
    return content


def _value(value: Any, where: str) -> float | str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if is_number:
        return float(value)
    if isinstance(value, str) and percentile(value) is not None:
        return value
    raise StudyError(f"{where} must be a number, or a percentile such as 'p90'; {value!r} arrived.")
