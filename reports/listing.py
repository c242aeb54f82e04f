"""What a terminal shows of the dictionary: covariates, what is measurable, and which claims can be judged."""

from collections.abc import Iterable, Sequence

from analysis.cohort.source_check import SourceCheck
from analysis.declared.claims import Judged
from analysis.declared.floors import Question, floors
from analysis.declared.study import Report
from reports.dictionary import ClaimLine, Entry, Section
from reports.messages import Catalogue
from reports.terminal import wrapped

QUESTIONS = {Question.FORECAST: "forecast", Question.CONTEST: "comparison of families"}
JUDGED = {Judged.YES: "yes", Judged.IN_PART: "in part", Judged.NO: "no"}


def say_dictionary(
    sections: Iterable[Section], definitions: Iterable[str], catalogue: Catalogue, is_source_known: bool
) -> str:
    """Return every covariate with all that is declared of it, then what words mean in the study.

    Parameters
    ----------
    sections, definitions
        In the words of the catalogue.
    catalogue
        The language.
    is_source_known
        Whether to say what a source measures, and what would unlock the rest.
    """
    text, lines = catalogue.text, []
    for section in sections:
        title = section.label
        if is_source_known:
            declared = len(section.entries)
            title += "  " + text("dictionary.measured", measured=section.n_measured, declared=declared)
            if not section.n_measured and section.unlocked_by:
                title += text("dictionary.unlock", tables=text("list.comma").join(section.unlocked_by))
        lines += [wrapped("", title, 0).lstrip(), ""]
        for entry in section.entries:
            lines += [wrapped(f"  {entry.name}", entry.label, 32), *_details(entry, catalogue, is_source_known), ""]
    return "\n".join([*lines, text("dictionary.definitions"), *(wrapped("", says, 2) for says in definitions)])


def _details(entry: Entry, catalogue: Catalogue, is_source_known: bool) -> list[str]:
    text = catalogue.text
    comma = text("list.comma")
    about = [
        ("listing.unit", entry.unit),
        ("listing.window", entry.window),
        ("listing.missing", entry.null_means),
        ("listing.needs", comma.join(entry.needs)),
        ("listing.enters_as", entry.transform),
        ("listing.sign_claim", f"{entry.expected_sign} {entry.claim}"),
    ]
    if is_source_known:
        lacks = text("listing.lacks", needs=comma.join(entry.lacking))
        about.append(("listing.measured", lacks if entry.lacking else text("listing.yes")))
    if entry.better_with and (entry.improved_by or not is_source_known):
        about.append(("listing.better_with", comma.join(entry.improved_by or entry.better_with)))
    return [wrapped(f"      {text(key)}", says, 20) for key, says in about]


def say_findings(checked: SourceCheck) -> str:
    """Return all that a check found, in one place, and what of the source is not used."""
    number = len(checked.findings)
    which = "1 finding that does not stop a build" if number == 1 else f"{number} findings that do not stop a build"
    lines = [f"The contract holds; {which}:" if number else "The contract holds, and nothing was found."]
    lines += [wrapped("  -", f"{found.severity}: {found.message()}", 4) for found in checked.findings]
    if checked.not_yet_known:
        lines.append("Not used, as it was not yet known at the snapshot:")
    for table, rows, cells in checked.not_yet_known:
        parts = [f"{rows:,} rows"] * bool(rows) + [f"{cells:,} cells of known rows"] * bool(cells)
        lines.append(wrapped("  -", f"{table}: {' and '.join(parts)}", 4))
    return "\n".join(lines)


def say_measurable(sections: Iterable[Section]) -> str:
    """Return how many covariates of each family are measurable, what the others need, and what would better some."""
    lines = []
    for section in sections:
        lines.append(f"{section.label}: {section.n_measured} of {len(section.entries)} covariates measurable")
        if not section.n_measured and section.unlocked_by:
            lines.append(wrapped("  would be measured with", ", ".join(section.unlocked_by), 26))
        for says, needed in (("needs", "lacking"), ("better with", "improved_by")):
            named: dict[str, list[str]] = {}
            for entry in section.entries:
                if getattr(entry, needed):
                    named.setdefault(", ".join(getattr(entry, needed)), []).append(entry.name)
            lines += [wrapped(f"  {says} {needs}:", ", ".join(names), 6) for needs, names in named.items()]
    return "\n".join(lines)


def say_claims(claims: Sequence[ClaimLine]) -> str:
    """Return a table of the claims: whether these data have the columns for each, and what would unlock the rest."""
    n_judged, n_in_part = (sum(line.judged == judged for line in claims) for judged in (Judged.YES, Judged.IN_PART))
    lines = [
        f"Of {len(claims)} claims on why accounts leave, these data have the columns for {n_judged}, "
        f"and for {n_in_part} in part:"
    ]
    for line in claims:
        lines.append(wrapped(f"  {line.name}  {JUDGED[line.judged]}", line.says, 16))
        if line.lacking:
            lines.append(wrapped(" " * 15, f"needs {', '.join(line.lacking)}", 18))
    return "\n".join(lines)


def say_events(checked: SourceCheck, report: Report) -> str:
    """Return how many lifetimes left, beside the numbers from which on anything is concluded from them."""
    lines = [f"{checked.n_events:,} of {checked.n_lifetimes:,} lifetimes at risk left (lifetimes with event)."]
    for question, floor in floors(report, checked.n_events).items():
        enough = "enough" if floor.is_reached else "too few"
        lines.append(f"  A {QUESTIONS[question]} needs {floor.needed:,} lifetimes with event: {enough} here.")
    return "\n".join(lines)
