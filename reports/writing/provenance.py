"""Provenance: what a page can be made again from."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.package_versions import package_versions
from analysis.wording.catalogue import Catalogue


def provenance(tenure: CohortTables, text: Catalogue, command: str) -> dict[str, str]:
    """Return command, hashes, versions and settings of a page, each by its name in the words of a catalogue.

    Parameters
    ----------
    tenure
        The study and what its cohort was built from.
    text
        The language.
    command
        What writes the page, without its options.
    """
    said = {text("provenance.command"): f"{command} --language {text.language}"}
    hashes = {text("provenance.hash", part=part): value for part, value in tenure.hashes.items()}
    versions = {text("provenance.version", package=name): number for name, number in package_versions().items()}
    return said | hashes | versions | _flat(tenure.study.as_dict(), text)


def own_claims(tenure: CohortTables, text: Catalogue) -> dict[str, str]:
    """Return the hash of the claims that the study adds, by its name; nothing where it adds none."""
    return _hash_of(tenure.study.claims, text("ledger.own_claims"))


def own_actions(tenure: CohortTables, text: Catalogue) -> dict[str, str]:
    """Return the hash of the actions that the study suggests, by its name; nothing where it has none of its own."""
    return _hash_of(tenure.study.actions, text("accounts.own_actions"))


def _hash_of(file: Path, name: str) -> dict[str, str]:
    return {name: hashlib.sha256(file.read_bytes()).hexdigest()[:16]} if file.is_file() else {}


def _flat(value: Any, text: Catalogue) -> dict[str, str]:
    """Flatten nested values into dotted keys and text."""
    flat: dict[str, str] = {}
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            flat |= {f"{key}.{inner}": says for inner, says in _flat(entry, text).items()}
        else:
            flat[str(key)] = text.listed(list(map(str, entry))) if isinstance(entry, tuple | list) else str(entry)
    return flat
