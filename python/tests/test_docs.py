"""The examples of the docstrings are true, and the stubs say what is there."""

import doctest
import importlib.util
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
