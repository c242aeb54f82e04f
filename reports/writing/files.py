"""Files of a report: all of them written, or none changed."""

import os
from pathlib import Path

from analysis.errors import ReportError


def write_all(files: dict[Path, str]) -> None:
    """Write all files beside their places first, then move them there.

    Raises
    ------
    ReportError
        If one cannot be written; none is then changed.
    """
    parts = {path: path.with_name(f"{path.name}.part-{os.getpid()}") for path in files}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_text(text, encoding="utf-8", errors="replace")
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        raise ReportError(f"The report cannot be written: {error}. Choose another folder with --out.") from None
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
