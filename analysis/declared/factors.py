"""The declared covariates and their families, read from beside the SQL that computes them."""

import functools
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from analysis.engine.query import read_queries
from analysis.wording.catalogue import Catalogue

FOLDER = "5_covariates"


@dataclass(frozen=True, slots=True)
class Family:
    """A factor family: what it covers, and which source tables could measure it.

    Attributes
    ----------
    is_control
        Whether every comparison adjusts for it, so that it is no contender.
    mark_en, mark_ja
        One sign that stands for it beside its colour, so that it is told apart without colours, too.
    """

    name: str
    label_en: str
    label_ja: str
    color: str
    unlocked_by: tuple[str, ...]
    mark_en: str
    mark_ja: str
    is_control: bool = False

    def mark(self, language: str) -> str:
        """Return the sign that stands for it in `language` (``en`` or ``ja``)."""
        return self.mark_ja if language == "ja" else self.mark_en

    def label(self, language: str) -> str:
        """Return the label in `language` (``en`` or ``ja``)."""
        return self.label_ja if language == "ja" else self.label_en

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the label, where a remark names the family."""
        return self.label(catalogue.language)


@dataclass(frozen=True, slots=True)
class Covariate:
    """One declared covariate.

    Attributes
    ----------
    table
        The query whose column it is; the covariates of a family may come from several, one a topic.
    needs
        Source columns (``table.column``), tables, or the property ``stable_users``; without one of them it is absent.
        ``table.column=value`` takes a row with that value, and ``table.column->other`` that values are found in another
        table. ``a or b``: one of the two is enough.
    window
        Days looked back: ``recent``, ``baseline``, or ``state`` (the value in force on the day).
    null_means
        Why a value may be missing.
    expected_sign
        Expected sign of the log hazard ratio: ``+``, ``-`` or ``?``.
    transform
        How it enters a model: as it is, as log(1 + x), as log(x) from one on (none and one alike), as categories, or as
        days to a date that was agreed: a curve for each kind of term.
    cohorts
        Cohorts in which it is a covariate.
    better_with
        Source columns or tables without which it is measured, but less well, in the words of `needs`.
    unit_ja, null_means_ja
        The same in Japanese of a covariate that a study brings, where it says so; the product's stand in the catalogue.
    """

    name: str
    table: str
    family: str
    label_en: str
    label_ja: str
    unit: str
    needs: tuple[str, ...]
    window: str
    null_means: str
    expected_sign: Literal["+", "-", "?"]
    claim: str = ""
    transform: Literal["identity", "log1p", "log_from_one", "category", "clock"] = "identity"
    cohorts: tuple[str, ...] = ("counting_process", "landmarks")
    better_with: tuple[str, ...] = ()
    unit_ja: str = ""
    null_means_ja: str = ""

    def label(self, language: str) -> str:
        """Return the label in `language` (``en`` or ``ja``)."""
        return self.label_ja if language == "ja" else self.label_en

    def is_measurable(self, given: Collection[str]) -> bool:
        """Tell whether the source gives all that it needs, in the words of `needs`."""
        return not self.lacking(given)

    def lacking(self, given: Collection[str]) -> tuple[str, ...]:
        """Return what it needs and the source does not give, in the words of `needs`."""
        return unmet(self.needs, given)

    def improvable(self, given: Collection[str]) -> tuple[str, ...]:
        """Return what the source does not give and would make it better; nothing where it cannot be measured."""
        return unmet(self.better_with, given) if self.is_measurable(given) else ()


def alternatives(need: str) -> tuple[str, ...]:
    """Return the names of which one is enough for a need: ``("a", "b")`` for ``a or b``."""
    return tuple(need.split(" or "))


def unmet(needs: Iterable[str], given: Collection[str]) -> tuple[str, ...]:
    """Return those of some needs that a source does not give."""
    return tuple(need for need in needs if not any(name in given for name in alternatives(need)))


@functools.cache
def read_families() -> tuple[Family, ...]:
    """Return the families in the order in which reports show them."""
    content = _toml("families.toml")
    return tuple(Family(name=name, **_frozen(entry)) for name, entry in content.items())


def families_named(names: Iterable[str]) -> tuple[Family | str, ...]:
    """Return the families of these names, for a remark to name them; a name that none has stays as it is."""
    known = {family.name: family for family in read_families()}
    return tuple(known.get(name, name) for name in names)


@functools.cache
def control_family() -> str:
    """Return the name of the one family that every comparison adjusts for."""
    (control,) = (family.name for family in read_families() if family.is_control)
    return control


@functools.cache
def contenders() -> tuple[str, ...]:
    """Return the names of the families that are compared: all but the control."""
    return tuple(family.name for family in read_families() if not family.is_control)


@functools.cache
def read_covariates() -> tuple[Covariate, ...]:
    """Return all declared covariates, family by family, and within a family topic by topic."""
    found = []
    for table in sorted(query.name for query in read_queries(FOLDER)):
        declared = _toml(f"{table}.toml")
        family = declared.pop("family")
        found += [
            Covariate(name=name, table=table, family=family, **_frozen(entry)) for name, entry in declared.items()
        ]
    return in_order(found)


def in_order(covariates: Iterable[Covariate]) -> tuple[Covariate, ...]:
    """Return covariates family by family, those of a family as they come."""
    order = [family.name for family in read_families()]
    return tuple(sorted(covariates, key=lambda covariate: order.index(covariate.family)))


def expected_signs(covariates: Iterable[Covariate] | None = None) -> dict[str, int]:
    """Return, by name, 1 or -1 for the covariates that are numbers and whose sign is expected; no others.

    Of all that are declared, if no others are given.
    """
    known, numbers = {"+": 1, "-": -1}, ("identity", "log1p", "log_from_one")
    return {
        covariate.name: known[covariate.expected_sign]
        for covariate in (read_covariates() if covariates is None else covariates)
        if covariate.expected_sign in known and covariate.transform in numbers
    }


def measurable_covariates(
    given: Collection[str], cohort: str | None = None, covariates: Iterable[Covariate] | None = None
) -> tuple[Covariate, ...]:
    """Return the covariates that these data can measure, for one cohort or for any; of all declared, or of others."""
    return tuple(
        covariate
        for covariate in (read_covariates() if covariates is None else covariates)
        if covariate.is_measurable(given) and (cohort is None or cohort in covariate.cohorts)
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files("queries") / FOLDER / name).read_text(encoding="utf-8"))


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
