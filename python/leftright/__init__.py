"""Trains a tiny CLIP on ten-pixel strips and cuts the one attention term that tells left from right.

>>> import leftright
>>> model = leftright.train(leftright.Config(preset="small"), steps=50)
>>> before = model.evaluate("unseen")
>>> after = model.ablate("EP").evaluate("unseen")

`help(leftright.Config)` lists every setting. A strip is ten pixels, 0 background; the nine terms are EE, EP, EB, PE, PP,
PB, BE, BP and BB (first letter the query's source, second the key's: E token embedding, P position embedding, B bias),
and VP is the position part of the values.
"""

from ._native import Config, Decomposition, Model, Table, __version__
from .errors import AnalysisError, CheckpointError, ConfigError, TrainingError
from .training import Population, sweep, train

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
