"""Asked terms: what a formula of families and covariates asks of a design."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from formulaic.errors import FormulaSyntaxError
from formulaic.parser import DefaultFormulaParser

from analysis.declared.factors import Covariate, control_family, read_covariates
from analysis.design.matrix import Column, DesignMatrix
from analysis.errors import DesignError
from analysis.wording.nearest import nearest

NOTHING_LACKS: Mapping[str, Sequence[str]] = {}
TIMES = " × "
"""Between the names of the two sides of an interaction."""


@dataclass(frozen=True, slots=True)
class AskedTerms:
    """The terms of a formula.

    Attributes
    ----------
    alone
        Covariates that stand by themselves, in the order of the declaration.
    pairs
        Names (of families or covariates) of the two sides of each interaction.
    sides
        The covariates behind each name.
    """

    alone: tuple[Covariate, ...]
    pairs: tuple[tuple[str, str], ...]
    sides: Mapping[str, tuple[Covariate, ...]]

    @property
    def covariates(self) -> tuple[Covariate, ...]:
        """All that the design must learn."""
        beside = (covariate for pair in self.pairs for name in pair for covariate in self.sides[name])
        return tuple(dict.fromkeys((*self.alone, *beside)))

    @property
    def families(self) -> tuple[str, ...]:
        """Families but the contract, of which something is asked."""
        return tuple(dict.fromkeys(c.family for c in self.covariates if c.family != control_family()))


def asked_terms(
    formula: str, measured: Sequence[Covariate], lacking: Mapping[str, Sequence[str]] = NOTHING_LACKS
) -> AskedTerms:
    """Read a formula: names of families and covariates, joined by ``+``, ``*`` (with interactions), ``:`` and ``-``.

    The contract is part of it unless it is taken out (``usage - contract``). Covariates enter as they are declared to.

    Parameters
    ----------
    formula
        The formula.
    measured
        The covariates that may be named, and whose families may be.
    lacking
        By the name of another covariate or family, what the source would have to give for it.

    Raises
    ------
    DesignError
        If it is no formula, names what is not measured here, or asks for an interaction of three.
    """
    families: dict[str, tuple[Covariate, ...]] = {}
    for covariate in measured:
        families[covariate.family] = (*families.get(covariate.family, ()), covariate)
    known = families | {covariate.name: (covariate,) for covariate in measured}
    of_landmarks = {covariate.name for covariate in read_covariates() if covariate.cohorts == ("landmarks",)}
    alone: set[str] = set()
    pairs = []
    for names in _parsed(formula):
        for name in names:
            if name in lacking:
                raise DesignError(
                    f"'{formula}' names '{name}', which these data do not measure: it needs "
                    f"{', '.join(lacking[name])}. `tenure check` says more."
                )
            if name not in known and name in of_landmarks:
                raise DesignError(
                    f"'{formula}' names '{name}', which is a covariate of forecasts only: a model of the lifetime has "
                    "age and the renewal clock in its baseline."
                )
            if name not in known:
                raise DesignError(
                    f"'{formula}' names '{name}', which is neither a family nor a covariate measured here. "
                    f"{nearest(name, known, listed_by='study.tables.counting_process.describe()')}"
                )
        if len(names) == 1:
            alone.update(covariate.name for covariate in known[names[0]])
        elif len(names) == 2:
            pairs.append((names[0], names[1]))
        else:
            raise DesignError(f"'{formula}' asks for an interaction of {len(names)}: {':'.join(names)}; two at most.")
    return AskedTerms(tuple(c for c in measured if c.name in alone), tuple(pairs), known)


def _parsed(formula: str) -> list[tuple[str, ...]]:
    parser = DefaultFormulaParser(include_intercept=False)
    try:
        terms = parser.get_terms(f"{control_family()} + {formula}")
        return [tuple(factor.expr for factor in term.factors) for term in terms]
    except (FormulaSyntaxError, AttributeError, SyntaxError):
        raise DesignError(
            f"'{formula}' is no formula of families and covariates, as 'usage + relationship * no_champion' is: a name "
            "stands on each side of +, *, : and -, and brackets are closed."
        ) from None


def with_products(matrix: DesignMatrix, terms: AskedTerms) -> DesignMatrix:
    """Return the columns that a formula asks for: those by themselves, and products of the two sides of interactions.

    A product is of standardised columns, each in its own training deviations; marks of missing values stand by
    themselves only.
    """
    alone = {covariate.name for covariate in terms.alone}
    kept = [place for place, column in enumerate(matrix.columns) if column.covariate in alone]
    columns, values = [matrix.columns[place] for place in kept], [matrix.values[:, place] for place in kept]
    for one, other in terms.pairs:
        for left in _columns_of(matrix, terms.sides[one]):
            for right in _columns_of(matrix, terms.sides[other]):
                first, second = matrix.columns[left], matrix.columns[right]
                columns.append(_product(first, second, (one, other)))
                values.append(matrix.values[:, left] * matrix.values[:, right])
    return DesignMatrix(np.ascontiguousarray(np.column_stack(values)), tuple(columns), matrix.rows)


def _columns_of(matrix: DesignMatrix, covariates: Sequence[Covariate]) -> list[int]:
    names = {covariate.name for covariate in covariates}
    return [
        place for place, column in enumerate(matrix.columns) if column.covariate in names and not column.marks_missing
    ]


def _product(first: Column, second: Column, pair: tuple[str, str]) -> Column:
    return Column(
        TIMES.join((first.name, second.name)), TIMES.join((first.covariate, second.covariate)), TIMES.join(pair)
    )
