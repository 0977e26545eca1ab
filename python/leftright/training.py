"""Training: one model, some together, or a grid of them; each with a progress bar where somebody looks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from tqdm.auto import tqdm

from . import _native
from ._native import Config, Model, Table

Engine = Literal["auto", "cpu", "gpu"]
Value = float | bool | str


@contextmanager
def _bar(total: int, progress: bool | None) -> Iterator[Callable[..., None]]:
    """What is told of steps done, and in the end closed; a bar on stderr if it is a terminal, or as `progress` says."""
    with tqdm(total=total, unit="step", disable=None if progress is None else not progress) as bar:

        def at(step: int, loss: float | None = None) -> None:
            bar.update(step - bar.n)
            if loss is not None:
                bar.set_postfix(loss=f"{loss:.3g}", refresh=False)

        yield at


def train(
    config: Config | Model | None = None,
    steps: int = 1000,
    *,
    callback: Callable[[Model], object] | None = None,
    every: int = 50,
    progress: bool | None = None,
    engine: Engine = "cpu",
) -> Model:
    """Trains a model of a config (preset "paper" if none is given) for some steps.

    Given a model, it goes on with that to `steps` in all, as if it had never stopped; one that was read from a file must
    have been saved with `state=True`.

    `callback` is called with the model at every `every`-th step and at the last; if it returns False, training ends
    there. Ctrl-C ends it within a step or so. `progress` shows a bar, or none; if it is not given, there is one where
    stderr is a terminal or a notebook. On the CPU the numbers are those of the command line, bit for bit.

    >>> import leftright
    >>> steps = []
    >>> model = leftright.train(
    ...     leftright.Config(preset="small"), steps=30, every=10, callback=lambda model: steps.append(model.step)
    ... )
    >>> steps
    [10, 20, 30]
    >>> leftright.train(model, steps=40).step
    40
    """
    with _bar(steps, progress) as at:
        return _native.train(config, steps, every, engine, at, callback)


class Population:
    """Models of one shape that train together: a config with several seeds, or a sequence of configs.

    >>> import leftright
    >>> population = leftright.Population(leftright.Config(preset="small"), seeds=range(3))
    >>> [model.config.seed for model in population.train(steps=5)]
    [0, 1, 2]
    """

    def __init__(self, config: Config | Iterable[Config] | None = None, seeds: Iterable[int] | None = None) -> None:
        if config is None:
            config = Config()
        configs = [config] if isinstance(config, Config) else list(config)
        if seeds is not None:
            seeds = list(seeds)
            configs = [config.replace(seed=seed) for config in configs for seed in seeds]
        self.configs: list[Config] = configs

    def __len__(self) -> int:
        return len(self.configs)

    def __repr__(self) -> str:
        return f"<Population of {len(self)} models>"

    def train(self, steps: int = 1000, *, progress: bool | None = None, engine: Engine = "cpu") -> list[Model]:
        """Trains every model for some steps, on the CPU each on a thread of its own, on a GPU all at once.

        Each is, on the CPU, the model that `train` gives of its config.
        """
        with _bar(steps * len(self), progress) as at:
            return _native.train_together(self.configs, steps, engine, at)


def _listed(values: Any) -> list[Any]:
    """A text or a number by itself is a list of one."""
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str) else [values]


def _plain(value: Any) -> Any:
    """NumPy's scalars and arrays, and other iterables, as JSON has them."""
    if not hasattr(value, "tolist"):
        return list(value)
    plain = value.tolist()
    # A long double gives a long double.
    return float(plain) if hasattr(plain, "tolist") else plain


def sweep(
    *,
    steps: int,
    grid: Mapping[str, Value | Iterable[Value]] | None = None,
    set: Mapping[str, Value] | None = None,
    candidates: Iterable[Mapping[str, Value]] = (),
    every: int = 0,
    preset: str = "paper",
    start: str | None = None,
    splits: str | Sequence[str] = ("single", "seen", "unseen"),
    ablate: str | Iterable[str] = (),
    shares: bool = False,
    shard: str = "1/1",
    progress: bool | None = None,
    engine: Engine = "cpu",
) -> Table:
    """Trains every combination of some settings over all threads, and gives a row per model and measurement.

    The keywords are the keys of the command line's TOML file, so `sweep(**tomllib.load(file))` does the same as
    `leftright sweep`, and the rows are the same: `grid` has a list of values for each setting that varies (or for
    "start"), `set` those of every model, `candidates` settings that go together; a measurement is taken every `every`
    steps, or with 0 at the end; `ablate` names what is cut before the accuracies are measured once more: "EP", "EP+VP",
    "EP*-1" (reversed), "EP@0+2" (in two heads), "text.EP"; `shares` adds how large the pieces of the CLS row are.

    `shard="2/8"` trains the second of eight shares, which have every model between them, each once.

    >>> import leftright
    >>> rows = leftright.sweep(steps=2, grid={"seed": range(2)}, set={"d_model": 32}, ablate=["EP"], splits=["unseen"])
    >>> rows["seed"].tolist(), rows["step"].tolist()
    ([0, 1], [2, 2])
    >>> [column for column in rows.columns if column.startswith("EP")]
    ['EP unseen.retrieval', 'EP unseen.order', 'EP unseen.recognition']
    >>> rows.about("slope")["unit"]
    'logit/pixel'
    """
    spec = {
        "steps": steps,
        "every": every,
        "preset": preset,
        "start": start,
        "splits": _listed(splits),
        "ablate": _listed(ablate),
        "shares": shares,
        "set": dict(set or {}),
        "candidates": [dict(candidate) for candidate in candidates],
        "grid": {key: _listed(values) for key, values in (grid or {}).items()},
    }
    models = _native.Sweep(json.dumps(spec, default=_plain, allow_nan=False), shard)
    with _bar(models.steps, progress) as at:
        return models.train(engine, at)
