"""Declarations: what a folder of ``queries/1_sources`` says of its source."""

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files

from analysis.errors import SourceError

CONTRACT_KIND = "contract"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a folder of ``queries/1_sources`` says of its source.

    Attributes
    ----------
    files
        Raw tables and the files that hold them; empty for a source already in the contract's shape.
    stable_users
        Whether a user id is one person over time.
    observed_from
        First day that a table covers, where its log begins later than the contracts.
    """

    kind: str
    description: str
    files: dict[str, str] = field(default_factory=dict)
    stable_users: bool = True
    observed_from: dict[str, str] = field(default_factory=dict)


def source_kinds() -> tuple[str, ...]:
    """Return the known kinds of source."""
    folders = (files("queries") / "1_sources").iterdir()
    return tuple(sorted(entry.name for entry in folders if (entry / "source.toml").is_file()))


def read_declaration(kind: str) -> Declaration:
    """Read the declaration of a source.

    Raises
    ------
    SourceError
        If there is no such kind of source.
    """
    if kind not in source_kinds():
        raise SourceError(f"Unknown source kind '{kind}'. Known: {', '.join(source_kinds())}.")
    text = (files("queries") / "1_sources" / kind / "source.toml").read_text(encoding="utf-8")
    return Declaration(kind=kind, **tomllib.loads(text))
