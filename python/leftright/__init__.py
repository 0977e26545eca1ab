"""Trains a tiny CLIP on ten-pixel strips and cuts the one attention term that tells left from right.

>>> import leftright
>>> model = leftright.train(leftright.Config(preset="small"), steps=50)
>>> before = model.evaluate("unseen")
>>> after = model.ablate("EP").evaluate("unseen")

`help(leftright.Config)` lists every setting. A strip is ten pixels, 0 background; the nine terms are EE, EP, EB, PE, PP,
PB, BE, BP and BB (first letter the query's source, second the key's: E token embedding, P position embedding, B bias),
and VP is the position part of the values.
"""

import difflib as _difflib
import importlib.util as _importlib
import pathlib as _pathlib
from typing import TYPE_CHECKING

from ._native import Config, Decomposition, Model, Table, __version__
from .errors import AnalysisError, CheckpointError, ConfigError, TrainingError
from .training import Population, sweep, train

if TYPE_CHECKING:
    from .figures import *

__all__ = [
    "AnalysisError",
    "CheckpointError",
    "Config",
    "ConfigError",
    "Decomposition",
    "Model",
    "Population",
    "Table",
    "TrainingError",
    "__version__",
    "sweep",
    "train",
    # The widgets.
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

# A checker of types would take it that a module with this function has every name.
if not TYPE_CHECKING:
    _WIDGETS = [name for name in __all__ if name not in globals()]
    # Where they cannot be loaded, whoever imports all, or asks for help, does without them.
    if not (_importlib.find_spec("anywidget") and (_pathlib.Path(__file__).parent / "static" / "widget.js").exists()):
        __all__ = [name for name in __all__ if name in globals()]

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})

    def __getattr__(name: str):
        """The widgets, loaded when one is asked for: they need anywidget, and nothing else here does."""
        if name not in _WIDGETS:
            near = _difflib.get_close_matches(name, [*__dir__(), *_WIDGETS], 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}{meant}")
        try:
            from . import figures
        except ModuleNotFoundError as error:
            raise ImportError(f"leftright.{name} needs {error.name}, which is not installed: pip install 'leftright[widgets]'") from error
        return getattr(figures, name)
