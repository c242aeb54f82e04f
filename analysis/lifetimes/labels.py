"""Labels: names of groups, pooled where a group is too small to be shown."""

import pandas as pd


def pooled_labels(labels: pd.Series, min_cell: int, most: int = 6) -> pd.Series:
    """Return labels with small groups, and all but the largest, pooled as 'other'; missing ones are 'unknown'."""
    named = labels.fillna("unknown").astype(str)
    sizes = (
        named.value_counts().rename_axis("label").reset_index().sort_values(["count", "label"], ascending=[False, True])
    )
    kept = sizes[sizes["count"] >= min_cell]["label"].head(most)
    return named.where(named.isin(kept), "other")
