"""What the tests share."""

import os
import shutil
from pathlib import Path

import pytest

import leftright

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def paper() -> leftright.Model:
    """The trained model that comes with the page."""
    return leftright.Model.load(ROOT / "www/src/run/paper.safetensors")


@pytest.fixture(scope="session")
def command_line() -> str:
    """The command line, as `LEFTRIGHT` names it, or as cargo has built it."""
    built = os.environ.get("LEFTRIGHT") or shutil.which(ROOT / "target/release/leftright")
    if built is None:
        pytest.skip("the command line is not built: cargo build --release, or name it by LEFTRIGHT")
    return built
