"""Other faults: those that are no single word of the contract, as data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.declared.settings import read_toml
from analysis.worlds.faults.contract_faults import contract_faults
from analysis.worlds.faults.fault import Fault

_LISTS = ("first", "also")


def other_faults() -> Iterator[Fault]:
    """Yield the faults of ``other_faults.toml``."""
    for name, entry in read_toml(Path(__file__).parent / "other_faults.toml").items():
        settings: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in entry.items()}
        if settings.pop("all", False):
            settings["number"] = None
        yield Fault(f"{settings['table']}: {name}", name, **settings)


def all_faults() -> list[Fault]:
    """Return the faults of the contract's words, and the others."""
    return [*contract_faults(), *other_faults()]
