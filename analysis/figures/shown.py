"""Shown: what has one display of its own, and shows, draws and saves that; answers, that tell what can be asked."""

import html
import inspect
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.display import Display
from analysis.wording.nearest import nearest


class Shown:
    """A result with more to ask of it, that is seen by its first answer: `shown`."""

    if not TYPE_CHECKING:  # which refuses such names by itself

        def __getattr__(self, name: str) -> object:
            """Refuse a name that there is not: the nearest are named."""
            return refused(self, name, f"There is no '{name}' to ask of {type(self).__name__}.", dir(type(self)))

    def shown(self) -> Display:
        """Return the answer that it is seen by."""
        raise NotImplementedError

    def frame(self) -> pd.DataFrame:
        """Return the numbers of the first answer."""
        return self.shown().frame()

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draw the first answer; see `Display.plot`."""
        return self.shown().plot(ax)

    def save(self, path: str | Path) -> Path:
        """Save the first answer; see `Display.save`."""
        return self.shown().save(path)

    def __repr__(self) -> str:
        """Return the first answer as text."""
        return repr(self.shown())

    def _repr_html_(self) -> str:
        """Return the first answer as HTML."""
        return self.shown()._repr_html_()


class Answers(Shown):
    """Answers to several questions, a method each; called, it gives the first: ``study.contest()``.

    By itself it computes nothing: it shows what can be asked.
    """

    first: ClassVar[str]
    """Name of the method that gives the first answer."""

    def shown(self) -> Display:
        """Return the first answer."""
        return getattr(self, self.first)()

    def __call__(self) -> Display:
        """Return the first answer."""
        return self.shown()

    def __repr__(self) -> str:
        """Return what can be asked, as text."""
        return in_lines(self._title(), {"": self._questions()})

    def _repr_html_(self) -> str:
        """Return what can be asked, as HTML."""
        return in_html(self._title(), {"": self._questions()})

    def _title(self) -> str:
        return summary_of(type(self)).rstrip(".").split(";")[0]

    def _questions(self) -> list[tuple[str, str]]:
        return questions_of(type(self), [name for name in vars(type(self)) if _is_asked(type(self), name)])


def refused(owner: object, name: str, says: str, known: Collection[str], listed_by: str = "") -> object:
    """Refuse a name that there is not, for a ``__getattr__``; of one that there is, what it asked for is not.

    Parameters
    ----------
    owner, name
        Who was asked, and for what.
    says
        What is said of it, before the nearest of the `known` names.
    known, listed_by
        As in `analysis.wording.nearest.nearest`.

    Raises
    ------
    AttributeError
        With what is said; of a name that is there, or nobody's business, what Python says.
    """
    if hasattr(type(owner), name) or name.startswith("_"):
        return object.__getattribute__(owner, name)
    offered = [one for one in known if not one.startswith("_")]
    raise AttributeError(f"{says} {nearest(name, offered, listed_by=listed_by)}")


def summary_of(documented: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(documented) or "").split("\n")[0]


def questions_of(kind: type, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return each method or attribute of a class as it is asked for, with what it gives."""
    found = []
    for name in names:
        member = inspect.getattr_static(kind, name)
        is_method = inspect.isfunction(member)
        what = summary_of(member).removeprefix("Return ").rstrip(".").replace("`", "")
        found.append((f".{name}()" if is_method else f".{name}", what[:1].upper() + what[1:]))
    return found


def _is_asked(kind: type, name: str) -> bool:
    """Whether a name of a class is a question that takes no more than the asker may leave out."""
    member = inspect.getattr_static(kind, name)
    if name.startswith("_") or name == "shown" or not inspect.isfunction(member):
        return False
    parameters = list(inspect.signature(member).parameters.values())[1:]
    return all(parameter.default is not inspect.Parameter.empty for parameter in parameters)


def in_lines(title: str, groups: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return questions as text, group by group."""
    width = max(len(name) for questions in groups.values() for name, _ in questions)
    lines = [title]
    for group, questions in groups.items():
        lines += [group] if group else []
        lines += [f"  {name:<{width}}  {what}" for name, what in questions]
    return "\n".join(lines)


def in_html(title: str, groups: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return questions as HTML, group by group."""
    rows = []
    for group, questions in groups.items():
        if group:
            rows.append(f'<tr><th colspan="2" style="text-align: left">{html.escape(group)}</th></tr>')
        rows += [
            f'<tr><td style="text-align: left"><code>{html.escape(name)}</code></td>'
            f'<td style="text-align: left">{html.escape(what)}</td></tr>'
            for name, what in questions
        ]
    return f"<h4>{html.escape(title)}</h4><table>{''.join(rows)}</table>"
