"""HTML: the environment in which templates are filled in, in the words of a catalogue."""

import re
from collections.abc import Callable, Sequence
from functools import cache, partial

import pandas as pd
from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from analysis.wording.catalogue import Catalogue
from analysis.wording.controls import isolated, shown
from reports.writing.markup import finished, policy_hash, swatch


class _Compiled(BytecodeCache):
    """Templates that were compiled in this process: that takes longer than to fill them in."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._held:
            bucket.bytecode_from_string(self._held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._held[bucket.key] = bucket.bytecode_to_string()


@cache
def _compiled(language: str) -> _Compiled:
    """Return those of a language: what filters make of a constant is worked out as a template is compiled."""
    return _Compiled()


def environment(catalogue: Catalogue, **functions: Callable) -> Environment:
    """Return what finds and fills in templates: all is escaped, and nothing may be left open.

    Parameters
    ----------
    catalogue
        The language.
    functions
        Further ones that the templates of a page may call.
    """
    filled = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finished,
        bytecode_cache=_compiled(catalogue.language),
    )
    filled.filters.update(finished=partial(finished, catalogue=catalogue), policy_hash=policy_hash)
    filled.globals.update(
        swatch=swatch,
        t=catalogue,
        is_missing=pd.isna,
        count=catalogue.count,
        share=catalogue.share,
        number=catalogue.number,
        money=catalogue.money,
        p_value=catalogue.p_value,
        ratio=catalogue.ratio,
        day=catalogue.day,
        span=catalogue.span,
        listed=catalogue.listed,
        column=catalogue.label,
        names=partial(_names, catalogue),
        **functions,
    )
    return filled


def _finished(value: object) -> object:
    """Return a value as it comes onto a page: of text that is no HTML of ours, every control is shown."""
    return shown(value, keep="\n") if isinstance(value, str) and not isinstance(value, Markup) else value


def _names(catalogue: Catalogue, names: Sequence[str]) -> Markup:
    """Write names of the contract one after the other; a long one may break after a point or an underscore."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(catalogue.listed([isolated(name) for name in names])))))
