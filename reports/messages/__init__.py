"""Message catalogues: every word a report says, a folder for each language and a file for each part of a page."""

import functools
import tomllib
from importlib.resources import files

from analysis.declared.factors import Covariate, read_covariates, read_families
from analysis.errors import ReportError
from analysis.wording.catalogue import Catalogue
from analysis.wording.remarks import english_messages, messages_of

ENGLISH = "en"
LANGUAGES = (ENGLISH, "ja")
_PHRASES = "phrases.toml"


@functools.cache
def read_catalogue(language: str, own: tuple[Covariate, ...] = ()) -> Catalogue:
    """Return the catalogue of a language, with the labels of the covariates that a study brings itself.

    Raises
    ------
    ReportError
        If there is none.
    """
    if language not in LANGUAGES:
        raise ReportError(f"There are no messages in '{language}'. Known: {', '.join(LANGUAGES)}.")
    messages = dict(english_messages()) if language == ENGLISH else {}  # its remarks stand beside the code in analysis
    for file in sorted((files("reports.messages") / language).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml") and file.name != _PHRASES:
            messages |= messages_of(file)
    labels = {family.name: family.label(language) for family in read_families()}
    labels |= {covariate.name: covariate.label(language) for covariate in (*read_covariates(), *own)}
    return Catalogue(language, messages, labels, {covariate.name: covariate for covariate in own})


@functools.cache
def read_phrases(language: str) -> dict[str, str]:
    """Return how units, windows and missing values of covariates are said in a language, by the words declared."""
    return tomllib.loads((files("reports.messages") / language / _PHRASES).read_text(encoding="utf-8"))
