"""Message catalogues: every word a report says, by language."""

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from analysis.errors import ReportError

LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Messages in one language; what it lacks is said in English."""

    language: str
    messages: dict[str, str]
    english: dict[str, str]

    def text(self, key: str, **values: Any) -> str:
        """Return a message with its places filled in.

        Raises
        ------
        ReportError
            If there is no such message in any language, or a place is left open.
        """
        message = self.messages.get(key) or self.english.get(key)
        if message is None:
            raise ReportError(f"There is no message '{key}'.")
        try:
            return message.format(**values)
        except KeyError as error:
            raise ReportError(f"Message '{key}' needs a value for {error}.") from None


@functools.cache
def read_catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language.

    Raises
    ------
    ReportError
        If there is none.
    """
    if language not in LANGUAGES:
        raise ReportError(f"There are no messages in '{language}'. Known: {', '.join(LANGUAGES)}.")
    return Catalogue(language, _messages(language), _messages("en"))


@functools.cache
def read_phrases(language: str) -> dict[str, str]:
    """Return how units, windows and missing values of covariates are said in a language, by the words declared."""
    return tomllib.loads((files("reports.messages") / f"covariates.{language}.toml").read_text(encoding="utf-8"))


def _messages(language: str) -> dict[str, str]:
    content = tomllib.loads((files("reports.messages") / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": message for section, entries in content.items() for key, message in entries.items()}
