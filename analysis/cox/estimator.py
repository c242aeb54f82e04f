"""CoxPH: the Cox model as a scikit-learn estimator, whose results show themselves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from analysis.cox.concordance import Concordance, concordance, concordance_of
from analysis.cox.covariates import Covariates, by_formula, by_name
from analysis.cox.cumulative_hazard import Interval, baseline_cumulative_hazard
from analysis.cox.displays import proportional_hazards_of, summary_of
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.formula import read_formula
from analysis.cox.given import matched_labels, names_of, read_given, said_once
from analysis.cox.hypothesis_tests import ChiSquareTest, TestKind, block_test
from analysis.cox.information_criteria import aic, bic
from analysis.cox.matching import index_of
from analysis.cox.partial_likelihood import Ties
from analysis.cox.prediction import event_probability, log_partial_hazard, partial_hazard
from analysis.cox.proportional_hazards import Transform
from analysis.cox.residuals import ResidualKind, residuals_of_kind
from analysis.cox.row_check import row_notes
from analysis.figures.display import Display


class CoxPH(BaseEstimator):
    """Cox model of ``(start, stop]`` rows.

    Wherever errors are asked for, `robust` has one default: robust ones where rows were said to be clustered (`subject`
    or `cluster`) or weights are no whole numbers, model-based ones otherwise, in predictions and baselines, too.

    Frailty, competing risks by subdistribution (Fine and Gray) and covariates as functions of time (``tt()``) are out
    of its scope: cut rows where a covariate changes, and fit each kind of end on its own.

    Parameters
    ----------
    formula : str, optional
        Of the covariates, as ``"usage + relationship * champion_departed + strata(plan)"`` (`read_formula`): what its
        terms learn from the rows fitted is replayed on others. Without, all columns of `X` are covariates, but those
        that are named as something else.
    ties : {'efron', 'breslow'}
    ridge : float or sequence of float
        Penalty ridge / 2 x coefficient squared, for all columns or each.
    max_iterations : int
        Newton steps.

    Attributes
    ----------
    fit_ : CoxFit
        All that the functions of this package work on.
    coef_ : ndarray, shape (p,)
        Log hazard ratios, of the columns ``fit_.names``.
    log_likelihood_, aic_, bic_ : float
        Log partial likelihood; the criteria take a ridge's degrees of freedom, and events as observations.
    feature_names_in_ : ndarray of str
        The columns of `X` that covariates are made of.
    n_features_in_ : int

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"start": [0, 0, 2, 0, 1], "stop": [3, 4, 5, 2, 6], "event": [1, 0, 1, 1, 0]})
    >>> logins = pd.DataFrame({"logins": [1.0, 4.0, 2.0, 3.0, 5.0]})
    >>> model = CoxPH().fit(logins, rows)
    >>> model.coef_.round(3)
    array([-0.635])
    >>> model.predict_event_probability(logins.head(2), start=2, horizon=[1, 2])["probability"].shape
    (2, 2)
    >>> CoxPH(formula="logins").fit(logins.join(rows)).coef_.round(3)
    array([-0.635])
    """

    def __init__(
        self,
        *,
        formula: str | None = None,
        ties: Ties = "efron",
        ridge: float | tuple[float, ...] = 0.0,
        max_iterations: int = 50,
    ) -> None:
        self.formula = formula
        self.ties = ties
        self.ridge = ridge
        self.max_iterations = max_iterations

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        strata: Any = None,
        weights: Any = None,
        offset: Any = None,
        subject: Any = None,
        cluster: Any = None,
    ) -> Self:
        """Maximise the partial likelihood.

        Whatever has an index of pandas is matched with the rows of `X` by it; all else by position.

        Parameters
        ----------
        X : DataFrame (pandas, polars), Arrow table or array-like, shape (n, p)
            Numbers; categories as indicator columns, unless there is a formula.
        y : structured array or DataFrame, optional
            start, stop and event of each row (`counting_process_outcome`); of one row a subject time or duration, and
            event or status; or scikit-survival's ``Surv``. Without, these are columns of `X`.
        strata : array-like or DataFrame, str or tuple of str, optional
            Every combination has a baseline hazard of its own. Here and below a str is a column of `X`.
        weights, offset : array-like, shape (n,), or str, optional
            Case weights, and a known part of the linear predictor.
        subject : array-like, shape (n,), or str, optional
            The lifetime that a row belongs to; events are counted in these. Its rows must not overlap within a stratum;
            gaps between them, and rows after an event, are told in ``fit_.notes`` (`row_check`). Rows that overlap by
            design, as stacked landmarks do, are given as `cluster`.
        cluster : array-like, shape (n,), or str, optional
            Groups of dependent rows, for robust errors; the subjects by default.

        Raises
        ------
        ModelError
            If anything is missing, infinite, of another length or of other rows; if rows of a subject overlap; if a
            column cannot be estimated (it is named).
        """
        formula = None if self.formula is None else read_formula(self.formula)
        if formula is not None:
            strata = said_once("strata", strata, formula.strata)
            cluster = said_once("cluster", cluster, formula.cluster)
        given = read_given(X, y, strata=strata, weights=weights, offset=offset, subject=subject, cluster=cluster)
        known, values = by_name(X, given.named) if formula is None else by_formula(formula, X)
        notes = () if subject is None else row_notes(given.rows)
        fit = fit_cox(
            values, given.rows, names=known.names, ties=self.ties, ridge=self.ridge, max_iterations=self.max_iterations
        )
        self.fit_: CoxFit = replace(fit, notes=notes + fit.notes)
        self.covariates_: Covariates = known
        self.strata_ = names_of(strata)
        self.index_ = index_of(X, len(given.rows))
        self.coef_ = self.fit_.coefficients
        self.feature_names_in_ = np.array(known.variables, dtype=object)
        self.n_features_in_ = len(known.variables)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the risk score of each row, shape (n,): its log hazard ratio against the mean row; higher is worse."""
        return log_partial_hazard(self._fitted(), self.covariates_.values(X))

    def predict_partial_hazard(self, X: Any) -> NDArray[np.float64]:
        """Return the hazard ratio of each row against a row at the means of the rows fitted: see `partial_hazard`."""
        return partial_hazard(self._fitted(), self.covariates_.values(X))

    def predict_event_probability(
        self,
        X: Any,
        start: Any,
        horizon: Any,
        *,
        strata: Any = None,
        level: float = 0.95,
        robust: bool | None = None,
    ) -> pd.DataFrame:
        """Return the probability of the event in ``(start, start + horizon]``, with its interval.

        Conditional on being at risk at `start`, on covariates staying as they are, and on no other kind of end coming
        first: see `event_probability`.

        Parameters
        ----------
        X : table or array-like, shape (n, p)
        start : float, array-like, shape (n,), or str
            On the clock of the fit; a str is a column of `X`.
        horizon : float, sequence of h floats, Series, str, or array-like, shape (n, h)
            One for all rows, several for all, or each row's own (a Series or a column of `X`: one, a table: several).
        strata : array-like or DataFrame, str or tuple of str, optional
            As in `fit`; by default the columns that were named there.
        level : float
        robust : bool, optional

        Returns
        -------
        DataFrame
            With the index of `X`: probability, conf_low, conf_high; of several horizons a column each, so that
            ``frame["probability"]`` has the shape (n, h).
        """
        fit, values = self._fitted(), self.covariates_.values(X)
        by_row = isinstance(horizon, pd.Series | str)
        by = self.strata_ or None if strata is None else strata
        asked = matched_labels(X, {"start": start, "strata": by, "horizon": horizon if by_row else None})
        lengths = np.asarray(asked["horizon"] if by_row else horizon, dtype=np.float64)
        if lengths.ndim == 1 and not by_row:
            lengths = lengths[None, :]
        found = event_probability(
            fit, values, asked["start"], lengths, strata=asked["strata"], level=level, robust=robust
        )
        return found.set_axis(index_of(X, len(found)), axis=0)

    def score(self, X: Any, y: Any = None, *, strata: Any = None, weights: Any = None) -> float:
        """Return the concordance of the risk score with the outcome."""
        return self.concordance(X, y, strata=strata, weights=weights).concordance

    def concordance(
        self, X: Any = None, y: Any = None, *, strata: Any = None, weights: Any = None, cluster: Any = None
    ) -> Concordance:
        """Return the concordance of the risk score with outcomes, with its error; without any, with those fitted.

        The latter flatters: the model has seen these rows (`concordance_of`).
        """
        fit = self._fitted()
        if X is None:
            return concordance_of(fit)
        by = self.strata_ or None if strata is None else strata
        return concordance(read_given(X, y, strata=by, weights=weights, cluster=cluster).rows, self.predict(X))

    def baseline(
        self, at: Any = "zero", *, level: float = 0.95, interval: Interval = "log", robust: bool | None = None
    ) -> pd.DataFrame:
        """Return the cumulative hazard of one covariate pattern in each stratum: see `baseline_cumulative_hazard`."""
        fit = self._fitted()
        pattern = self.covariates_.values(at)[0] if isinstance(at, pd.DataFrame) else at
        return baseline_cumulative_hazard(fit, pattern, level=level, interval=interval, robust=robust)

    def summary(self, *, robust: bool | None = None, level: float = 0.95) -> Display:
        """Return coefficients and hazard ratios with intervals, their forest plot, and what they keep to themselves.

        The notes are those of the fit (few events, thin columns, rows that do not follow each other), and
        `silent_notes`: columns that hold from a subject's first row on, a hazard that vanishes, the test of
        proportional hazards in words, near separation, and few clusters.
        """
        return summary_of(self._fitted(), robust=robust, level=level)

    def test(
        self, columns: str | Sequence[str] | None = None, *, kind: TestKind = "wald", robust: bool | None = None
    ) -> ChiSquareTest:
        """Test that the coefficients of some columns, or terms of the formula, are zero together; all by default.

        Parameters
        ----------
        columns : str or sequence of str, optional
        kind : {'wald', 'score', 'likelihood_ratio'}
        robust : bool, optional
            See `wald_test`, `score_test` and `likelihood_ratio_test`.
        """
        fit = self._fitted()
        return block_test(fit, kind, self.covariates_.columns_of(columns), robust=robust)

    def residuals(self, kind: ResidualKind = "martingale") -> pd.Series | pd.DataFrame:
        """Return residuals of the rows fitted, with their labels; Schoenfeld's a line an event: `residuals_of_kind`."""
        return residuals_of_kind(self._fitted(), kind, self.index_)

    def proportional_hazards(self, transform: Transform = "km") -> Display:
        """Return the test of proportional hazards by column and for all, and the path of the strongest drift."""
        return proportional_hazards_of(self._fitted(), transform)

    @property
    def log_likelihood_(self) -> float:
        """Log partial likelihood of the fit."""
        return self._fitted().log_likelihood

    @property
    def aic_(self) -> float:
        """Akaike's criterion: see `aic`."""
        return aic(self._fitted())

    @property
    def bic_(self) -> float:
        """Schwarz's criterion, an event an observation: see `bic`."""
        return bic(self._fitted())

    def _fitted(self) -> CoxFit:
        check_is_fitted(self, "fit_")
        return self.fit_
