"""Event dates: do the findings depend on whether an account has left with its notice, or with its end?"""

import numpy as np
import pandas as pd

from analysis.inference.fit import Inference
from analysis.inference.frames import EVENT_DATES
from analysis.inference.joint_tests import family_tests


def compare_event_dates(tests: pd.DataFrame, ratios: pd.DataFrame, other: Inference) -> pd.DataFrame:
    """Set the joint tests of both fits side by side, and what moved most.

    Parameters
    ----------
    tests, ratios : DataFrame
        Of the fit with the event dated as chosen: from `family_tests`, and from `hazard_ratios`.
    other : Inference
        The same study with its event dated the other way.

    Returns
    -------
    DataFrame
        As `EVENT_DATES`; the errors are those of the first fit.
    """
    others = family_tests(other.fit, other.columns, list(tests["family"])).set_index("family")["p_value"]
    moved = dict(zip(other.fit.names, other.fit.coefficients, strict=True))
    shifts = ratios[["family", "marks_missing", "term", "estimate"]].assign(
        other_estimate=[moved.get(name, np.nan) for name in ratios["term"]]
    )
    shifts["shift"] = (shifts["other_estimate"] - shifts["estimate"]) / ratios["std_error"]
    known = shifts[~shifts["marks_missing"] & shifts["shift"].notna()]
    largest = known.loc[known.groupby("family", sort=False)["shift"].apply(lambda s: s.abs().idxmax())]
    table = tests[["family", "p_value"]].assign(other_p_value=tests["family"].map(others))
    moved_most = largest[["family", "term", "estimate", "other_estimate", "shift"]]
    return EVENT_DATES.checked(table.merge(moved_most, on="family", how="left"))
