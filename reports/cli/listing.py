"""What a terminal shows of the dictionary: covariates, what is measurable, and which claims can be judged."""

from collections.abc import Iterable, Sequence

from analysis.cohort.source_check import SourceCheck
from analysis.declared.claims import Judged
from analysis.declared.floors import floors
from analysis.declared.study_parts import Report
from analysis.wording.catalogue import Catalogue
from reports.check.topics import FLOORS, in_order
from reports.dictionary.entries import ClaimLine, Entry, Section
from reports.writing.terminal import wrapped


def say_dictionary(
    sections: Iterable[Section], definitions: Iterable[str], text: Catalogue, is_source_known: bool
) -> str:
    """Return every covariate with all that is declared of it, then what words mean in the study.

    Parameters
    ----------
    sections, definitions
        In the words of the catalogue.
    text
        The catalogue.
    is_source_known
        Whether to say what a source measures, and what would unlock the rest.
    """
    lines = []
    for section in sections:
        title = section.label
        if is_source_known:
            declared = len(section.entries)
            title += "  " + text("dictionary.measured", measured=section.n_measured, declared=declared)
            if not section.n_measured and section.unlocked_by:
                title += text("dictionary.unlock", tables=section.unlocked_by)
        lines += [wrapped("", title, 0).lstrip(), ""]
        for entry in section.entries:
            lines += [wrapped(f"  {entry.name}", entry.label, 32), *_details(entry, text, is_source_known), ""]
    return "\n".join([*lines, text("dictionary.definitions"), *(wrapped("", says, 2) for says in definitions)])


def _details(entry: Entry, text: Catalogue, is_source_known: bool) -> list[str]:
    about = [
        ("listing.unit", entry.unit),
        ("listing.window", entry.window),
        ("listing.missing", entry.null_means),
        ("listing.needs", text.listed(entry.needs)),
        ("listing.enters_as", entry.transform),
        ("listing.sign_claim", f"{entry.expected_sign} {entry.claim}"),
    ]
    if is_source_known:
        lacks = text("listing.lacks", needs=entry.lacking)
        about.append(("listing.measured", lacks if entry.lacking else text("listing.yes")))
    if entry.better_with and (entry.improved_by or not is_source_known):
        about.append(("listing.better_with", text.listed(entry.improved_by or entry.better_with)))
    return [wrapped(f"      {text(key)}", says, 20) for key, says in about]


def say_findings(checked: SourceCheck, text: Catalogue) -> str:
    """Return all that a check found, in one place, and what of the source is not used."""
    number = len(checked.findings)
    if checked.n_errors:
        lines = [text("check.broken", number=number, errors=checked.n_errors)]
    else:
        lines = [text("check.found", number=number) if number else text("check.nothing_found")]
    for found in in_order(checked.findings):
        says = text("check.finding", severity=found.severity, finding=found.as_remark())
        lines.append(wrapped("  -", says, 4))
    if checked.not_yet_known:
        lines.append(text("check.not_yet_known"))
    for table, rows, cells in checked.not_yet_known:
        parts = [text("check.rows", rows=rows)] * bool(rows) + [text("check.cells", cells=cells)] * bool(cells)
        lines.append(wrapped("  -", text("check.not_known_of", table=table, parts=parts), 4))
    return "\n".join(lines)


def say_measurable(sections: Iterable[Section], text: Catalogue) -> str:
    """Return how many covariates of each family are measurable, what the others need, and what would better some."""
    lines = []
    for section in sections:
        declared = len(section.entries)
        lines.append(text("check.measurable", family=section.label, measured=section.n_measured, declared=declared))
        if not section.n_measured and section.unlocked_by:
            lines.append(wrapped(f"  {text('check.unlocked')}", text.listed(section.unlocked_by), 26))
        for key, needed in (("check.lacking", "lacking"), ("check.improved_by", "improved_by")):
            named: dict[tuple[str, ...], list[str]] = {}
            for entry in section.entries:
                if getattr(entry, needed):
                    named.setdefault(getattr(entry, needed), []).append(entry.name)
            lines += [wrapped(f"  {text(key, names=needs)}", text.listed(names), 6) for needs, names in named.items()]
    return "\n".join(lines)


def say_claims(claims: Sequence[ClaimLine], text: Catalogue) -> str:
    """Return a table of the claims: whether these data have the columns for each, and what would unlock the rest."""
    judged, in_part = (sum(line.judged is answer for line in claims) for answer in (Judged.YES, Judged.IN_PART))
    lines = [text("check.claims", claims=len(claims), judged=judged, in_part=in_part)]
    for line in claims:
        lines.append(wrapped(f"  {line.name}  {text(f'claims.judged_{line.judged}')}", line.says, 16))
        if line.lacking:
            lines.append(wrapped(" " * 15, text("check.claim_needs", names=line.lacking), 18))
    return "\n".join(lines)


def say_events(checked: SourceCheck, report: Report, text: Catalogue) -> str:
    """Return how many lifetimes left, beside the numbers from which on anything is concluded from them."""
    evidence = checked.evidence
    assert evidence is not None
    lines = [
        text(
            "check.left",
            events=evidence.events,
            clusters=evidence.clusters,
            lifetimes=checked.n_lifetimes,
        )
    ]
    for question, floor in floors(report, evidence).items():
        verdict = "enough" if floor.is_reached else "too_few"
        lines.append(f"  {text(FLOORS[question], floor=floor.needed, verdict=verdict)}")
    return "\n".join(lines)
