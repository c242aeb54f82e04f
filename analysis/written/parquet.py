"""Parquet: tables as files that keep the types of their columns."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.engine.opening import open_engine


def write_parquet(tables: Mapping[str, pd.DataFrame], folder: Path, memory_limit: str | None = None) -> list[str]:
    """Write each table as a Parquet file of its name; return the names of the files.

    Parameters
    ----------
    tables
        By name.
    folder
        It must be there.
    memory_limit
        As `analysis.engine.opening.open_engine` takes it.
    """
    with open_engine(":memory:", 1, memory_limit) as engine:
        for name, table in tables.items():
            with engine.showing(table_to_write=_typed(table)):
                engine.write_parquet("select * from table_to_write", folder / f"{name}.parquet")
    return [f"{name}.parquet" for name in tables]


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which a column of objects, or of categories, is one of text."""
    texts = table.select_dtypes(["object", "category"]).columns
    return table.assign(**{name: table[name].astype(object).map(str, na_action="ignore") for name in texts})
