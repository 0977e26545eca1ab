# /// script
# dependencies = ["leftright[widgets]", "marimo"]
# ///

import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell
def _():
    import leftright
    import marimo as mo

    return leftright, mo


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Left and right in a notebook

    A tiny CLIP learns which of two objects on a strip of ten pixels is on the left. One term of its attention, called EP, is what it
    knows that from: take the term away, and the model still names both objects, but no longer knows which is on the left.

    This notebook trains such a model, takes the term away, and then looks at the same model in two figures. It needs
    `pip install 'leftright[widgets]'`, and no network.

    ## Train a model

    All settings have usual values; `help(leftright.Config)` lists them. A seed decides every random number, so the same seed gives the
    same model on any machine.
    """)
    return


@app.cell
def _(leftright):
    config = leftright.Config(seed=3)
    model = leftright.train(config, steps=1000)
    return (model,)


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    How good is it on pairs of objects that it has never seen together? *Retrieval*: the true caption is the nearest of all captions.
    *Order*: it is nearer than the one with the objects swapped, where chance is 0.5. *Recognition*: the nearest caption names the two
    objects, in either order.
    """)
    return


@app.cell
def _(model):
    model.evaluate("unseen")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Take the term away

    `ablate` multiplies a term by a strength before the softmax: 0 removes it, -1 turns it round. Nothing is trained again.
    """)
    return


@app.cell
def _(model):
    {strength: model.ablate("EP", strength=strength).evaluate("unseen") for strength in (0, -1)}
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Look at it

    A figure computes in this page, in your browser, with the model that it is given. Press **EP** in it, move its strength, choose
    heads. What you press comes back, in the cell below it. `mo.ui.anywidget` is what makes other cells follow.
    """)
    return


@app.cell
def _(leftright, mo, model):
    widget = leftright.Ablate(model=model)
    figure = mo.ui.anywidget(widget)
    figure
    return figure, widget


@app.cell
def _(figure, mo):
    _cut = " and ".join(figure.value["ablated"]) or "nothing"
    _measured = figure.value["ablation"]
    _order = f"; order on unseen pairs: {_measured['after']['unseen']['order']:.2f}" if _measured else ""
    mo.md(f"Cut: {_cut}, at strength {figure.value['strength']}{_order}.")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    It goes the other way too: what a cell sets, the figure shows. Such a cell sets `widget`, not `figure`: a cell that names `figure`
    runs again whenever you press something in it, and would undo that.
    """)
    return


@app.cell
def _(mo):
    terms = mo.ui.multiselect(["EE", "EP", "PE", "PP"], label="Cut")
    terms
    return (terms,)


@app.cell
def _(terms, widget):
    widget.ablated = terms.value
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Where EP comes from

    This figure shows the nine terms, pixel by pixel. It is of the same model, so what you cut above is cut in it as well. With nothing
    cut, one head's EP row falls from left to right. Drag the two objects.
    """)
    return


@app.cell
def _(leftright, mo, model):
    gradient = mo.ui.anywidget(leftright.Gradient(model=model))
    gradient
    return (gradient,)


@app.cell
def _(gradient, mo):
    mo.md(f"""
    The objects stand at pixels {gradient.value['positions'][0]} and {gradient.value['positions'][1]}, counted from 0.
    """)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Go on

    - `help(leftright.Ablate)` lists every trait. The other figures are in `leftright.figures`: `Train`, `Follow`, `Surgery` and more.
    - Without a model, a figure makes one by its settings: `leftright.Train(config={"seed": 5, "pair_labels": 9}, start="training")`.
    """)
    return


if __name__ == "__main__":
    app.run()
