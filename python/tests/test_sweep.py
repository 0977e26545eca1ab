"""Sweeps: the command line's rows, for every library that reads Arrow."""

import json
import os
import pickle
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

import leftright
from leftright import AnalysisError, ConfigError

README, SWEEPS = ROOT / "python/README.md", ROOT / "docs/sweeps.md"
SPEC = {
    "steps": 6,
    "every": 3,
    "splits": ["unseen"],
    "ablate": ["EP", "EP*-1@0"],
    "set": {"d_model": 32, "batch": 40},
    "grid": {"pair_labels": [5, 15], "schedule": ["constant", "cosine"]},
}


@pytest.fixture(scope="module")
def rows() -> leftright.Table:
    return leftright.sweep(**SPEC)


def test_rows_are_the_command_lines(rows: leftright.Table, command_line: str, tmp_path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    toml = "steps = 6\nevery = 3\nsplits = [\"unseen\"]\nablate = [\"EP\", \"EP*-1@0\"]\n[set]\nd_model = 32\nbatch = 40\n"
    toml += "[grid]\npair_labels = [5, 15]\nschedule = [\"constant\", \"cosine\"]\n"
    (tmp_path / "sweep.toml").write_text(toml)
    sweep = [command_line, "sweep", tmp_path / "sweep.toml", "--out", tmp_path / "out", "--engine", "cpu"]
    subprocess.run(sweep, check=True, capture_output=True)
    files = sorted((tmp_path / "out").glob("*.parquet"))
    theirs = pyarrow.concat_tables(parquet.read_table(file) for file in files)
    ours = pyarrow.table(rows)
    assert ours.num_rows == 4 * 2
    assert ours.equals(theirs)
    assert not pyarrow.table(leftright.sweep(**SPEC | {"set": {"d_model": 32, "batch": 39}})).equals(ours)
    # The files say of themselves what the table does, and the commit of the program that wrote them.
    schema = parquet.read_schema(files[0])
    said = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    said.pop("commit", None)
    assert said == rows.metadata
    for name in rows.columns:
        about = {key.decode(): value.decode() for key, value in schema.field(name).metadata.items()}
        assert {key: about.get(key) for key in ("description", "unit")} == {"unit": None} | rows.about(name)


def test_columns_say_what_they_are(rows: leftright.Table) -> None:
    assert rows.about("slope") == {"description": "the steepest head's EP slope, in logits per pixel, with its sign.", "unit": "logit/pixel"}
    assert rows.about("lr") == {"description": "Learning rate"}
    assert rows.metadata["version"] == leftright.__version__ and json.loads(rows.metadata["spec"])["steps"] == 6
    assert all(rows.about(column)["description"] for column in rows.columns)
    assert rows["pair_labels"].tolist() == [5] * 4 + [15] * 4 and rows["schedule"].tolist()[:4] == ["constant"] * 2 + ["cosine"] * 2
    assert rows["loss"].dtype == np.float64 and rows["grid"].dtype == bool
    with pytest.raises(KeyError, match="there is no column"):
        rows["colour"]


def test_it_survives_pickling(rows: leftright.Table) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(rows)
    assert table.num_rows == len(rows) and table.column_names == rows.columns
    again = pickle.loads(pickle.dumps(rows))
    assert pyarrow.table(again).equals(table) and again.metadata == rows.metadata
    assert np.array_equal(table["loss"].to_numpy(), rows["loss"])


@pytest.mark.parametrize("block", re.findall(r"```python\n(import leftright, (?:polars|pandas).+?)```", README.read_text("utf-8"), re.DOTALL), ids=["polars", "pandas"])
def test_the_readmes_blocks_run_and_hold_the_rows(block: str, capsys) -> None:
    for library in ("polars", "pandas", "pyarrow"):
        if library in block:
            pytest.importorskip(library)
    assert "steps=1000" in block and "range(8)" in block
    held: dict = {}
    exec(block.replace("steps=1000", "steps=2").replace("range(8)", "range(2)"), held)
    rows, frames = held["rows"], [held[name] for name in ("frame", "same") if name in held]
    assert len(rows) == 8 and len(frames) > 0
    for frame in frames:
        assert list(frame.columns) == rows.columns
        assert list(frame["loss"]) == rows["loss"].tolist() != sorted(rows["loss"].tolist())
    assert "pair_labels" in capsys.readouterr().out


@pytest.mark.parametrize("line", [line for line in SWEEPS.read_text("utf-8").splitlines() if line.startswith("python -c")], ids=["polars", "pyarrow"])
def test_the_documentations_lines_read_the_rows(line: str, rows: leftright.Table, tmp_path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pytest.importorskip(re.search(r"import (\w+)", line)[1])
    (tmp_path / "rows").mkdir()
    parquet.write_table(pyarrow.table(rows), tmp_path / "rows/part-000000.parquet")
    _, *args = shlex.split(line)
    said = subprocess.run([sys.executable, *args], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"})
    assert said.returncode == 0, said.stderr
    assert "unseen." in said.stdout or "description" in said.stdout
    # The control: without the rows it fails.
    assert subprocess.run([sys.executable, *args], cwd=tmp_path / "rows", capture_output=True).returncode != 0


def test_shards_have_every_model_once(rows: leftright.Table) -> None:
    shards = [leftright.sweep(**SPEC, shard=f"{k}/3") for k in (1, 2, 3)]
    models = np.concatenate([shard["model"] for shard in shards])
    assert sorted(models.tolist()) == rows["model"].tolist()
    losses = dict(zip(zip(rows["model"], rows["step"], strict=True), rows["loss"], strict=True))
    for shard in shards:
        for key, loss in zip(zip(shard["model"], shard["step"], strict=True), shard["loss"], strict=True):
            assert losses[key] == loss


def test_a_bad_spec_is_refused_before_the_first_step() -> None:
    for change, field, says in [
        ({"grid": {"pair_labels": [15, 18]}}, "pair_labels", "with pair_labels = 18: pair_labels is 18, but must be at most 15"),
        ({"grid": {"pair_lables": [5]}}, "pair_lables", 'there is no setting "pair_lables"; did you mean'),
        ({"grid": {"seed": []}}, "seed", "grid.seed is an empty list, but must hold at least one value"),
        ({"set": {"seed": 1000.0}, "grid": {}}, "seed", 'seed is "1000.0", but must be a whole number'),
        ({"steps": 0}, "steps", "steps is 0, but must be between 1 and 1000000"),
        ({"steps": -1}, "steps", "steps is -1, but must be a whole number between 1 and 1000000"),
        ({"steps": 1.5}, "steps", "steps is 1.5, but must be a whole number between 1 and 1000000"),
        ({"every": -1}, "every", "every is -1, but must be a whole number between 0 and 1000000"),
        ({"every": 9}, "every", "every is 9, but must be at most steps"),
        ({"ablate": 3}, "ablate", "ablate cannot be read: invalid type: integer `3`, expected a string"),
        ({"splits": ["heard"]}, "splits", "splits cannot be read: unknown variant `heard`, expected one of `single`, `seen`, `unseen`"),
        ({"splits": []}, "splits", "splits is empty, but must name some of single, seen, unseen"),
        ({"shard": "3/2"}, "shard", 'shard is "3/2", but must be K/N'),
        ({"grid": {"seed": range(2000), "labels": range(2000)}}, None, "the spec has more than 1000000 models"),
    ]:
        with pytest.raises(ConfigError) as raised:
            leftright.sweep(**SPEC | change)
        assert str(raised.value).startswith(says)
        assert raised.value.field == field
    with pytest.raises(AnalysisError, match='no term "XP"'):
        leftright.sweep(**SPEC | {"ablate": ["XP"]})


def test_numbers_of_numpy_are_the_numbers_that_they_hold() -> None:
    plain = {"steps": 2, "set": {"d_model": 32, "batch": 40, "lr": 0.5}, "grid": {"seed": [3, 4], "beta1": [0.5]}}
    theirs = plain | {"steps": np.int32(2), "set": {"d_model": np.uint8(32), "batch": 40, "lr": np.longdouble(0.5)}}
    theirs["grid"] = {"seed": np.array([3, 4]), "beta1": np.array([0.5], np.longdouble)}
    assert leftright.sweep(**theirs).metadata == leftright.sweep(**plain).metadata
    with pytest.raises(ValueError, match="Out of range float values"):
        leftright.sweep(**plain | {"grid": {"lr": [float("nan")]}})


def test_a_text_by_itself_is_a_list_of_one() -> None:
    single = {"steps": 2, "splits": "unseen", "ablate": "EP", "set": {"d_model": 32, "batch": 40}, "grid": {"schedule": "cosine", "seed": 3}}
    listed = single | {"splits": ["unseen"], "ablate": ["EP"], "grid": {"schedule": ["cosine"], "seed": [3]}}
    ours, theirs = leftright.sweep(**single), leftright.sweep(**listed)
    assert ours.columns == theirs.columns and ours.metadata == theirs.metadata
    assert "EP unseen.order" in ours.columns and "single.order" not in ours.columns
    assert ours["loss"].tolist() == theirs["loss"].tolist() != leftright.sweep(**listed | {"grid": {"seed": [4]}})["loss"].tolist()
