"""Labels: whose row it is, and in which groups of accounts it is told apart."""

import pandas as pd

from analysis.evaluation.in_use import GROUPS


def labels_of(rows: pd.DataFrame, landmark: pd.Timestamp) -> pd.DataFrame:
    """Return the keys of the rows of one landmark, and the groups that are known of them, in the same order.

    Parameters
    ----------
    rows : DataFrame
        Landmark rows.
    landmark
        The day that they are asked about.
    """
    names = ["lifetime_id", "account_id", "cluster_id", *(name for name in GROUPS if name in rows)]
    labels = rows[names].reset_index(drop=True)
    labels.insert(0, "landmark", landmark)
    return labels
