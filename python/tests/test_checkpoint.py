"""The documentation's reader of checkpoints, in NumPy alone, computes what the command line does; with a wrong token it does not."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

READER = ROOT / "docs/checkpoint.py"
STRIP = "0 0 16 0 0 0 0 17 0 0"


def read(reader: Path, model: Path) -> np.ndarray:
    """The similarities to both captions, then the logits of every head."""
    answer = json.loads(subprocess.check_output([sys.executable, reader, model, *STRIP.split()]))
    return np.concatenate([answer["similarities"], *answer["logits"]])


def decompose(command_line: str, model: Path) -> np.ndarray:
    answer = json.loads(subprocess.check_output([command_line, "decompose", model, "--strip", STRIP, "--json"]))
    return np.concatenate([[caption["similarity"] for caption in answer["captions"]], *(head["logits"] for head in answer["heads"])])


def test_numpy_alone_computes_logits_and_similarities(command_line: str, tmp_path: Path) -> None:
    # In half and in single precision; with two layers and AdamW's moments in the file.
    deep = tmp_path / "deep.safetensors"
    train = [command_line, "train", "--preset", "left-right", "--set", "d_model=32", "--steps", "20", "--state"]
    subprocess.run([*train, "--engine", "cpu", "--out", deep], check=True, capture_output=True)
    for model in (ROOT / "www/src/run/paper.safetensors", ROOT / "tests/fixtures/trained.safetensors", deep):
        assert np.abs(read(READER, model) - decompose(command_line, model)).max() < 1e-5


@pytest.mark.parametrize(("right", "wrong"), [("= 21, 0, 21,", "= 20, 0, 21,"), ("24, 25, 29", "26, 25, 29"), ("25, 29 ", "25, 30 ")])
def test_a_wrong_token_is_another_answer(command_line: str, tmp_path: Path, right: str, wrong: str) -> None:
    source, model = READER.read_text(), ROOT / "www/src/run/paper.safetensors"
    assert source.count(right) == 1
    (tmp_path / "wrong.py").write_text(source.replace(right, wrong))
    assert np.abs(read(tmp_path / "wrong.py", model) - decompose(command_line, model)).max() > 1e-3
