"""Sweeps: the command line's rows, for every library that reads Arrow."""

import json
import pickle
import subprocess

import numpy as np
import pytest

import leftright
from leftright import ConfigError

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


def test_polars_and_pandas_take_it(rows: leftright.Table) -> None:
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas", minversion="3")
    assert polars.DataFrame(rows)["loss"].to_list() == rows["loss"].tolist()
    assert pandas.DataFrame.from_arrow(rows)["loss"].tolist() == rows["loss"].tolist()


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
        ({"grid": {"label_pairs": [5]}}, "label_pairs", 'there is no setting "label_pairs"; did you mean'),
        ({"grid": {"seed": []}}, None, "grid.seed is an empty list, but must hold at least one value"),
        ({"set": {"seed": 1000.0}, "grid": {}}, "seed", 'seed is "1000.0", but must be a whole number'),
        ({"steps": 0}, None, "steps is 0, but must be between 1 and 1000000"),
    ]:
        with pytest.raises(ConfigError) as raised:
            leftright.sweep(**SPEC | change)
        assert str(raised.value).startswith(says)
        assert raised.value.field == field
    for change, says in [({"ablate": ["XP"]}, 'no term "XP"'), ({"splits": ["heard"]}, "heard"), ({"shard": "3/2"}, "shard is \"3/2\"")]:
        with pytest.raises(ValueError, match=says):
            leftright.sweep(**SPEC | change)
