"""A model: the paper's, as it is, cut, written and read."""

import json
import os
import pickle
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import leftright
from leftright import AnalysisError, CheckpointError, Config, Model

STRIP = [0, 0, 16, 0, 0, 0, 0, 17, 0, 0]


def cli(*args: object) -> dict:
    return json.loads(subprocess.run(list(map(str, args)), check=True, capture_output=True).stdout)


def test_without_ep_it_names_both_and_orders_neither(paper: Model) -> None:
    before, after = paper.evaluate("unseen"), paper.ablate("EP").evaluate("unseen")
    assert before["order"] > 0.9 and before["recognition"] > 0.95
    assert abs(after["order"] - 0.5) < 0.05 and after["recognition"] > 0.95
    assert paper.ablate("EP", strength=-1).evaluate("unseen")["retrieval"] < 0.1
    # The controls: at strength 1 nothing is cut, and the model itself is as it was.
    assert paper.ablate("EP", strength=1).evaluate() == paper.evaluate()
    assert paper.ablations == []


def test_answers_are_the_command_lines(paper: Model, command_line: str, tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    paper.save(path)
    assert cli(command_line, "--json", "evaluate", path) == paper.evaluate()
    cut = paper.ablate("EP", "VP", strength=-0.5, heads=[0, 2])
    assert cli(command_line, "--json", "ablate", path, "--terms", "EP,VP", "--strength", "-0.5", "--heads", "0,2") == cut.evaluate()
    assert cut.evaluate() != paper.evaluate()
    for flag, value, rows in [
        ("--strip", " ".join(map(str, STRIP)), paper.decompose(np.array(STRIP))),
        ("--caption", "16 17", paper.decompose(caption=[16, 17])),
    ]:
        theirs = cli(command_line, "--json", "decompose", path, flag, value)
        assert theirs["tokens"] == rows.tokens and theirs["read"] == rows.read and theirs["strongest"] == rows.strongest
        for head, ours in zip(theirs["heads"], range(len(rows.slopes)), strict=True):
            assert [term["term"] for term in head["terms"]] == rows.names
            assert [term["row"] for term in head["terms"]] == rows.terms[ours].tolist()
            assert [term["share"] for term in head["terms"]] == rows.shares[ours].tolist()
            assert (head["logits"], head["attention"]) == (rows.logits[ours].tolist(), rows.attention[ours].tolist())
            assert head["slope"] == rows.slopes[ours]
        assert [[score["text"], score["similarity"]] for score in theirs["captions"]] == [list(score) for score in rows.captions]


def test_terms_sum_to_the_logits(paper: Model) -> None:
    rows = paper.decompose(STRIP)
    assert rows.terms.shape == (4, 9, 11) and rows.tower == "vision"
    np.testing.assert_allclose(rows.terms.sum(1), rows.logits, atol=1e-12)
    np.testing.assert_allclose(rows.attention.sum(1), 1, atol=1e-12)
    np.testing.assert_allclose(rows.slopes, paper.slopes())
    assert rows.nearest == rows.captions[0] and rows.captions[0][0] == "16 is on the left of 17"
    np.testing.assert_array_equal(paper.ablate("EP").decompose(STRIP)["EP"], 0)
    assert np.abs(rows["EP"]).max() > 5


def test_a_decomposition_is_a_mapping_of_its_terms(paper: Model) -> None:
    rows = paper.decompose(STRIP)
    each = dict(rows)
    assert list(each) == list(rows) == rows.keys() == rows.names and len(rows) == 9
    for place, name in enumerate(rows.names):
        np.testing.assert_array_equal(each[name], rows.terms[:, place])
    # The controls: VP is no term of the logits, and no two terms are alike.
    assert "EP" in rows and "VP" not in rows
    assert not np.array_equal(each["EP"], each["PE"])


def test_terms_are_given_one_by_one_or_in_a_list(paper: Model) -> None:
    listed = paper.ablate(["EP", "PE"], heads=np.array([0, 2]))
    assert listed.ablations == paper.ablate("EP", "PE", heads=[0, 2]).ablations == paper.ablate(("EP",), "PE", heads=(0, 2)).ablations
    assert listed.ablations == ["EP+PE@0+2"] != paper.ablate(["EP"]).ablations


def test_a_checkpoint_is_read_as_it_was_written(tmp_path) -> None:
    model = leftright.train(Config(preset="small", seed=5), steps=30)
    path = tmp_path / "model.safetensors"
    model.save(path, state=True)
    again = Model.load(path)
    assert again.config == model.config and again.step == 30
    assert again.to_bytes(state=True) == path.read_bytes() == model.to_bytes(state=True)
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]
    cut = pickle.loads(pickle.dumps(model.ablate("EP")))
    assert cut.ablations == ["EP"] and cut.evaluate() == model.ablate("EP").evaluate()
    np.testing.assert_array_equal(cut.losses, model.losses)
    parameters = model.parameters()
    assert parameters["logit_scale"].size == 1 and all(values.dtype == np.float32 for values in parameters.values())
    assert len(model.to_bytes(half=True)) < len(model.to_bytes()) < len(model.to_bytes(state=True))
    # Training goes on from it as if it had never stopped; from one without its state it does not go on.
    np.testing.assert_array_equal(
        leftright.train(again, steps=40).parameters()["logit_scale"],
        leftright.train(Config(preset="small", seed=5), steps=40).parameters()["logit_scale"],
    )
    with pytest.raises(ValueError, match="state=True"):
        leftright.train(Model.from_bytes(model.to_bytes()), steps=40)


