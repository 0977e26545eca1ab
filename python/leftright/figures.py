"""The figures as widgets, one class for each element of the npm package; `package/build.mjs` writes this from its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from traitlets import Bool, Dict, Enum, Int, Unicode

from .widgets import Pair, RunTraits, RunWidget, SettingNames, Terms, Traits, Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

__all__ = [
    "Ablate",
    "Alignment",
    "Autoregressive",
    "Birth",
    "Captions",
    "Diversity",
    "Follow",
    "Gradient",
    "Grid",
    "NormMlp",
    "Phase",
    "Reversal",
    "Slope",
    "Strip",
    "Surgery",
    "Text",
    "Three",
    "Train",
]


class FigureTraits(RunTraits, total=False):
    """What Figure may be made with."""

    lang: str | None
    number: int | None
    engine: Literal["auto", "cpu", "gpu"] | None
    start: Literal["trained", "untrained", "training"] | None
    controls: Literal["all", "none"] | None
    lock: str | list[str]
    theme: Literal["light", "dark", "auto"] | None
    present: bool
    steps: int | None


class Figure(RunWidget):
    """A figure of a model, whose settings `config` says."""

    lang = Unicode(None, allow_none=True, help="Its language, `en` or `de`; without it, that of the page around, and English where that is neither. What an experiment finds is in English.").tag(sync=True)
    number = Int(None, allow_none=True, help="The 3 of “Figure 3”; without it there is no such line.").tag(sync=True)
    engine = Enum(["auto", "cpu", "gpu"], None, allow_none=True, help="What trains: `auto`, `gpu` or `cpu`.").tag(sync=True)
    start = Enum(["trained", "untrained", "training"], None, allow_none=True, help="The model that it begins with: `trained` (the one that ships, for the default settings), `untrained`, or `training` at once.").tag(sync=True)
    controls = Enum(["all", "none"], None, allow_none=True, help="`none` hides every button, slider and field.").tag(sync=True)
    lock = SettingNames(help="Settings that a reader cannot change, as in `['seed', 'pair_labels']`.").tag(sync=True)
    theme = Enum(["light", "dark", "auto"], None, allow_none=True, help="`light`, `dark`, or `auto` for the system's; without it, the colour scheme of the page around.").tag(sync=True)
    present = Bool(False, help="For a projector: larger type, stronger contrast, a screen for each figure; Page Down and Page Up go from one to the next.").tag(sync=True)
    steps = Int(None, allow_none=True, min=1, max=1000000, help="How far it trains, where `start` is `training`.").tag(sync=True)

    if TYPE_CHECKING:

        def __init__(self, **traits: Unpack[FigureTraits]) -> None: ...


class AblateTraits(FigureTraits, total=False):
    """What Ablate may be made with."""

    ask: str | list[str]


class Ablate(Figure):
    """Takes terms of the attention logits away, without training again."""

    figure = Unicode("ablate", read_only=True, help="The figure's name.").tag(sync=True)
    ask = Terms(help="Terms: before they are cut the reader is asked how often the order will be right without them.").tag(sync=True)
    ablation = Dict(default_value=None, allow_none=True, read_only=True, help="The last: a cut was measured, or the same one on another model: what is cut, and the accuracies before and after.").tag(sync=True)
    guess = Dict(default_value=None, allow_none=True, read_only=True, help="The last: the reader has guessed what `ask` asks: the terms, and the share from 0 to 1.").tag(sync=True)
    result = Dict(default_value=None, allow_none=True, read_only=True, help="The last: the reader has cut what `ask` names: the guess, the accuracies before and after, the settings.").tag(sync=True)

    if TYPE_CHECKING:

        def __init__(self, **traits: Unpack[AblateTraits]) -> None: ...


class Alignment(Figure):
    """Is object 16 the same thing to both encoders?"""

    figure = Unicode("alignment", read_only=True, help="The figure's name.").tag(sync=True)


class Autoregressive(Figure):
    """A model that writes the caption, word by word."""

    figure = Unicode("autoregressive", read_only=True, help="The figure's name.").tag(sync=True)


class Birth(Figure):
    """Which comes first, the slope or the ability?"""

    figure = Unicode("birth", read_only=True, help="The figure's name.").tag(sync=True)


class Captions(Figure):
    """“Left of” and “right of” together need a second text layer."""

    figure = Unicode("captions", read_only=True, help="The figure's name.").tag(sync=True)


class Diversity(Figure):
    """What teaches it left from right: more labels, or more layouts?"""

    figure = Unicode("diversity", read_only=True, help="The figure's name.").tag(sync=True)


class Follow(Figure):
    """One strip on its way from pixels to an answer, a step at a time, with the numbers of the run's model."""

    figure = Unicode("follow", read_only=True, help="The figure's name.").tag(sync=True)


class Gradient(Figure):
    """The nine terms of the attention logits, pixel by pixel: which of them falls from left to right?"""

    figure = Unicode("gradient", read_only=True, help="The figure's name.").tag(sync=True)


class Grid(Figure):
    """On a grid, the slope becomes a ramp across the columns."""

    figure = Unicode("grid", read_only=True, help="The figure's name.").tag(sync=True)


class NormMlp(Figure):
    """Closer to a real CLIP: layer norm and an MLP."""

    figure = Unicode("norm-mlp", read_only=True, help="The figure's name.").tag(sync=True)


class Phase(Figure):
    """Which term breaks the symmetry is decided before the first step."""

    figure = Unicode("phase", read_only=True, help="The figure's name.").tag(sync=True)


class Reversal(Figure):
    """Turn a term round, and the model says the opposite."""

    figure = Unicode("reversal", read_only=True, help="The figure's name.").tag(sync=True)


class Slope(Figure):
    """No slope, no ability?"""

    figure = Unicode("slope", read_only=True, help="The figure's name.").tag(sync=True)


class Surgery(Figure):
    """A term's row is drawn by hand in the model's place: what does the model say then?"""

    figure = Unicode("surgery", read_only=True, help="The figure's name.").tag(sync=True)


class Text(Figure):
    """The text side has its own way of knowing who comes first."""

    figure = Unicode("text", read_only=True, help="The figure's name.").tag(sync=True)


class Three(Figure):
    """Three objects in a row, six ways to order them."""

    figure = Unicode("three", read_only=True, help="The figure's name.").tag(sync=True)


class Train(Figure):
    """Trains the model, with its settings, its loss and its accuracies as it goes."""

    figure = Unicode("train", read_only=True, help="The figure's name.").tag(sync=True)


class StripTraits(Traits, total=False):
    """What Strip may be made with."""

    lang: str | None
    labels: Sequence[int]
    positions: Sequence[int]
    pixels: int
    fixed: bool
    aligned: bool


class Strip(Widget):
    """A strip with two objects, the first a circle and the second a square. They are dragged, or moved with arrow keys."""

    figure = Unicode("strip", read_only=True, help="The figure's name.").tag(sync=True)
    lang = Unicode(None, allow_none=True, help="What a screen reader hears of it is in `en` or `de`; without it, as the page around.").tag(sync=True)
    labels = Pair((16, 17), help="What the two objects are.").tag(sync=True)
    positions = Pair((2, 7), help="Where they stand, in pixels from 0; follows what the reader does.").tag(sync=True)
    pixels = Int(10, help="How long the strip is.").tag(sync=True)
    fixed = Bool(False, help="Nobody can move them.").tag(sync=True)
    aligned = Bool(False, help="It leaves room for a row's name and shows CLS, to stand above a chart's columns.").tag(sync=True)

    if TYPE_CHECKING:

        def __init__(self, **traits: Unpack[StripTraits]) -> None: ...
