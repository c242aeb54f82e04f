"""Survival analysis of B2B subscription churn: which customers leave, when, and why.

Six packages carry it. What each does here, and where:

===============  =========================================================  ==========================================
duckdb           runs all SQL and keeps its results                         `engine`
lifelines        distributions of lifetime length, with late entry          `lifetimes.parametric`
scikit-survival  outcomes for its estimators; the judge of our trees        `design.outcome`
statsmodels      Wilson's shares, exact rates of events                     `evaluation`, `contest`, `curves.rates`
matplotlib       draws every figure                                         `figures`
jupyterlab       shows the notebooks                                        ``make lab``
===============  =========================================================  ==========================================

The Cox model (`cox`) and the curves of lifetimes that enter late (`curves`) are our own: of the survival libraries none
has a right baseline hazard, robust errors and a test of proportional hazards for rows ``(start, stop]``. R's
``survival`` is the judge of both.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.workbench import open_study

__all__ = ["open_study"]


def __getattr__(name: str) -> Any:
    """Return `open_study`, which imports all that a study needs when it is asked for, and not before."""
    if name == "open_study":
        from analysis.workbench import open_study

        return open_study
    raise AttributeError(f"module 'analysis' has no attribute '{name}'")
