"""Claims: what practice says of leaving, and what of it these data could judge."""

import dataclasses
import functools
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.declared.claim_tests import ClaimTest, read_test
from analysis.declared.contract import read_contract
from analysis.declared.factors import FOLDER, Covariate, in_order, read_covariates, unmet
from analysis.declared.own_queries import NOTHING, OwnQueries
from analysis.declared.settings import parse_settings, read_toml
from analysis.errors import StudyError
from analysis.wording.nearest import closest

COHORT = "counting_process"
"""In whose rows a covariate must be one to be moved, or held."""


class Judged(StrEnum):
    """Whether a source has what a claim takes, in its columns and in their rows: all of it, some, or nothing."""

    YES = "yes"
    IN_PART = "in_part"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Claim:
    """One registered claim.

    Attributes
    ----------
    name
        C01 to C22; a study's own have other names.
    covariates
        Those that put it to the test.
    needs
        What of a source, beyond the needs of the covariates, in the same words.
    tests
        What puts it to the test, each judged by itself; none where that takes more than cohorts hold.
    short_en, short_ja
        The statement in a few words, as pictures have it; may be empty.
    own
        Those of its covariates that the study brings itself.
    """

    name: str
    says_en: str
    says_ja: str
    covariates: tuple[str, ...]
    needs: tuple[str, ...] = ()
    tests: tuple[ClaimTest, ...] = ()
    short_en: str = ""
    short_ja: str = ""
    own: tuple[Covariate, ...] = ()

    def short(self, language: str) -> str:
        """Return the statement in a few words, or none, in `language` (``en`` or ``ja``)."""
        return self.short_ja if language == "ja" else self.short_en

    def says(self, language: str) -> str:
        """Return the statement in `language` (``en`` or ``ja``)."""
        return self.says_ja if language == "ja" else self.says_en

    def measurable(self, given: Collection[str]) -> tuple[Covariate, ...]:
        """Return those of its covariates that a source can measure."""
        return tuple(covariate for covariate in self.declared() if covariate.is_measurable(given))

    def lacking(self, given: Collection[str]) -> tuple[str, ...]:
        """Return what the source would have to give for all of it, in the words of the contract."""
        lacking = [need for covariate in self.declared() for need in covariate.lacking(given)]
        return tuple(dict.fromkeys([*lacking, *unmet(self.needs, given)]))

    def judged(self, given: Collection[str]) -> Judged:
        """Return whether a source has what it takes."""
        if not self.measurable(given):
            return Judged.NO
        return Judged.IN_PART if self.lacking(given) else Judged.YES

    def declared(self) -> tuple[Covariate, ...]:
        """Return its covariates, as they are declared."""
        products = [covariate for covariate in read_covariates() if covariate.name in self.covariates]
        return in_order([*products, *self.own]) if self.own else tuple(products)


@functools.cache
def read_claims() -> tuple[Claim, ...]:
    """Return all registered claims, in their order."""
    text = (files("queries") / FOLDER / "claims.toml").read_text(encoding="utf-8")
    return tuple(_claim(name, entry, "queries/5_covariates/claims.toml") for name, entry in tomllib.loads(text).items())


def read_own_claims(file: Path, own: OwnQueries = NOTHING) -> tuple[Claim, ...]:
    """Return the claims that a study adds, in their order; none where there is no such file.

    Parameters
    ----------
    file
        In the form of ``queries/5_covariates/claims.toml``. A claim without ``says_ja`` says the same in any language;
        its ``covariates`` need not name those of its tests.
    own
        What the study brings: its covariates may be named like the product's.

    Raises
    ------
    StudyError
        If the file cannot be read; a claim has the name of a registered one, an unknown key, or no statement or test;
        or a covariate is unknown or no number.
    """
    try:
        content = read_toml(file)
    except FileNotFoundError:
        return ()
    taken = {claim.name for claim in read_claims()}
    for name, entry in content.items():
        if name in taken:
            raise StudyError(
                f"{file}: [{name}] is a registered claim. Give your own another name, such as [OUR_{name}]."
            )
        if not isinstance(entry, dict):
            raise StudyError(f"{file}: '{name}' stands outside a claim. Each claim is a table: [NAME], then its keys.")
    claims = tuple(_claim(name, entry, str(file)) for name, entry in content.items())
    for claim in claims:
        _refuse_untestable(claim, f"{file}: [{claim.name}]", own)
    return tuple(_with_own(claim, own) for claim in claims)


def _with_own(claim: Claim, own: OwnQueries) -> Claim:
    return dataclasses.replace(claim, own=tuple(one for one in own.covariates if one.name in claim.covariates))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A claim as its table in a file has it, its tests apart."""

    says_en: str
    says_ja: str = ""
    covariates: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    short_en: str = ""
    short_ja: str = ""


def _claim(name: str, content: dict[str, Any], where: str) -> Claim:
    place = f"{where}: [{name}]"
    tests = content.get("tests", [])
    if not isinstance(tests, list):
        raise StudyError(f"{place}: tests are written as [[{name}.tests]], each a table; {tests!r} arrived.")
    entry = parse_settings(_Entry, {key: value for key, value in content.items() if key != "tests"}, place)
    read = tuple(read_test(test, f"{place}: test {number}") for number, test in enumerate(tests, 1))
    named = dict.fromkeys(covariate for test in read for covariate in (*test.covariates, *test.differ_by))
    covariates = tuple(dict.fromkeys([*entry.covariates, *named]))
    return Claim(
        name, entry.says_en, entry.says_ja or entry.says_en, covariates, entry.needs, read,
        entry.short_en, entry.short_ja or entry.short_en,
    )  # fmt: skip


def _refuse_untestable(claim: Claim, where: str, own: OwnQueries) -> None:
    if not claim.says_en.strip():
        raise StudyError(f"{where}: says_en is empty. Write the claim as one sentence.")
    if not claim.tests:
        raise StudyError(f"{where} has no test. Add [[{claim.name}.tests]] with 'moves' and 'expected'.")
    declared = {covariate.name: covariate for covariate in own.declared() if COHORT in covariate.cohorts}
    for name in claim.covariates:
        _refuse_unknown("covariate", name, declared, where)
    for test in claim.tests:
        for name in test.covariates:
            if declared[name].transform in ("category", "clock"):
                raise StudyError(
                    f"{where}: {name} is no number, and cannot be moved or held. Compare its categories with "
                    "'differ_by'."
                )
        for name in test.differ_by:
            if declared[name].transform != "category":
                raise StudyError(f"{where}: differ_by takes categories; {name} is a number.")
    tables = read_contract()
    known = [*tables, *(f"{table}.{column}" for table in tables for column in tables[table].column_names)]
    for name in claim.needs:
        _refuse_unknown("table or column", name, known, where)


def _refuse_unknown(what: str, name: str, known: Iterable[str], where: str) -> None:
    names = list(known)
    if name not in names:
        near = closest(name, names)[0]
        raise StudyError(f"{where}: unknown {what} '{name}'. The nearest known one is '{near}'.")
