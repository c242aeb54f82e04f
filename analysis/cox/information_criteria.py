"""Information criteria: what a fit's likelihood is worth, given how many coefficients it took."""

import numpy as np

from analysis.cox.fit import CoxFit


def degrees_of_freedom(fit: CoxFit) -> float:
    """Return how many coefficients a fit took: its columns, or what a ridge leaves of them.

    Notes
    -----
    The trace of information x inverse (penalised) information (Gray 1992, J. Am. Stat. Assoc. 87, 942), as the ``df``
    of R's ``coxph(... ridge())``.
    """
    if not fit.is_penalised:
        return float(len(fit.names))
    information = fit.maximum.information * np.outer(fit.scale, fit.scale)
    return float(np.einsum("ij,ji->", information, fit.covariance))


def aic(fit: CoxFit) -> float:
    """Return Akaike's criterion: 2 x degrees of freedom - 2 x log partial likelihood; lower is better.

    Of fits to the same rows only.
    """
    return 2 * degrees_of_freedom(fit) - 2 * fit.log_likelihood


def bic(fit: CoxFit) -> float:
    """Return Schwarz's criterion, whose penalty is the log of the number of events a degree of freedom.

    Notes
    -----
    Volinsky and Raftery (2000), Biometrics 56, 256: events are what a partial likelihood is made of; R's ``BIC`` of a
    ``coxph`` counts them, too.
    """
    return float(np.log(fit.rows.n_events)) * degrees_of_freedom(fit) - 2 * fit.log_likelihood