def test_what_a_model_has_not_is_refused(paper: Model, tmp_path) -> None:
    for ask, says in [
        (lambda: paper.ablate("XP"), 'there is no term "XP"; the terms are EE, EP'),
        (lambda: paper.ablate("EP", heads=[4]), "head is 4, but must be between 0 and 3"),
        (lambda: paper.ablate("EP", heads=[-1]), "head is -1, but must be between 0 and 3"),
        (lambda: paper.ablate("EP", heads=[]), "heads is an empty list, but must name a head"),
        (lambda: paper.ablate(), "ablate needs a term: EE, EP"),
        (lambda: paper.ablate([]), "ablate needs a term: EE, EP"),
        (lambda: paper.ablate("EP", layer=-1), "layer is -1, but must be 1"),
        (lambda: paper.decompose(STRIP, layer=2**40), "layer is 1099511627776, but must be 1"),
        (lambda: paper.evaluate("unsen"), 'there is no split "unsen"; did you mean unseen?'),
        (lambda: paper.evaluate("heard"), 'there is no split "heard"; the splits are single, seen, unseen'),
        (lambda: paper.decompose(), "give a strip or a caption"),
        (lambda: paper.decompose([-1] * 10), "a pixel is -1, but must be between 0 and 20"),
        (lambda: paper.ablate("EP", strength=3), "strength is 3, but must be between -1 and 2"),
        (lambda: paper.ablate("EP", layer=2), "layer is 2, but must be 1"),
        (lambda: paper.ablate("EP", tower="sound"), 'tower is "sound", but must be vision or text'),
        (lambda: paper.decompose([1, 2]), "the strip has 2 pixels, but must have 10"),
        (lambda: paper.decompose(caption=[16, 99]), "the label is 99, but must be between 1 and 20"),
        (lambda: paper.decompose(STRIP)["VP"], 'there is no term "VP" of the logits'),
        (lambda: paper.ablate("EP").save(tmp_path / "cut"), "a model with an ablation"),
    ]:
        with pytest.raises(AnalysisError) as raised:
            ask()
        assert str(raised.value).startswith(says)
    for ask, says in [
        (lambda: paper.ablate(3), "terms is 3, but must be a list of names"),
        (lambda: paper.ablate("EP", heads=3), "heads is 3, but must be a list of whole numbers"),
        (lambda: paper.ablate("EP", heads=[0.5]), "head is 0.5, but must be a whole number"),
    ]:
        with pytest.raises(TypeError) as wrong:
            ask()
        assert str(wrong.value) == says
    (tmp_path / "half").write_bytes(paper.to_bytes()[:1000])
    with pytest.raises(CheckpointError) as raised:
        Model.load(tmp_path / "half")
    assert raised.value.path == str(tmp_path / "half")
    with pytest.raises(FileNotFoundError) as missing:
        Model.load(tmp_path / "none")
    assert missing.value.filename == str(tmp_path / "none")


def test_an_error_of_a_file_has_its_number_and_the_name_that_was_given(paper: Model, tmp_path) -> None:
    for path, of_reading, of_writing in [
        (tmp_path, IsADirectoryError, IsADirectoryError),
        (tmp_path / "no" / "folder", FileNotFoundError, FileNotFoundError),
    ]:
        for ask, kind in [(Model.load, of_reading), (paper.save, of_writing)]:
            with pytest.raises(kind) as raised:
                ask(path)
            assert raised.value.filename == str(path) and raised.value.errno is not None
            assert ".leftright-" not in str(raised.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are Unix's")
def test_a_model_is_written_through_a_link_and_into_a_pipe(paper: Model, tmp_path) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to("new")
    paper.save(link)
    assert link.is_symlink() and (tmp_path / "new").read_bytes() == paper.to_bytes()
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as threads:
        read = threads.submit(pipe.read_bytes)
        paper.save(pipe)
        assert read.result() == paper.to_bytes()
    assert pipe.is_fifo()
    paper.save("/dev/null")
    # Negative control: a file is replaced, and a reader that has it open keeps what it had.
    with (tmp_path / "new").open("rb") as before:
        leftright.Model().save(link)
        assert before.read() == paper.to_bytes() != (tmp_path / "new").read_bytes()
