"""Claims: what practice says of leaving, and what of it these data could judge."""

import functools
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from analysis.declared.factors import FOLDER, Covariate, read_covariates, unmet


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
        C01 to C22.
    covariates
        Those that put it to the test.
    needs
        What of a source, beyond the needs of the covariates, in the same words.
    """

    name: str
    says_en: str
    says_ja: str
    covariates: tuple[str, ...]
    needs: tuple[str, ...] = ()

    def says(self, language: str) -> str:
        """Return the statement in `language` (``en`` or ``ja``)."""
        return self.says_ja if language == "ja" else self.says_en

    def measurable(self, given: Collection[str]) -> tuple[Covariate, ...]:
        """Return those of its covariates that a source can measure."""
        return tuple(covariate for covariate in self._declared() if covariate.is_measurable(given))

    def lacking(self, given: Collection[str]) -> tuple[str, ...]:
        """Return what the source would have to give for all of it, in the words of the contract."""
        lacking = [need for covariate in self._declared() for need in covariate.lacking(given)]
        return tuple(dict.fromkeys([*lacking, *unmet(self.needs, given)]))

    def judged(self, given: Collection[str]) -> Judged:
        """Return whether a source has what it takes."""
        if not self.measurable(given):
            return Judged.NO
        return Judged.IN_PART if self.lacking(given) else Judged.YES

    def _declared(self) -> tuple[Covariate, ...]:
        return tuple(covariate for covariate in read_covariates() if covariate.name in self.covariates)


@functools.cache
def read_claims() -> tuple[Claim, ...]:
    """Return all registered claims, in their order."""
    text = (files("queries") / FOLDER / "claims.toml").read_text(encoding="utf-8")
    return tuple(
        Claim(
            name=name,
            says_en=entry["says_en"],
            says_ja=entry["says_ja"],
            covariates=tuple(entry["covariates"]),
            needs=tuple(entry.get("needs", ())),
        )
        for name, entry in tomllib.loads(text).items()
    )
