"""A browser, and pages opened in it that must not complain."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shared import once
from written_pages import WRITERS

CHROMIUM = next(
    filter(None, map(shutil.which, [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"])),
    None,
)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the folder of a study's pages, by its name."""
    return lambda name: once(tmp_path_factory, f"pages-{name}", WRITERS[name])


@pytest.fixture(scope="session")
def page_of(written: Any) -> Any:
    """Return the file of one page: of a study, a kind and a language."""

    def found(study: str, kind: str, language: str) -> Path:
        (page,) = written(study).glob(f"**/{kind}*.{language}.html")
        return page

    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make browser does it")
    if CHROMIUM is None:
        pytest.skip("no Chromium on the path (Debian: apt install chromium), nor in CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, page_of: Any) -> Iterator[Any]:
    """Open pages, and afterwards see that none of them complained: no error in its console, no breach of its policy."""
    complaints: list[str] = []
    contexts = []

    def tab(study: str, kind: str, language: str, width: int = 1280, scripts: bool = True) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith(("file:", "data:")) else complaints.append(asked.url)
        )
        page.goto(page_of(study, kind, language).as_uri())
        return page

    yield tab
    for context in contexts:
        context.close()
    assert complaints == []
