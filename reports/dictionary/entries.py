"""The dictionary of covariates and the table of claims: what each means, and what it takes to measure it."""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.declared.claims import Judged, read_claims, read_own_claims
from analysis.declared.factors import Covariate, alternatives, read_families, unmet
from analysis.declared.needs import read_word
from analysis.declared.own_queries import NOTHING
from analysis.declared.study import Study
from analysis.declared.study_parts import Definitions, Windows
from analysis.errors import ReportError
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import Remark
from reports.messages import ENGLISH, read_phrases

Reasons = Mapping[str, Remark]
"""Why something that a source gives is not measured, by its name."""
NO_REASONS: Reasons = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One covariate in words.

    Attributes
    ----------
    lacking
        Empty where these data measure it.
    improved_by
        Of what makes it better, that which these data lack; empty where they do not measure it.
    """

    name: str
    label: str
    unit: str
    window: str
    null_means: str
    expected_sign: str
    claim: str
    transform: str
    needs: tuple[str, ...]
    lacking: tuple[str, ...]
    better_with: tuple[str, ...]
    improved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A family, its covariates, and how many of them these data measure."""

    name: str
    label: str
    color: str
    entries: tuple[Entry, ...]
    n_measured: int
    unlocked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim, whether these data have what it takes, and what they lack for all of it."""

    name: str
    says: str
    judged: Judged
    lacking: tuple[str, ...]


def dictionary(
    study: Study | None, given: Collection[str], catalogue: Catalogue, reasons: Reasons = NO_REASONS
) -> tuple[Section, ...]:
    """Return every declared covariate by family, in the words and with the values of a study.

    Parameters
    ----------
    study
        Its windows and definitions; None for those that a study has by default.
    given
        What the source gives (see `analysis.declared.contract.names_given`).
    catalogue
        The language.
    reasons
        Why what else the source gives is not measured, by name.
    """
    values, own = parameter_values(study), study.own if study else NOTHING
    sections = []
    for family in read_families():
        declared = [covariate for covariate in own.declared() if covariate.family == family.name]
        entries = tuple(
            _entry(covariate, values, given, catalogue, reasons, is_own=covariate in own.covariates)
            for covariate in declared
        )
        sections.append(
            Section(
                name=family.name,
                label=family.label(catalogue.language),
                color=family.color,
                entries=entries,
                n_measured=sum(not entry.lacking for entry in entries),
                unlocked_by=needs_in_words(unmet(family.unlocked_by, given), catalogue, reasons),
            )
        )
    return tuple(sections)


def claim_lines(
    study: Study | None, given: Collection[str], catalogue: Catalogue, reasons: Reasons = NO_REASONS
) -> tuple[ClaimLine, ...]:
    """Return every registered claim and the study's own, and what a source lacks for each; see `dictionary`.

    Raises
    ------
    StudyError
        If the study's own claims cannot be read.
    """
    own = read_own_claims(study.claims, study.own) if study else ()
    lines = []
    for claim in (*read_claims(), *own):
        needs = needs_in_words(claim.lacking(given), catalogue, reasons)
        lines.append(ClaimLine(claim.name, claim.says(catalogue.language), claim.judged(given), needs))
    return tuple(lines)


def parameter_values(study: Study | None) -> dict[str, int | tuple[str, ...]]:
    """Return the value of each window and definition, by the name that covariates call it in their words."""
    windows, definitions = (study.windows, study.definitions) if study else (Windows(), Definitions())
    return dataclasses.asdict(windows) | dataclasses.asdict(definitions)


def definitions(study: Study | None, catalogue: Catalogue) -> list[str]:
    """Return a sentence for each window and definition of a study."""
    values = parameter_values(study)
    return [catalogue.text(f"define.{name}", value=value) for name, value in values.items()]


def needs_in_words(needs: Sequence[str], catalogue: Catalogue, reasons: Reasons = NO_REASONS) -> tuple[str, ...]:
    """Return needs with the language's word between alternatives, and why what is given is not measured, each once."""
    told: set[str] = set()
    said = []
    for need in needs:
        names = alternatives(need)
        behind = [_behind(name, reasons) for name in names]
        new = [name for name in dict.fromkeys(behind) if name and name not in told]
        told.update(new)
        why = [
            reasons[name] if names == (name,) else catalogue.text("dictionary.reason", name=name, reason=reasons[name])
            for name in new
        ]
        listed = catalogue.listed(names, "or")
        said.append(catalogue.text("dictionary.because", name=listed, reasons=why) if why else listed)
    return tuple(said)


def _behind(name: str, reasons: Reasons) -> str:
    """Return what of a word is given and not measured: itself, its column or its table; '' where nothing is."""
    word = read_word(name)
    larger = reversed(word.larger()) if word else ()
    return next((other for other in (name, *larger) if other in reasons), "")


def phrase(text: str, values: Mapping[str, object], language: str, *, is_own: bool = False) -> str:
    """Return what a declaration says, in a language, with the study's values in place of their names.

    What a study declares itself, and nobody has translated, is said as it is.

    Raises
    ------
    ReportError
        If nobody has translated it yet.
    """
    said = read_phrases(language).get(text, text if is_own or language == ENGLISH else None)
    if said is None:
        raise ReportError(f"'{text}' has no words in '{language}'. Add it to reports/messages/{language}/phrases.toml.")
    return re.sub(r"[a-z]+_[a-z_]+", lambda found: str(values.get(found[0], found[0])), said)


def _entry(
    covariate: Covariate,
    values: Mapping[str, object],
    given: Collection[str],
    catalogue: Catalogue,
    reasons: Reasons,
    *,
    is_own: bool,
) -> Entry:
    def words(text: str, in_japanese: str = "") -> str:
        own = in_japanese if catalogue.language == "ja" else ""
        return own or phrase(text, values, catalogue.language, is_own=is_own)

    return Entry(
        name=covariate.name,
        label=covariate.label(catalogue.language),
        unit=words(covariate.unit, covariate.unit_ja),
        window=words(covariate.window),
        null_means=words(covariate.null_means, covariate.null_means_ja),
        expected_sign=covariate.expected_sign,
        claim=covariate.claim,
        transform=catalogue.text(f"transform.{covariate.transform}"),
        needs=needs_in_words(covariate.needs, catalogue),
        lacking=needs_in_words(covariate.lacking(given), catalogue, reasons),
        better_with=needs_in_words(covariate.better_with, catalogue),
        improved_by=needs_in_words(covariate.improvable(given), catalogue, reasons),
    )
