"""Files of a new study: its study file, and the folder of its own source or the empty tables of the contract."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from analysis.declared.contract import read_contract
from analysis.declared.declaration import CONTRACT_KIND, DECLARED_IN, Declaration, read_declaration
from analysis.errors import StoreError
from analysis.store.sets import new_set
from reports.init.columns import contract_columns

BLANK = "blank"
TEMPLATES = {"salesforce_zendesk": "salesforce_zendesk", "stripe": "stripe", "hubspot": "hubspot", BLANK: CONTRACT_KIND}
"""What a study can begin with, and the folder of ``queries/1_sources`` that it is written from."""
STUDY, SOURCE, RAW, DATA, COLUMNS = "study.toml", "my_source", "raw", "data", "columns.md"


@dataclass(frozen=True, slots=True)
class NewStudy:
    """A study that was begun.

    Attributes
    ----------
    study
        Its study file.
    files
        All that was written, by paths from the study's folder.
    data
        The folder that waits for data.
    needed, optional
        Names of the files that it waits for, those that it must have apart.
    """

    study: Path
    files: tuple[str, ...]
    data: Path
    needed: tuple[str, ...]
    optional: tuple[str, ...]


def write_study(template: str, folder: Path) -> NewStudy:
    """Write a study to begin with into a new folder, whole or not at all.

    Parameters
    ----------
    template
        One of `TEMPLATES`.
    folder
        A folder that is not there yet, or is empty.

    Raises
    ------
    StoreError
        If something is there, which is never written over, or nothing can be written.
    """
    refuse_existing(folder)
    declaration = read_declaration(TEMPLATES[template])
    texts = _texts(declaration)
    with new_set(folder) as new:
        for path, text in texts.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text(text, encoding="utf-8", newline="\n")
        data = new / (DATA if declaration.kind == CONTRACT_KIND else RAW)
        data.mkdir(exist_ok=True)
        refuse_existing(folder)
    needed, optional = _awaited(declaration)
    return NewStudy(folder / STUDY, tuple(texts), folder / data.name, needed, optional)


def refuse_existing(folder: Path) -> None:
    """Refuse a folder that holds something, and a place that is none.

    Raises
    ------
    StoreError
        With what to do.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir() or any(folder.iterdir()):
        what = "is not empty" if folder.is_dir() and not folder.is_symlink() else "is there already and is no folder"
        raise StoreError(f"{folder} {what}: nothing is written over. Name a new folder, as in: tenure init FOLDER.")


def _texts(declaration: Declaration) -> dict[str, str]:
    """Return the text of every file of a new study, by its path in the study's folder."""
    home = files("queries") / "1_sources" / declaration.kind
    texts = {STUDY: (home / STUDY).read_text(encoding="utf-8")}
    if declaration.kind != CONTRACT_KIND:
        texts[f"{SOURCE}/{DECLARED_IN}"] = (home / DECLARED_IN).read_text(encoding="utf-8")
        return texts | {f"{SOURCE}/{query.name}.sql": query.sql for query in declaration.queries}
    tables = read_contract().values()
    empty = {f"{DATA}/{table.name}.csv": ",".join(table.column_names) + "\n" for table in tables}
    return texts | {COLUMNS: contract_columns()} | empty


def _awaited(declaration: Declaration) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files that a study waits for: those that it must have, and others."""
    if declaration.kind == CONTRACT_KIND:
        tables = read_contract().values()
        return (
            tuple(f"{table.name}.csv" for table in tables if table.required),
            tuple(f"{table.name}.csv" for table in tables if not table.required),
        )
    named = declaration.files.items()
    return (
        tuple(file for name, file in named if name not in declaration.optional),
        tuple(file for name, file in named if name in declaration.optional),
    )
