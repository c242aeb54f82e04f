"""JupyterLab in a real browser: a notebook opens, its cells run, a bar moves, a picture is saved."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from notebook_house import ROOT, write_house
from shared import once

pytestmark = pytest.mark.browser
PROBE = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %%
study.evaluate(["last_settled_quarter"])

# %%
study.survival().save("../out/probe.png")
"""
WATCH = """() => {
    window.bars = []; window.said = [];
    new MutationObserver(() => {
        for (const bar of document.querySelectorAll('.jp-OutputArea progress'))
            if (bar.value !== window.bars.at(-1)) window.bars.push(bar.value);
        for (const line of document.querySelectorAll('.jp-OutputArea small'))
            if (!window.said.includes(line.textContent)) window.said.push(line.textContent);
    }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
ALL_RAN = r"""() => [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].every(
    one => /\[\d+\]/.test(one.textContent)
)"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks in a folder of their own, no cohort built, and a short one beside them."""
    folder = tmp_path_factory.mktemp("lab") / "house"
    shutil.copytree(once(tmp_path_factory, "house", write_house), folder, symlinks=True)
    (folder / "notebooks" / "probe.py").write_text(PROBE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lab(house: Path) -> Iterator[str]:
    """JupyterLab as ``make lab`` starts it, without a token, on a port that is free."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    own = {
        "JUPYTER_CONFIG_PATH": "notebooks/.jupyter",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_RUNTIME_DIR": str(house / "run"),
        "JUPYTERLAB_WORKSPACES_DIR": str(house / "workspaces"),  # what somebody had open is no business of a test
    }
    command = [
        sys.executable, "-m", "jupyter", "lab", "notebooks", "--no-browser", f"--port={port}", "--ip=127.0.0.1",
        "--IdentityProvider.token=", "--allow-root",
    ]  # fmt: skip
    with (house / "lab.log").open("w") as log:
        server = subprocess.Popen(command, cwd=house, env=os.environ | own, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", server)
            yield f"http://127.0.0.1:{port}/lab"
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:  # a kernel that is still at work keeps it
                server.kill()
                server.wait()


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(240):
        assert server.poll() is None, "JupyterLab ended"
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("JupyterLab does not answer")


def run_all(chromium: Any, lab: str, name: str) -> Any:
    """Open a percent script as a notebook, run all its cells, and wait until the last has its number."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{lab}/workspaces/{Path(name).stem}/tree/{name}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=120_000)
    page.get_by_text("(ipykernel) | Idle").first.wait_for(timeout=120_000)
    page.evaluate(WATCH)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".jp-Notebook").press("End")
    page.wait_for_function(ALL_RAN, timeout=400_000)
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    return page


def test_a_bar_moves_while_a_cell_runs_and_a_picture_is_saved(chromium, lab, house):
    page = run_all(chromium, lab, "probe.py")
    bars = page.evaluate("window.bars")
    assert len(bars) > 2
    assert bars == sorted(bars)
    assert len(page.evaluate("window.said")) > 3
    assert (house / "out" / "probe.png").read_bytes().startswith(b"\x89PNG")
    assert page.locator(".jp-OutputArea svg").count() >= 1
    page.close()


def test_start_here_opens_as_a_notebook_and_runs(chromium, lab, house):
    page = run_all(chromium, lab, "start_here.py")
    assert page.locator(".jp-OutputArea h3", has_text="A small company").count() == 1
    assert page.locator(".jp-OutputArea svg").count() >= 5
    assert (house / "out" / "small_company" / "survival_by_term.png").read_bytes().startswith(b"\x89PNG")
    page.close()
