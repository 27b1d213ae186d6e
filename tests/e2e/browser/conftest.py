"""One headless Chromium per test, and buyers who sit in front of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, async_playwright, expect
from tests.e2e.browser.buyer import PATIENCE_MS, Buyer, Buyers
from tests.e2e.guest import Box
from tests.e2e.town import Town

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # a page that a test changed has no address of its own
)


expect.set_options(timeout=PATIENCE_MS)


def found() -> str:
    """The path of a Chromium that runs; a name on the PATH may be a shim that leads nowhere."""
    for path in filter(None, map(shutil.which, NAMES)):
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
        if asked.returncode == 0:
            return path
    return ""


@pytest.fixture(scope="session")
def chromium() -> str:
    path = found()
    if not path:
        pytest.skip(
            "the payment page was NOT tried in a browser: install Chromium (apt-get install chromium)"
        )
    return path


@pytest.fixture
async def browser(chromium: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Browser]:
    monkeypatch.setenv("PLAYWRIGHT_SKIP_NAVIGATION_CHECK", "1")  # a page is looked at while it is being left
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium, args=flags, timeout=2 * PATIENCE_MS
        )
        try:
            yield started
        finally:
            await started.close()


@pytest.fixture
async def buyers(browser: Browser, box: Box, town: Town) -> AsyncGenerator[Buyers]:
    """At the end no page may have complained of anything that its test did not expect."""
    made = Buyers(browser, box, town)
    yield made
    assert made.complaints() == []


@pytest.fixture(params=["phone", "desktop"])
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def buyer(buyers: Buyers, language: str, width: str) -> Buyer:
    """In front of the payment page of two seats."""
    return await buyers.open(language, width)
