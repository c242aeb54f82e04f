"""What a terminal shows of the dictionary: covariates, what is measurable, and which claims can be judged."""

import shutil
import textwrap
from collections.abc import Iterable, Sequence

from reports.dictionary import ClaimLine, Entry, Section

JUDGED = {"yes": "yes", "in_part": "in part", "no": "no"}


def say_dictionary(sections: Iterable[Section], definitions: Iterable[str]) -> str:
    """Return every covariate with all that is declared of it, then what words mean in the study."""
    lines = []
    for section in sections:
        lines += [section.label, ""]
        for entry in section.entries:
            lines += [_wrapped(f"  {entry.name}", entry.label, 32), *_details(entry), ""]
    return "\n".join([*lines, "What words mean", *(_wrapped("", sentence, 2) for sentence in definitions)])


def _details(entry: Entry) -> list[str]:
    about = [
        ("unit", entry.unit),
        ("window", entry.window),
        ("missing", entry.null_means),
        ("needs", ", ".join(entry.needs)),
        ("enters as", entry.transform),
        ("sign, claim", f"{entry.expected_sign} {entry.claim}"),
    ]
    return [_wrapped(f"      {name}", text, 20) for name, text in about]


def say_measurable(sections: Iterable[Section]) -> str:
    """Return how many covariates of each family are measurable, and what the others need."""
    lines = []
    for section in sections:
        lines.append(f"{section.label}: {section.n_measured} of {len(section.entries)} covariates measurable")
        if not section.n_measured and section.unlocked_by:
            lines.append(_wrapped("  would be measured with", ", ".join(section.unlocked_by), 26))
        lacking: dict[str, list[str]] = {}
        for entry in section.entries:
            if entry.lacking:
                lacking.setdefault(", ".join(entry.lacking), []).append(entry.name)
        lines += [_wrapped(f"  needs {needs}:", ", ".join(names), 6) for needs, names in lacking.items()]
    return "\n".join(lines)


def say_claims(claims: Sequence[ClaimLine]) -> str:
    """Return a table of the claims: whether these data can judge each, and what would unlock the rest of it."""
    n_judged, n_in_part = (sum(line.judged == judged for line in claims) for judged in ("yes", "in_part"))
    lines = [
        f"Of {len(claims)} claims on why accounts leave, these data can judge {n_judged}, and {n_in_part} in part:"
    ]
    for line in claims:
        lines.append(_wrapped(f"  {line.name}  {JUDGED[line.judged]}", line.says, 16))
        if line.lacking:
            lines.append(_wrapped(" " * 15, f"needs {', '.join(line.lacking)}", 18))
    return "\n".join(lines)


def _wrapped(head: str, text: str, indent: int) -> str:
    """Write a text after a head, its lines as wide as the terminal and indented alike."""
    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
    return textwrap.fill(
        text,
        width,
        initial_indent=f"{head} ".ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
