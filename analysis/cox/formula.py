"""Formula: covariates written as in R, their terms learned on the rows fitted and replayed on others."""

import ast
import re
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from formulaic import Formula, ModelSpec, SimpleFormula
from formulaic.errors import DataMismatchWarning, FormulaicError
from formulaic.parser.types import Term

from analysis.errors import ModelError

INTERCEPT = "Intercept"
_SPECIAL = re.compile(r"(strata|cluster)\((.*)\)")
_QUOTED = re.compile(r"`([^`]*)`")


@dataclass(frozen=True, slots=True, eq=False)
class CoxFormula:
    """A formula, read but not yet met with rows.

    Attributes
    ----------
    text : str
    terms : SimpleFormula
        Of the covariates, with the intercept that their coding needs and a Cox model does not.
    strata : tuple of str
        Columns of ``strata(...)``.
    cluster : str or None
        Column of ``cluster(...)``.
    """

    text: str
    terms: SimpleFormula
    strata: tuple[str, ...]
    cluster: str | None

    def columns_in(self, known: Collection[str]) -> tuple[str, ...]:
        """Return which of the known columns the covariates are made of, in the order in which they are known."""
        named = {name for term in self.terms for factor in term.factors for name in _names_in(factor.expr)}
        return tuple(name for name in known if name in named)


def read_formula(text: str) -> CoxFormula:
    """Read the covariates of a Cox model as a formula.

    Parameters
    ----------
    text : str
        As in R: ``usage + relationship * champion_departed``, ``log(seats)``, ``C(plan)``, ``bs(age, df=4)``;
        categories become indicators of all levels but the first. ``strata(plan)`` and ``cluster(parent)`` are as in
        R's ``coxph``. The outcome is no part of it.

    Raises
    ------
    ModelError
        If it cannot be read, has no covariate, names an outcome, leaves out the intercept, or has strata or clusters
        within another term.

    Examples
    --------
    >>> read_formula("usage * champion + strata(plan, region)").strata
    ('plan', 'region')
    """
    try:
        read = Formula(text)
    except FormulaicError as error:
        raise ModelError(f"The formula '{text}' cannot be read: {_first_line(error)}") from error
    if not isinstance(read, SimpleFormula):
        raise ModelError(
            f"The formula '{text}' must be of covariates alone, as 'usage + champion': the outcome is given apart."
        )
    special: dict[str, tuple[str, ...]] = {}
    covariates: list[Term] = []
    for term in read:
        found = [_SPECIAL.fullmatch(factor.expr) for factor in term.factors]
        if not any(found):
            covariates.append(term)
        elif len(found) > 1 or found[0] is None or found[0][1] in special:
            raise ModelError(
                f"strata(...) and cluster(...) must each stand once and alone in a formula; '{text}' arrived."
            )
        else:
            special[found[0][1]] = tuple(part.strip().strip("`") for part in found[0][2].split(","))
    if "1" not in map(str, covariates) or len(covariates) < 2:
        raise ModelError(
            f"The formula '{text}' must have a covariate, and not leave out the intercept (-1, +0), which a Cox model "
            "has not."
        )
    if len(special.get("cluster", ())) > 1:
        raise ModelError(f"cluster(...) must have one column; '{text}' arrived.")
    return CoxFormula(text, SimpleFormula(covariates), special.get("strata", ()), special.get("cluster", (None,))[0])


def learn(formula: CoxFormula, columns: pd.DataFrame) -> tuple[ModelSpec, pd.DataFrame]:
    """Return what the terms learned from columns (levels, knots, means), and their values, without intercept.

    Raises
    ------
    ModelError
        As `replay`.
    """
    found = _made(formula.text, lambda: formula.terms.get_model_matrix(columns, na_action="ignore", output="pandas"))
    return found.model_spec, _without_intercept(found)


def replay(text: str, spec: ModelSpec, columns: pd.DataFrame) -> pd.DataFrame:
    """Return the values of terms on other rows, by what they learned, without intercept.

    Raises
    ------
    ModelError
        If a column is not there, a category was not among the rows fitted, or a term cannot be made.
    """
    return _without_intercept(_made(text, lambda: spec.get_model_matrix(columns)))


def terms_of(spec: ModelSpec) -> dict[str, tuple[str, ...]]:
    """Return the columns of each term but the intercept."""
    names = spec.column_names
    return {str(term): tuple(names[own]) for term, own in spec.term_slices.items() if str(term) != "1"}


def _made(text: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error", DataMismatchWarning)
        try:
            return make()
        except DataMismatchWarning as unseen:
            raise ModelError(
                f"The formula '{text}' meets categories that the rows fitted have not: "
                f"{str(unseen).partition('dataset): ')[2].partition('. They')[0]}. Leave these rows out."
            ) from unseen
        except FormulaicError as error:
            raise ModelError(f"The formula '{text}' cannot be made of these rows: {_first_line(error)}") from error


def _without_intercept(matrix: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(matrix).drop(columns=INTERCEPT)


def _names_in(expression: str) -> Iterator[str]:
    """Return the names in a factor but those of functions, quoted ones as they are."""
    yield expression
    quoted = _QUOTED.findall(expression)
    yield from quoted
    try:
        tree = ast.parse(_QUOTED.sub("0", expression), mode="eval")
    except SyntaxError:
        return
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called:
            yield node.id


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
