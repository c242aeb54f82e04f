"""Keeping: a tried covariate as two files, in a folder that a study file names."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.errors import StoreError, StudyError


def keep_query(folder: Path, name: str, sql: str, content: Mapping[str, Any]) -> tuple[Path, Path]:
    """Write the SQL and what is said of it as ``name.sql`` and ``name.toml``; never over files that say otherwise.

    Parameters
    ----------
    folder
        Made if it is not there.
    name
        Of the query.
    sql
        As it was written.
    content
        ``family``, and a table for each covariate.

    Raises
    ------
    StudyError
        If a file of that name says something else.
    StoreError
        If nothing can be written there.
    """
    texts = {folder / f"{name}.sql": sql.strip() + "\n", folder / f"{name}.toml": as_toml(content)}
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise StudyError(f"{path} is there already and says something else. Remove it, or keep yours elsewhere.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"Nothing can be written to {folder}: {error.strerror}.") from None
    sql_file, toml_file = texts
    return sql_file, toml_file


def as_toml(content: Mapping[str, Any]) -> str:
    """Return keys and tables of text, lists of text and nothing else as TOML.

    Examples
    --------
    >>> print(as_toml({"family": "usage", "logins": {"label_en": "Logins", "needs": ("tickets",)}}), end="")
    family = "usage"
    <BLANKLINE>
    [logins]
    label_en = "Logins"
    needs = ["tickets"]
    """
    plain = [f"{key} = {_value(value)}" for key, value in content.items() if not isinstance(value, Mapping)]
    tables = [
        "\n".join(["", f"[{key}]", *(f"{name} = {_value(value)}" for name, value in table.items())])
        for key, table in content.items()
        if isinstance(table, Mapping)
    ]
    return "\n".join([*plain, *tables]) + "\n"


def _value(value: Any) -> str:
    """Return text, or a list of text, as TOML: the escapes of JSON are those of a basic string."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(map(_value, value))}]"
