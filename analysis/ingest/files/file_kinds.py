"""File kinds: what a file of a source is by its name, and which Parquet files a folder holds."""

from collections.abc import Collection
from pathlib import Path

from analysis.declared.contract import as_written

TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
PARQUET = (".parquet",)
DATABASES = (".duckdb", ".db")
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar", ".csv.zip", ".csv.bz2", ".csv.xz", ".csv.zst")
OTHERS = (".txt", ".tab", ".avro", ".orc", ".feather", ".arrow", ".sqlite", ".sav", ".dta", ".sas7bdat", ".rds", ".pkl")
_ALL = sorted((*TEXT, *JSON, *PARQUET, *DATABASES, *SPREADSHEETS, *ARCHIVES, *OTHERS), key=len, reverse=True)


def kind_of(path: Path) -> str:
    """Return the ending that says what a file is, in lower case; its last suffix if it is none of those known."""
    name = path.name.lower()
    return next((kind for kind in _ALL if name.endswith(kind)), path.suffix.lower())


def table_name(path: Path) -> str:
    """Return the name of the table that a file, or a folder, would hold by its own name."""
    return as_written(path.name if path.is_dir() else path.name[: len(path.name) - len(kind_of(path))])


def parquet_files(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and of those in it, in order; what tools keep for themselves is left out."""
    return [path for path in _within(folder) if _is_parquet(path)]


def unread_within(folder: Path) -> list[Path]:
    """Return what else a folder of Parquet files holds, in order, and nothing reads: other files, links to folders."""
    others = (path for path in _within(folder) if not _is_parquet(path))
    return [path for path in others if path.is_symlink() or not path.is_dir()]


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet" and path.is_file()


def _within(folder: Path) -> list[Path]:
    """Return all that lies in a folder and in those in it, in order, but for what tools keep for themselves there."""
    return sorted(path for path in folder.rglob("*") if not any(map(_is_kept_back, path.relative_to(folder).parts)))


def _is_kept_back(name: str) -> bool:
    """Say whether a file or folder is a tool's own, as Spark says it: a partition may be by a column ``_day``."""
    return name[0] == "." or (name[0] == "_" and "=" not in name)


def is_delta(folder: Path) -> bool:
    """Say whether a folder is a Delta table: its log says which of its files are part of it."""
    return (folder / "_delta_log").is_dir()


def is_lake(folder: Path) -> bool:
    """Say whether a folder is an Iceberg or Hudi table: some of its files are no longer part of it."""
    is_other = (folder / ".hoodie").is_dir() or any((folder / "metadata").glob("*.metadata.json"))
    return is_other and not is_delta(folder)


def is_table(entry: Path) -> bool:
    """Say whether a file or a folder is of a kind that is read as a table."""
    if entry.is_dir():
        return is_delta(entry) or (not is_lake(entry) and bool(parquet_files(entry)))
    return kind_of(entry) in (*TEXT, *JSON, *PARQUET)


def holds_tables(folder: Path, names: Collection[str]) -> bool:
    """Say whether a folder holds files that go by the names of tables."""
    return any(table_name(path) in names and kind_of(path) in _ALL for path in folder.rglob("*") if path.is_file())
