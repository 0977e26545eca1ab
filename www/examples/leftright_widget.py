"""A figure of the article in a notebook: Jupyter, marimo, Colab, VS Code. Needs `pip install anywidget`.

Without a network, keep a copy of the module beside this file and write `_esm = pathlib.Path("anywidget.js")`: it fetches nothing.
"""

import anywidget
import traitlets

SITE = "https://leftright.example/"


class Figure(anywidget.AnyWidget):
    """`Figure(figure="ablate", seed=3)`; `step` and `accuracies` follow what the reader does."""

    _esm = SITE + "lib/anywidget.js"

    figure = traitlets.Unicode("ablate").tag(sync=True)
    seed = traitlets.Int(None, allow_none=True).tag(sync=True)
    pair_labels = traitlets.Int(None, allow_none=True).tag(sync=True)
    single_layouts = traitlets.Int(None, allow_none=True).tag(sync=True)
    pair_layouts = traitlets.Int(None, allow_none=True).tag(sync=True)
    engine = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    start = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    controls = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    lock = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    ablate = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    strength = traitlets.Float(None, allow_none=True).tag(sync=True)
    head = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    strip = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    theme = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    lang = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    number = traitlets.Int(None, allow_none=True).tag(sync=True)

    step = traitlets.Int(0).tag(sync=True)
    accuracies = traitlets.Dict(None, allow_none=True).tag(sync=True)
