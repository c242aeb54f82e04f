"""Definition: what a health score is made of, as `health_score.toml` beside the study says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from analysis.declared.own_queries import NOTHING, OwnQueries
from analysis.declared.settings import parse_settings, read_toml
from analysis.errors import StudyError
from analysis.health_score.scaling import Scaling
from analysis.wording.nearest import nearest

Missing = Literal["left_out", "neutral", "worst"]
Colour = Literal["green", "yellow", "red"]
Operator = Literal["=", "!=", "<", "<=", ">", ">="]
FULL = 100.0
_CLOSE = 1e-6
VARIES_BY = ("segment", "phase", "touch_model", "term")
"""What accounts may be told apart by in a variant."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a score.

    Attributes
    ----------
    covariate, published
        What its value is: a covariate as known on the day, or a component of the published history (a manual rating,
        too, is one): exactly one of them.
    weight
        Of 100.
    missing
        Where its value is: ``left_out`` (the others' weights grow to 100), ``neutral`` (50 points), ``worst`` (0).
    """

    name: str
    weight: float
    covariate: str = ""
    published: str = ""
    scaling: Scaling = field(default_factory=Scaling)
    missing: Missing = "left_out"


@dataclass(frozen=True, slots=True)
class Colours:
    """Below `red_below` a score is red, from `green_from` on green, between them yellow."""

    red_below: float = 40.0
    green_from: float = 60.0


@dataclass(frozen=True, slots=True)
class Override:
    """A colour that an account never has while a covariate compares so with a value."""

    covariate: str
    compared: Operator
    value: float
    never: Colour
    instead: Colour


@dataclass(frozen=True, slots=True)
class Variant:
    """Other weights where accounts differ.

    Attributes
    ----------
    by, of
        A label (`VARIES_BY`) and its value.
    weights
        Of every component, 100 in sum.
    """

    by: str
    of: str
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class ScoreDefinition:
    """A health score.

    Attributes
    ----------
    is_proposed
        Written by an audit, and not in use.
    """

    name: str
    components: tuple[Component, ...]
    colours: Colours = field(default_factory=Colours)
    overrides: tuple[Override, ...] = ()
    variants: tuple[Variant, ...] = ()
    is_proposed: bool = False

    @property
    def weights(self) -> dict[str, float]:
        """Of each component, where no variant says otherwise."""
        return {one.name: one.weight for one in self.components}

    def with_weights(self, weights: dict[str, float]) -> "ScoreDefinition":
        """Return the same score with other weights, and no variants."""
        components = tuple(replace(one, weight=float(weights[one.name])) for one in self.components)
        return replace(self, components=components, variants=())


def read_definition(path: Path, own: OwnQueries = NOTHING) -> ScoreDefinition | None:
    """Read a health score; None where there is no file.

    Parameters
    ----------
    path
        The file.
    own
        What the study brings: its covariates may be named like the product's.

    Raises
    ------
    StudyError
        If the file cannot be read, a key is unknown or missing, a covariate is, or is no number, or weights are not 100
        in sum.
    """
    try:
        content = read_toml(path)
    except FileNotFoundError:
        return None
    definition: ScoreDefinition = parse_settings(ScoreDefinition, content, str(path))
    _check(definition, str(path), own)
    return definition


def _check(definition: ScoreDefinition, where: str, own: OwnQueries) -> None:
    names = [one.name for one in definition.components]
    if not names or len(set(names)) < len(names) or "total" in names:
        raise StudyError(f"{where}: components need names of their own, none of them 'total'; {names} arrived.")
    known = {one.name: one.transform for one in own.declared() if "landmarks" in one.cohorts}
    for one in definition.components:
        place = f"{where}: component '{one.name}'"
        if bool(one.covariate) == bool(one.published):
            raise StudyError(f"{place} needs exactly one of 'covariate' and 'published'.")
        if one.covariate:
            _require_covariate(one.covariate, known, place)
            if one.scaling.way == "as_published":
                raise StudyError(f"{place}: a covariate needs a scaling: bands, linear or percentile.")
        one.scaling.check(place)
    _check_weights(definition.weights, set(names), where)
    for variant in definition.variants:
        place = f"{where}: variant {variant.by} = '{variant.of}'"
        if variant.by not in VARIES_BY:
            raise StudyError(f"{place}: a variant is by one of {', '.join(VARIES_BY)}.")
        _check_weights(variant.weights, set(names), place)
    for override in definition.overrides:
        _require_covariate(override.covariate, known, f"{where}: override")
        if override.never == override.instead:
            raise StudyError(f"{where}: an override never {override.never} needs another colour instead of it.")
    if not 0 < definition.colours.red_below <= definition.colours.green_from < FULL:
        raise StudyError(
            f"{where}: colours need 0 < red_below <= green_from < 100; {definition.colours.red_below} and "
            f"{definition.colours.green_from} arrived."
        )


def _require_covariate(name: str, known: Mapping[str, str], where: str) -> None:
    if name not in known:
        near = nearest(name, known, listed_by="`tenure covariates`")
        raise StudyError(f"{where}: there is no covariate '{name}' of landmarks. {near}")
    if known[name] in ("category", "clock"):
        raise StudyError(f"{where}: {name} is no number. Points, and overrides, are of numbers.")


def _check_weights(weights: dict[str, float], names: set[str], where: str) -> None:
    if set(weights) != names:
        raise StudyError(f"{where}: every component needs a weight: {sorted(names)}; {sorted(weights)} arrived.")
    total = sum(weights.values())
    if any(one < 0 for one in weights.values()) or not math.isclose(total, FULL, abs_tol=_CLOSE):
        raise StudyError(f"{where}: weights are not negative and 100 in sum; {weights} makes {total:g}.")


def definition_text(definition: ScoreDefinition) -> str:
    """Return a definition as the text of a file that `read_definition` reads back as the same."""
    lines = [f"name = {_text(definition.name)}", f"is_proposed = {str(definition.is_proposed).lower()}", ""]
    colours = definition.colours
    lines += ["[colours]", f"red_below = {colours.red_below!r}", f"green_from = {colours.green_from!r}"]
    for one in definition.components:
        lines += ["", "[[components]]", f"name = {_text(one.name)}"]
        lines += [f"{key} = {_text(value)}" for key in ("covariate", "published") if (value := getattr(one, key))]
        lines += [f"weight = {one.weight!r}", f"missing = {_text(one.missing)}", "", "[components.scaling]"]
        scaling = one.scaling
        lines.append(f"way = {_text(scaling.way)}")
        lines += [f"{key} = {list(value)!r}" for key in ("edges", "points") if (value := getattr(scaling, key))]
        if scaling.points_at:
            lines.append(f"points_at = {[list(pair) for pair in scaling.points_at]!r}")
        lines.append(f"higher_is_worse = {str(scaling.higher_is_worse).lower()}")
    for override in definition.overrides:
        lines += [
            "",
            "[[overrides]]",
            f"covariate = {_text(override.covariate)}",
            f"compared = {_text(override.compared)}",
        ]
        lines += [f"value = {override.value!r}", f"never = {_text(override.never)}"]
        lines.append(f"instead = {_text(override.instead)}")
    for variant in definition.variants:
        lines += ["", "[[variants]]", f"by = {_text(variant.by)}", f"of = {_text(variant.of)}", "[variants.weights]"]
        lines += [f"{_text(name)} = {weight!r}" for name, weight in variant.weights.items()]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Return a basic TOML string."""
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(marks.get(c, c if c.isprintable() else f"\\u{ord(c):04x}") for c in value) + '"'
