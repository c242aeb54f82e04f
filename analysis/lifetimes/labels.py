"""Labels: names of groups, pooled where a group is too small to be shown."""

import pandas as pd

ALL, OTHER, UNKNOWN = "all", "other", "unknown"
"""Groups that no source names: everybody, the small ones pooled, and those without a label."""


def pooled_labels(labels: pd.Series, min_cell: int, most: int = 6) -> pd.Series:
    """Return labels with small groups, and all but the largest, pooled as `OTHER`; missing ones are `UNKNOWN`."""
    named = labels.fillna(UNKNOWN).astype(str)
    sizes = (
        named.value_counts().rename_axis("label").reset_index().sort_values(["count", "label"], ascending=[False, True])
    )
    kept = sizes[sizes["count"] >= min_cell]["label"].head(most)
    return named.where(named.isin(kept), OTHER)
