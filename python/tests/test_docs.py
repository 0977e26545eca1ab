"""The examples of the docstrings are true, and the stubs say what is there."""

import doctest
import importlib.util
import re
import subprocess
import sys

import pytest

import leftright
from leftright import _native, errors, training


def test_the_docstrings_examples_run() -> None:
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner()
    objects = [leftright, errors.ConfigError, training.train, training.sweep, training.Population]
    objects += [getattr(leftright, name) for name in leftright.__all__ if getattr(_native, name, None)]
    for thing in objects:
        if isinstance(thing, str):
            continue
        # The methods of a native class are no Python functions, which is all that doctest looks into.
        for part in [thing, *(vars(thing).values() if getattr(thing, "__module__", "") == "leftright" else ())]:
            for test in finder.find(part, name=str(part), module=False, globs={}):
                runner.run(test)
    assert runner.failures == 0
    assert runner.tries > 20


def test_the_stubs_are_true() -> None:
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    stubtest = subprocess.run([sys.executable, "-m", "mypy.stubtest", "leftright._native"], capture_output=True, text=True)
    assert stubtest.returncode == 0, stubtest.stdout + stubtest.stderr


RIGHT = """
import leftright
from leftright import Strip, Train

figure = leftright.Ablate(config={"seed": 3}, ablated="EP", ask=["EP"], start="training")
figure.ablated = ["EP"]
figure.heads = None
figure.observe(print, "ablated")
Strip(pixels=12, fixed=True).positions = (0, 11)
step: int = Train(steps=3).step
model = leftright.Model().ablate(["EP"], "PE", heads=[0])
rows = dict(model.decompose([0, 0, 16, 0, 0, 0, 0, 17, 0, 0]))
leftright.sweep(steps=2, ablate="EP", grid={"seed": [1]})
"""
WRONG = """
leftright.Nope()
leftright.Ablte(config={})
leftright.trian()
figure.abletd = ["EP"]
figure.strength = "much"
leftright.Ablate(ablatd=["EP"])
leftright.Train(ask="EP")
leftright.Train(start="soon")
leftright.Strip(config={})
leftright.Model().ablate(3)
"""


def test_a_checker_of_types_finds_what_is_not_there_and_nothing_else(tmp_path) -> None:
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    right, wrong = RIGHT.lstrip(), WRONG.lstrip()
    (tmp_path / "notebook.py").write_text(right + wrong)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "notebook.py"]
    said = subprocess.run(mypy, cwd=tmp_path, capture_output=True, text=True).stdout
    found = {int(line) for line in re.findall(r"^notebook.py:(\d+): error", said, re.MULTILINE)}
    first = right.count("\n") + 1
    assert found == set(range(first, first + wrong.count("\n"))), said
