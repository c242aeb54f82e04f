"""``tenure queries``: prints the texts of queries, as DuckDB or another engine reads them."""

import argparse

from analysis.cohort.build import FOLDERS
from analysis.cohort.queries import MONEY, queries_of
from analysis.engine.dialects import rendered
from analysis.errors import BuildError
from analysis.wording.nearest import nearest


def queries(options: argparse.Namespace) -> None:
    """Print each query that was named, or all in the order in which they run, with its parameters by name.

    Raises
    ------
    BuildError
        If there is no query of a name, or it cannot be written for the engine.
    """
    known = {query.name: query for query in queries_of((*FOLDERS, MONEY))}
    for name in options.names:
        if name not in known:
            raise BuildError(f"There is no query '{name}'. {nearest(name, known)}")
    for query in known.values():
        if not options.names or query.name in options.names:
            print(f"-- queries/{query.path}\n{rendered(query, options.dialect)};\n")
