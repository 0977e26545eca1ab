"""Trains a tiny CLIP on ten-pixel strips and cuts the one attention term that tells left from right.

>>> import leftright
>>> model = leftright.train(leftright.Config(preset="small"), steps=50)
>>> before = model.evaluate("unseen")
>>> after = model.ablate("EP").evaluate("unseen")

`help(leftright.Config)` lists every setting. A strip is ten pixels, 0 background; the nine terms are EE, EP, EB, PE, PP,
PB, BE, BP and BB (first letter the query's source, second the key's: E token embedding, P position embedding, B bias),
and VP is the position part of the values.
"""

from typing import TYPE_CHECKING, Any

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
]


def __getattr__(name: str) -> Any:
    """The widgets, loaded when one is asked for: they need anywidget, and nothing else here does."""
    if not name[0].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from . import figures
    except ModuleNotFoundError as error:
        raise ImportError(f"leftright.{name} needs {error.name}, which is not installed: pip install 'leftright[widgets]'") from error
    return getattr(figures, name)
