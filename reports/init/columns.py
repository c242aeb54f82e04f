"""Columns: every table of the contract and every column of it explained, for whoever fills them in by hand."""

import tomllib
from importlib.resources import files

from analysis.declared.contract import Column, Table, read_contract

_HEAD = """# The tables that a study reads

One file of CSV (or Parquet) for each table, in the folder of the data. Two are needed; leave out the others that you
cannot give, and columns that you do not have: what is not there is reported as not measured, never as zero. A bold
column must be filled in every row. Days are written 2024-03-01 unless the study says another format. A row, and a cell,
counts from the day on which it became known: fill in `known_on` where you entered something later than it happened.
"""
_RULED = ("| column | holds | what it is |", "|---|---|---|")
_TYPES = {
    "text": "text",
    "date": "day",
    "integer": "whole number",
    "days": "days",
    "number": "number",
    "boolean": "true or false",
}


def contract_columns() -> str:
    """Return what each table of the contract is, and each of its columns, as Markdown."""
    said = tomllib.loads((files("queries") / "1_sources" / "contract" / "columns.toml").read_text(encoding="utf-8"))
    return "\n".join([_HEAD, *(_table(table, said[table.name]) for table in read_contract().values())])


def _table(table: Table, said: dict[str, str]) -> str:
    needed = " **Needed.**" if table.required else ""
    key = f" No two rows share {_listed(table.key)}." if table.key and not table.is_additive else ""
    lines = [
        f"| {f'**{column.name}**' if column.required else column.name} | {_TYPES[column.type]} | "
        f"{said[column.name]}{_asks(column)} |"
        for column in table.columns
    ]
    return "\n".join([f"## {table.name}\n", f"{said['says']}{needed}{key}\n", *_RULED, *lines, ""])


def _asks(column: Column) -> str:
    """Return what else the contract asks of a column."""
    asks = []
    if column.values:
        asks.append(f"one of {_listed(column.values)}")
    if column.references:
        asks.append(f"must be in `{column.references}`")
    if column.least is not None and column.most is not None:
        asks.append(f"from {column.least} to {column.most}")
    elif column.least is not None:
        asks.append(f"at least {column.least}")
    asks += [f"not before `{other}`" for other in column.not_before]
    if column.only_with:
        asks.append(f"only where `{column.only_with}` is filled in")
    return f" ({'; '.join(asks)})" if asks else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
