"""The page of a check: frozen content becomes one self-contained HTML file."""

from functools import partial
from typing import Any

from markupsafe import Markup

from analysis.declared.floors import floors
from analysis.declared.study import Study
from analysis.ingest.files.files_read import FileRead
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from reports.check.content import CheckContent, FoundLine, rows_by_year
from reports.check.pictures import timeline_picture
from reports.check.topics import FLOORS
from reports.dictionary.entries import Section, needs_in_words
from reports.dictionary.page import in_page
from reports.writing.html import environment

SEPARATORS = {
    ",": "source.separator_comma",
    ";": "source.separator_semicolon",
    "\t": "source.separator_tab",
    "|": "source.separator_bar",
}
ROWS = "rows"
"""The folder beside the page that holds the lists of rows."""


def render_check(study: Study, content: CheckContent, catalogue: Catalogue) -> str:
    """Return the check of a source as one HTML document.

    Parameters
    ----------
    study
        Its title, and the event that it studies.
    content
        All that was found.
    catalogue
        The language.
    """
    timeline = content.timeline
    functions: dict[str, Any] = {
        "say": partial(_say, catalogue),
        "rows_of": partial(_rows, catalogue),
        "how_read": partial(_how_read, catalogue),
        "lacking": _lacking,
        "in_words": lambda needs: needs_in_words(needs, catalogue, content.checked.not_measured),
    }
    return (
        environment(catalogue, **functions)
        .get_template("check/page.html.j2")
        .render(
            language=catalogue.language,
            study=study,
            c=content,
            folder=ROWS,
            years=rows_by_year(content.overview),
            ends=_ends(content),
            figures={"timeline": Markup(timeline_picture(timeline, catalogue))} if timeline else {},
            floors=_floors(study, content, catalogue),
            **in_page(study, content.checked.given, catalogue, content.checked.not_measured, is_open=False),
        )
    )


def _say(catalogue: Catalogue, said: Remark | str) -> str:
    return said if isinstance(said, str) else said.in_words(catalogue)


def _rows(catalogue: Catalogue, line: FoundLine) -> str:
    """Say how many rows a finding concerns, of how many."""
    if line.finding.rows is None:
        return ""
    if not line.of:
        return catalogue.count(line.finding.rows)
    return catalogue("source.rows_of", rows=line.finding.rows, of=line.of)


def _how_read(catalogue: Catalogue, file: FileRead) -> list[str]:
    """Say how a file was read."""
    said = [catalogue("source.encoding", encoding=file.encoding.upper())] if file.encoding else []
    if file.separator:
        said.append(catalogue(SEPARATORS.get(file.separator, "source.separator_other")))
    if file.skipped_lines:
        said.append(catalogue("source.skipped_lines", number=file.skipped_lines))
    return said or [catalogue("source.as_it_is")]


def _floors(study: Study, content: CheckContent, catalogue: Catalogue) -> list[str]:
    """Say from how many that left anything is concluded, and whether there are as many."""
    evidence = content.checked.evidence
    if evidence is None:
        return []
    return [
        catalogue(FLOORS[question], floor=floor.needed, verdict="enough" if floor.is_reached else "too_few")
        for question, floor in floors(study.report, evidence).items()
    ]


def _lacking(section: Section) -> list[tuple[tuple[str, ...], list[str]]]:
    """Return what a family lacks, and the labels of the covariates that each would measure."""
    named: dict[tuple[str, ...], list[str]] = {}
    for entry in section.entries:
        if entry.lacking:
            named.setdefault(entry.lacking, []).append(entry.label)
    return list(named.items())


def _ends(content: CheckContent) -> dict[str, Any]:
    """Return how many lifetimes at risk left by each cause, and how many did not."""
    table = content.overview.ends
    return {} if table is None else dict(zip(table["cause"], table["lifetimes"], strict=True))
