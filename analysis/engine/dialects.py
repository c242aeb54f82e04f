"""Dialects: a query as another engine reads it, translated from the one text that there is of it."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.engine.query import Query, own_parameters
from analysis.errors import BuildError

if TYPE_CHECKING:  # translated only where somebody asks for it
    from sqlglot import exp

OWN = "duckdb"
"""The dialect in which queries are written."""
RUN = (OWN, "spark")
"""On which all queries were run, and gave the same tables."""
NOT_RUN = ("snowflake", "bigquery")
"""For which they are only written."""
DIALECTS = (*RUN, *NOT_RUN)


def rendered(query: Query, dialect: str, parameters: Mapping[str, Any] | None = None) -> str:
    """Return the text of a query in the dialect of another engine.

    Parameters
    ----------
    query
        The query.
    dialect
        One of `RUN`, or of `NOT_RUN`: then the first line says so.
    parameters
        All parameters on offer: those that the query names are written out, each as a literal of its type. None leaves
        their names, marked as that engine marks them.

    Raises
    ------
    BuildError
        If the dialect is not known; if sqlglot, which translates, is not installed or cannot say something of the query
        in that dialect; or if a parameter is not on offer, or no truth value, whole number, text or day.

    Examples
    --------
    >>> print(rendered(Query("settled", "", "select cast($snapshot as date) - $gap as day"), "duckdb"))
    select cast($snapshot as date) - $gap as day
    """
    if dialect not in DIALECTS:
        raise BuildError(f"There is no dialect '{dialect}'. Known: {', '.join(DIALECTS)}.")
    text = query.sql.rstrip() if dialect == OWN and parameters is None else _translated(query, dialect, parameters)
    return text if dialect in RUN else f"-- rendered, not run: nobody has put this text to {dialect}\n{text}"


def _translated(query: Query, dialect: str, parameters: Mapping[str, Any] | None) -> str:
    try:
        import sqlglot
        from sqlglot import errors
    except ImportError:
        raise BuildError(
            "To write a query for another engine needs sqlglot, which is not installed. Install it: "
            "pip install 'tenure-workbench[spark]'."
        ) from None
    level = errors.ErrorLevel.RAISE if dialect in RUN else errors.ErrorLevel.IGNORE
    try:
        tree = sqlglot.parse_one(query.sql, read=OWN)
        if parameters is not None:
            values = own_parameters(query, parameters)
            tree = tree.transform(lambda node: _written_out(node, values, query))
        return tree.sql(dialect, pretty=True, unsupported_level=level)
    except errors.SqlglotError as error:
        raise BuildError(f"{query.path} cannot be written for {dialect}: {error}") from None


def _written_out(node: "exp.Expr", values: Mapping[str, Any], query: Query) -> "exp.Expr":
    """Return a literal in the place of a parameter, everything else as it is."""
    from sqlglot import exp

    if not isinstance(node, exp.Placeholder):
        return node
    value = values[node.name]
    if isinstance(value, dt.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, bool | int | str):
        return exp.convert(value)
    raise BuildError(
        f"{query.path} asks for ${node.name}, which is {value!r}: no truth value, whole number, text or day."
    )
