"""What every widget is made of: a figure that runs in the notebook's page, and traits that both sides may set.

The widgets themselves are in `leftright.figures`; all of them need `pip install 'leftright[widgets]'`.
"""

from __future__ import annotations

import difflib
import hashlib
import pathlib
from typing import TYPE_CHECKING, Any, TypedDict

import anywidget
from traitlets import Dict, Float, Int, List, TraitError, TraitType, Unicode, validate

from ._native import Config, Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Never

TERMS = [query + key for query in "EPB" for key in "EPB"] + ["VP"]
"""The nine terms of the attention logits, and the position part of the values."""

MODULE = pathlib.Path(__file__).parent / "static" / "widget.js"
if not MODULE.exists():
    raise ImportError(f"{MODULE} is not there; in a checkout, `cargo xtask build` writes it")


class Settings(TraitType[dict[str, Any], Any]):
    """Settings of a model, as a dict or a `leftright.Config`; those that are as usual are left out."""

    info_text = "a dict of settings or a leftright.Config"

    def default(self, obj: Any = None) -> dict[str, Any]:
        return {}

    def validate(self, obj: Any, value: Any) -> dict[str, Any]:
        if not isinstance(value, (Config, dict)):
            self.error(obj, value)
        try:
            config = value if isinstance(value, Config) else Config(**value)
        except (TypeError, ValueError) as error:
            raise TraitError(f"{self.name}: {error}") from error
        usual = Config().settings()
        return {name: setting for name, setting in config.settings().items() if setting != usual[name]}


class Words(TraitType[list[str], Any]):
    """Words of a list, in a list or in one text: `["EP", "VP"]` or `"EP VP"`."""

    def default(self, obj: Any = None) -> list[str]:
        return []

    def allowed(self) -> list[str]:
        raise NotImplementedError

    def info(self) -> str:
        return f"a list of {', '.join(self.allowed())}"

    def validate(self, obj: Any, value: Any) -> list[str]:
        if isinstance(value, str):
            value = value.replace(",", " ").split()
        if not isinstance(value, (list, tuple)) or any(word not in self.allowed() for word in value):
            self.error(obj, value)
        return list(dict.fromkeys(value))


class Terms(Words):
    """Terms of the attention logits."""

    def allowed(self) -> list[str]:
        return TERMS


class SettingNames(Words):
    """Names of settings."""

    def allowed(self) -> list[str]:
        return [*Config().settings(), "engine"]


class Pair(TraitType[tuple[int, int], Any]):
    """Two different whole numbers."""

    info_text = "two different whole numbers from 0, as in (2, 7)"

    def validate(self, obj: Any, value: Any) -> tuple[int, int]:
        if not isinstance(value, (list, tuple)) or any(type(number) is not int or number < 0 for number in value):
            self.error(obj, value)
        if len(value) != 2 or value[0] == value[1]:
            self.error(obj, value)
        return (value[0], value[1])


class Trained(TraitType[Any, Any]):
    """A model of the native engine, which the page gets as the bytes of its file."""

    info_text = "a leftright.Model"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(None, allow_none=True, **kwargs)
        self.tag(sync=True, to_json=self.to_page)

    @staticmethod
    def to_page(model: Model | None, widget: Widget) -> dict[str, Any] | None:
        if model is None:
            return None
        content = model.to_bytes(state=True)
        return {"name": f"model {hashlib.sha256(content).hexdigest()[:8]} of this notebook", "bytes": content}

    def validate(self, obj: Any, value: Any) -> Model:
        if not isinstance(value, Model):
            self.error(obj, value)
        if value.ablations:
            raise TraitError(f"{self.name} has an ablation, {', '.join(value.ablations)}; give the one it was made of, and say `ablated`")
        return value


class Widget(anywidget.AnyWidget):
    """A figure in a notebook's page; its classes are in `leftright.figures`."""

    _esm = MODULE

    if TYPE_CHECKING:
        layout: Any

        def __setattr__(self, name: str, value: Never) -> None:
            """Of a name that is no trait."""
    else:

        def __init__(self, **traits: Any) -> None:
            for name in traits:
                if name not in self.class_traits():
                    raise TypeError(self._unknown(name))
            super().__init__(**traits)

        def __setattr__(self, name: str, value: object) -> None:
            # A misspelt trait would be one that nobody hears of.
            if not name.startswith("_") and not hasattr(type(self), name):
                raise AttributeError(self._unknown(name))
            super().__setattr__(name, value)

    def _unknown(self, name: str) -> str:
        own = sorted(trait for trait in self.class_trait_names(sync=True) if not trait.startswith("_"))
        near = difflib.get_close_matches(name, own, 1)
        kind = type(self).__name__
        if "config" in own and name in Config().settings():
            return f"{kind} takes settings in config, as in {kind}(config={{{name!r}: ...}})"
        return f"{kind} has no {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"it has {', '.join(own)}")


