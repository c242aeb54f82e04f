"""HTML: the environment in which templates are filled in, in the words of a catalogue."""

import re
from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis.wording.catalogue import Catalogue
from analysis.wording.controls import isolated, shown
from reports.writing.markup import finished, policy_hash, swatch


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
