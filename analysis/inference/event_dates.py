"""Event dates: do the findings depend on whether an account has left with its notice, or with its end?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.cox.cluster_errors import cluster_errors
from analysis.inference.fit import Inference
from analysis.inference.frames import EVENT_DATES
from analysis.inference.joint_tests import family_tests


def compare_event_dates(chosen: Inference, other: Inference, families: Sequence[str]) -> pd.DataFrame:
    """Set the joint tests of both fits side by side, and what moved most.

    Parameters
    ----------
    chosen, other : Inference
        The same study with its event dated as chosen, and the other way.
    families : sequence of str

    Returns
    -------
    DataFrame
        As `EVENT_DATES`; the errors, by `cluster_errors`, are those of the first fit.
    """
    tests = family_tests(chosen.fit, chosen.columns, families)
    others = family_tests(other.fit, other.columns, families).set_index("family")["p_value"]
    moved = dict(zip(other.fit.names, other.fit.coefficients, strict=True))
    shifts = pd.DataFrame(
        {
            "family": [column.family for column in chosen.columns],
            "marks_missing": [column.marks_missing for column in chosen.columns],
            "term": chosen.fit.names,
            "estimate": chosen.fit.coefficients,
            "other_estimate": [moved.get(name, np.nan) for name in chosen.fit.names],
        }
    )
    shifts["shift"] = (shifts["other_estimate"] - shifts["estimate"]) / cluster_errors(chosen.fit).std_errors
    known = shifts[~shifts["marks_missing"] & shifts["shift"].notna()]
    largest = known.loc[known.groupby("family", sort=False)["shift"].apply(lambda s: s.abs().idxmax())]
    table = tests[["family", "p_value"]].assign(other_p_value=tests["family"].map(others))
    moved_most = largest[["family", "term", "estimate", "other_estimate", "shift"]]
    return EVENT_DATES.checked(table.merge(moved_most, on="family", how="left"))
