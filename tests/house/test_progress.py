"""What takes time is told: a line each in a file, a bar with the time left in a terminal, one line in a notebook."""

import io
import sys
from types import SimpleNamespace

from analysis.progress import Bars, Counted, counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_messages_that_count_are_understood():
    assert counted("what each family is worth: quarter 2 of 4") == Counted(2, 4)
    assert counted("fitting the model") is None
    assert counted("quarter 5 of 4") is None


def test_a_file_has_a_line_for_each_message():
    stream = io.StringIO()
    tell = Bars(stream)
    for message in ("reading", "quarter 1 of 2", "quarter 2 of 2"):
        tell(message)
    assert stream.getvalue() == "reading\nquarter 1 of 2\nquarter 2 of 2\n"


def test_a_terminal_has_a_bar_and_the_time_left():
    """One of four steps took 10 s: 30 s are left; the second took as long: 20 s."""
    now, stream = SimpleNamespace(at=0.0), Terminal()
    tell = Bars(stream, lambda: now.at)
    tell("learning")
    for step in (1, 2, 3, 4):
        now.at += 10
        tell(f"from 2024-0{step}-01: quarter {step} of 4")
    lines = stream.getvalue().split("\r\033[K")
    first = "from 2024-01-01: quarter 1 of 4  ██████··················  about 30 s left"
    assert lines[0] == f"learning\n{first}", "a line is cleared only where a bar was left standing"
    assert lines[1].endswith("about 20 s left")
    assert lines[3].endswith("████████████████████████\n")


def test_a_notebook_has_one_line_for_each_cell(monkeypatch):
    shown = []

    class ZMQInteractiveShell:
        execution_count = 1

    class Handle:
        def update(self, content):
            shown.append(("update", content))

    shell = ZMQInteractiveShell()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    display = SimpleNamespace(HTML=str, display=lambda content, display_id: shown.append(("new", content)) or Handle())
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    tell = Bars()
    tell("<reading>")
    tell("quarter 1 of 2")
    shell.execution_count = 2
    tell("quarter 2 of 2")
    assert [kind for kind, _ in shown] == ["new", "update", "new"]
    assert "&lt;reading&gt;" in shown[0][1]
    assert '<progress value="1" max="2"></progress>' in shown[1][1]
