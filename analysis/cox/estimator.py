"""CoxPH: the Cox model as a scikit-learn estimator, whose results show themselves."""

from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from analysis.cox.coefficient_table import coefficient_table
from analysis.cox.concordance import concordance
from analysis.cox.cumulative_hazard import Interval, baseline_cumulative_hazard
from analysis.cox.fit import CoxFit, fit_cox
from analysis.cox.partial_likelihood import Ties
from analysis.cox.prediction import event_probability, log_partial_hazard, partial_hazard
from analysis.cox.proportional_hazards import GLOBAL, Transform, coefficient_path, proportional_hazards_test
from analysis.cox.row_check import row_notes
from analysis.cox.rows import counting_rows
from analysis.cox.silence import silent_notes
from analysis.cox.tables import read_columns, read_labels, read_outcome
from analysis.errors import ModelError
from analysis.figures.display import Display
from analysis.figures.effects import draw_coefficient_path, draw_hazard_ratios, forest_height
from analysis.figures.style import ACCENT


class CoxPH(BaseEstimator):
    """Cox model of ``(start, stop]`` rows with cluster-robust errors.

    Frailty, competing risks by subdistribution (Fine and Gray) and covariates as functions of time (``tt()``) are out
    of its scope: cut rows where a covariate changes, and fit each kind of end on its own.

    Parameters
    ----------
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
        Log hazard ratios.
    feature_names_in_ : ndarray of str, shape (p,)
    n_features_in_ : int

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"start": [0, 0, 2, 0, 1], "stop": [3, 4, 5, 2, 6], "event": [1, 0, 1, 1, 0]})
    >>> logins = pd.DataFrame({"logins": [1.0, 4.0, 2.0, 3.0, 5.0]})
    >>> CoxPH().fit(logins, rows).coef_.round(3)
    array([-0.635])
    """

    def __init__(
        self, *, ties: Ties = "efron", ridge: float | tuple[float, ...] = 0.0, max_iterations: int = 50
    ) -> None:
        self.ties = ties
        self.ridge = ridge
        self.max_iterations = max_iterations

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        strata: Any = None,
        sample_weight: Any = None,
        offset: Any = None,
        subject: Any = None,
        cluster: Any = None,
    ) -> Self:
        """Maximise the partial likelihood.

        Parameters
        ----------
        X : DataFrame (pandas, polars), Arrow table or array-like, shape (n, p)
            Numbers; categories as indicator columns.
        y : structured array or DataFrame
            start, stop and event of each row (`counting_process_outcome`), or scikit-survival's ``Surv``.
        strata : array-like or DataFrame, optional
            Every combination has a baseline hazard of its own.
        sample_weight, offset : array-like, shape (n,), optional
        subject : array-like, shape (n,), optional
            The lifetime that a row belongs to; events are counted in these. Its rows must not overlap within a stratum;
            gaps between them, and rows after an event, are told in ``fit_.notes`` (`row_check`). Rows that overlap by
            design, as stacked landmarks do, are given as `cluster`.
        cluster : array-like, shape (n,), optional
            Groups of dependent rows, for robust errors; the subjects by default.

        Raises
        ------
        ModelError
            If anything is missing, infinite or of another length; if rows of a subject overlap; if a column cannot be
            estimated (it is named).
        """
        values, names = read_columns(X)
        start, stop, event = read_outcome(y)
        rows = counting_rows(
            start,
            stop,
            event,
            strata=read_labels(strata),
            weights=read_labels(sample_weight),
            offset=read_labels(offset),
            subject=read_labels(subject),
            cluster=read_labels(cluster),
        )
        notes = () if subject is None else row_notes(rows)
        fit = fit_cox(values, rows, names=names, ties=self.ties, ridge=self.ridge, max_iterations=self.max_iterations)
        self.fit_: CoxFit = replace(fit, notes=notes + fit.notes)
        self.coef_ = self.fit_.coefficients
        self.feature_names_in_ = np.array(names, dtype=object)
        self.n_features_in_ = len(names)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the risk score of each row, shape (n,): its log hazard ratio against the mean row; higher is worse."""
        return log_partial_hazard(self._fitted(), self._known_columns(X))

    def predict_partial_hazard(self, X: Any) -> NDArray[np.float64]:
        """Return the hazard ratio of each row against a row at the means of the rows fitted: see `partial_hazard`."""
        return partial_hazard(self._fitted(), self._known_columns(X))

    def predict_event_probability(
        self, X: Any, start: ArrayLike, horizon: ArrayLike, *, stratum: Any = None, level: float = 0.95
    ) -> pd.DataFrame:
        """Return the probability of the event in ``(start, start + horizon]``, with its interval.

        Conditional on being at risk at `start`, on covariates staying as they are, and on no other kind of end coming
        first: see `event_probability`.
        """
        fit = self._fitted()
        return event_probability(fit, self._known_columns(X), start, horizon, stratum=read_labels(stratum), level=level)

    def score(self, X: Any, y: Any, *, strata: Any = None, sample_weight: Any = None) -> float:
        """Return the concordance of the risk score with the outcome."""
        start, stop, event = read_outcome(y)
        rows = counting_rows(start, stop, event, strata=read_labels(strata), weights=read_labels(sample_weight))
        return concordance(rows, self.predict(X)).concordance

    def baseline(self, at: Any = "zero", *, level: float = 0.95, interval: Interval = "log") -> pd.DataFrame:
        """Return the cumulative hazard of one covariate pattern in each stratum: see `baseline_cumulative_hazard`."""
        return baseline_cumulative_hazard(self._fitted(), at, level=level, interval=interval)

    def summary(self, *, robust: bool = True, level: float = 0.95) -> Display:
        """Return coefficients and hazard ratios with intervals, their forest plot, and what they keep to themselves.

        The notes are those of the fit, and `silent_notes`: columns that hold from a subject's first row on, a hazard
        that vanishes, and the test of proportional hazards of all columns together, in words.
        """
        fit = self._fitted()
        table = coefficient_table(fit, robust=robust, level=level)
        shown = table.assign(label=table["term"], family="Columns")
        errors = "cluster-robust" if robust else "model-based"
        label = f"Hazard ratio ({level:.0%} interval, {errors} errors)"
        return Display(
            f"Cox model: {fit.rows.n_events:,} events in {len(fit.rows):,} rows, {errors} errors",
            table,
            lambda ax: draw_hazard_ratios(ax, shown, {"Columns": ACCENT}, label),
            size=(7.0, forest_height(shown)),
            notes=tuple(str(note) for note in (*fit.notes, *silent_notes(fit))),
        )

    def proportional_hazards(self, transform: Transform = "km") -> Display:
        """Return the test of proportional hazards by column and for all, and the path of the strongest drift."""
        result = proportional_hazards_test(self._fitted(), transform)
        columns = result.table[result.table["term"] != GLOBAL]
        strongest = columns.sort_values(["p_value", "term"], kind="stable").iloc[0]
        path = coefficient_path(result, strongest["term"])
        return Display(
            f"Proportional hazards (transform {transform})",
            result.table,
            lambda ax: draw_coefficient_path(ax, path, strongest["estimate"], strongest["term"], ACCENT, "Time"),
            size=(7.0, 3.2),
        )

    def _fitted(self) -> CoxFit:
        check_is_fitted(self, "fit_")
        return self.fit_

    def _known_columns(self, X: Any) -> NDArray[np.float64]:
        fit = self._fitted()
        values, names = read_columns(X)
        is_array = names == tuple(f"x{k}" for k in range(len(names)))
        if len(names) != len(fit.names) or (names != fit.names and not is_array):
            raise ModelError(
                f"The model was fitted to the columns {', '.join(fit.names)}; these arrived: {', '.join(names)}."
            )
        return values
