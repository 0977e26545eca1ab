"""Training: the command line's numbers, watched, broken off, and many at once."""

import json
import signal
import subprocess
import threading
import time

import numpy as np
import pytest

import leftright
from leftright import Config, ConfigError, Model, Population, TrainingError

SMALL = Config(preset="small", batch=40, seed=3)
DIVERGES = SMALL.replace(seed=7, lr=1.0, token_std=10.0, eps=1e-12, weight_decay=10.0, warmup=1)


def test_a_model_is_the_command_lines(command_line: str, tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    settings = ["--preset", "small", "--set", "batch=40", "--seed", "3", "--steps", "60", "--engine", "cpu"]
    answer = subprocess.run(
        [command_line, "--json", "train", *settings, "--out", path], check=True, capture_output=True
    ).stdout
    model = leftright.train(SMALL, steps=60)
    assert model.to_bytes() == path.read_bytes()
    np.testing.assert_array_equal(model.losses, np.float32(json.loads(answer)["losses"]))
    # The control: another seed is another model.
    assert leftright.train(SMALL.replace(seed=4), steps=60).to_bytes() != path.read_bytes()


def test_the_callback_sees_every_mark_and_ends_it() -> None:
    seen: list[Model] = []
    last = leftright.train(SMALL, steps=70, every=30, callback=seen.append)
    assert [model.step for model in seen] == [30, 60, 70]
    assert seen[-1].to_bytes() == last.to_bytes() == leftright.train(SMALL, steps=70).to_bytes()
    assert leftright.train(SMALL, steps=70, every=30, callback=lambda model: model.step < 60).step == 60

    def fails(model: Model) -> None:
        raise LookupError(model.step)

    with pytest.raises(LookupError, match="30"):
        leftright.train(SMALL, steps=70, every=30, callback=fails)


@pytest.fixture
def ctrl_c():
    """Presses Ctrl-C after so many seconds, also where a shell has started the tests with SIGINT ignored, in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda seconds: threading.Timer(seconds, signal.raise_signal, [signal.SIGINT]).start()
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    "work",
    [
        lambda: leftright.train(steps=1_000_000),
        lambda: Population(seeds=range(3)).train(1_000_000),
        lambda: leftright.sweep(steps=1_000_000, grid={"seed": range(3)}),
    ],
    ids=["train", "population", "sweep"],
)
def test_ctrl_c_ends_it_at_once(ctrl_c, work) -> None:
    ctrl_c(0.3)
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.monotonic() - begun < 20


def test_other_threads_go_on_while_it_trains() -> None:
    ticks: list[float] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(0.001):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    leftright.train(steps=100)
    stop.set()
    thread.join()
    assert len(ticks) > 10


def test_a_population_has_the_models_of_its_configs() -> None:
    population = Population(SMALL, seeds=[3, 4])
    models = population.train(60)
    assert [model.config for model in models] == population.configs
    for model in models:
        assert model.to_bytes() == leftright.train(model.config, steps=60).to_bytes()
    with pytest.raises(ConfigError, match="d_model differs") as raised:
        Population([SMALL, Config()]).train(5)
    assert raised.value.field == "d_model"


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(ValueError, match="engine is \"tpu\", but must be auto, cpu or gpu"):
        leftright.train(SMALL, steps=5, engine="tpu")  # type: ignore[arg-type]
    for work, says in [
        (lambda: leftright.train(SMALL, steps=5, every=0), "every is 0, but must be between 1 and 4294967295"),
        (lambda: leftright.train(SMALL, steps=-1), "steps is -1, but must be between 0 and 4294967295"),
        (lambda: leftright.train(SMALL, steps=2**40), "steps is 1099511627776, but must be"),
        (lambda: Population(SMALL, seeds=[1, 2]).train(-1), "steps is -1, but must be"),
        (lambda: Population(SMALL, seeds=[-1]), 'seed is "-1", but must be a whole number'),
    ]:
        with pytest.raises(ValueError) as raised:
            work()
        assert str(raised.value).startswith(says)
    with pytest.raises(TypeError, match="steps is 1.5, but must be a whole number"):
        leftright.train(SMALL, steps=1.5)  # type: ignore[arg-type]
    with pytest.raises(TrainingError, match="the loss is not finite"):
        leftright.train(DIVERGES, steps=2000)


@pytest.mark.parametrize("engine", ["cpu", "gpu"])
def test_a_model_that_diverges_among_others_is_named(engine) -> None:
    try:
        good = Population(SMALL, seeds=[1, 2]).train(60, engine=engine)
    except TrainingError as error:
        pytest.skip(f"there is no {engine} here: {error}")
    # The control: the others do not diverge.
    assert all(np.isfinite(model.losses).all() and model.losses.size == 60 for model in good)
    with pytest.raises(TrainingError, match=r"the loss is not finite at step \d+ of model 1, whose seed is 7$"):
        Population([SMALL, DIVERGES]).train(60, engine=engine)


def test_a_bar_is_shown_where_it_is_asked_for(capfd) -> None:
    leftright.train(SMALL, steps=20, progress=True)
    assert "20/20" in capfd.readouterr().err
    leftright.train(SMALL, steps=20)
    assert capfd.readouterr().err == ""