class Traits(TypedDict, total=False):
    """What every widget may be made with, as a checker of types knows it."""

    layout: Any


class RunTraits(Traits, total=False):
    """What a widget of a model may be made with."""

    config: Config | dict[str, Any]
    model: Model
    ablated: str | Sequence[str]
    strength: float
    heads: Sequence[int] | None
    labels: Sequence[int]
    positions: Sequence[int]
    snapshot: int | None


class RunWidget(Widget):
    """A figure of a model that the notebook's page holds and may train.

    Figures with equal `config`, `engine`, `start` and `steps` show one model, and look at the same of it: a term that is cut in
    one is cut in all of them. What the reader does in a figure comes back in its traits; what a trait is set to, the figure shows.
    """

    config = Settings(help="Settings of the model, as a dict or a `leftright.Config`; another dict is another model.").tag(sync=True)

    model = Trained(help="A `leftright.Model` to show, in place of one by `config`; the page has a copy, which it may train on.")

    ablated = Terms(help="Terms that are cut, as in `['EP']`.").tag(sync=True)
    strength = Float(0.0, min=-1, max=2, help="What the cut terms are multiplied by: 0 removes, 1 leaves, -1 reverses.").tag(sync=True)
    heads: TraitType[list[int] | None, Any] = List(Int(min=0), None, allow_none=True, help="The heads in which they are cut; None for all.").tag(sync=True)  # type: ignore[assignment]
    labels = Pair((16, 17), help="The two objects on the strip: the first is drawn as a circle, the second as a square.").tag(sync=True)
    positions = Pair((2, 7), help="Where they stand, in pixels from 0.").tag(sync=True)
    snapshot = Int(None, allow_none=True, help="The step whose model is shown, one of `snapshots`; None for the latest.").tag(sync=True)

    phase = Unicode("empty", read_only=True, help="What the model does: empty, loading, ready, training, paused, failed.").tag(sync=True)
    step = Int(0, read_only=True, help="Of the model that is shown; after a training, where it has come to.").tag(sync=True)
    snapshots = List(Int(), read_only=True, help="Steps whose models are kept.").tag(sync=True)
    loss = Float(None, allow_none=True, read_only=True, help="Of the last step.").tag(sync=True)
    accuracies = Dict(default_value=None, allow_none=True, read_only=True, help="Of the model with nothing cut, on the three splits.").tag(sync=True)
    settings = Dict(default_value=None, allow_none=True, read_only=True, help="What the model was made with, whole.").tag(sync=True)
    error = Unicode(None, allow_none=True, read_only=True, help="What went wrong in the page.").tag(sync=True)

    @validate("heads")
    def _heads(self, proposal: Any) -> Any:
        return self._below("heads", proposal, 0, "heads")

    @validate("labels")
    def _labels(self, proposal: Any) -> Any:
        return self._below("labels", proposal, 1, "labels")

    @validate("positions")
    def _positions(self, proposal: Any) -> Any:
        return self._below("positions", proposal, 0, "pixels")

    def _below(self, name: str, proposal: Any, first: int, setting: str) -> Any:
        """Numbers of things that the model has, by what the page tells of it, or before that by `model` or `config`."""
        value = proposal["value"]
        settings: dict[str, Any] = self.settings or (self.model.config if self.model else Config(**self.config)).settings()
        last = settings[setting] - 1 + first
        if value is not None and not all(first <= number <= last for number in value):
            raise TraitError(f"{name} is {value!r}, but this model has {name} {first} to {last}")
        return value

    @validate("snapshot")
    def _snapshot(self, proposal: Any) -> Any:
        step = proposal["value"]
        if step is not None and step not in self.snapshots:
            kept = ", ".join(map(str, self.snapshots)) or "none yet: they come with training"
            raise TraitError(f"snapshot is {step}, but must be None or a step that is kept, which are {kept}")
        return step
