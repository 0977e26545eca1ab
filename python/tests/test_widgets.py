"""The widgets without a page: their classes and traits are the manifest's, and what is wrong says what is allowed.

With a page, `tests/notebooks` opens them in JupyterLab and marimo.
"""

import json
import pathlib
import pydoc
import subprocess
import sys

import pytest

import leftright

# They need anywidget, and the page's module, which `cargo xtask build` writes.
figures = pytest.importorskip("leftright.figures", exc_type=ImportError)
from traitlets import TraitError  # noqa: E402

from leftright import widgets  # noqa: E402

MANIFEST = pathlib.Path(__file__).parents[2] / "package/dist/custom-elements.json"
# Attributes of what is looked at, which are traits by other names since they change both ways.
LOOKED = {"ablate": "ablated", "strength": "strength", "head": "heads", "strip": "positions", "step": "snapshot"}
CHANGE = ["phase", "step", "loss", "accuracies", "settings", "snapshots", "error"]
EVENTS = {
    "lr-change": CHANGE,
    "lr-trained": CHANGE,
    "lr-ablate": ["ablation"],
    "lr-guess": ["guess"],
    "lr-result": ["result"],
    "lr-move": ["positions"],
}


@pytest.fixture(scope="module")
def elements():
    modules = json.loads(MANIFEST.read_text())["modules"]
    return [element for module in modules for element in module["declarations"]]


def test_there_is_a_widget_for_each_element_with_its_attributes_and_events(elements):
    settings = leftright.Config().settings()
    kinds = [getattr(figures, name) for name in figures.__all__]
    by_tag = {f"lr-{kind.figure.default_value}": kind for kind in kinds}
    assert by_tag.keys() == {element["tagName"] for element in elements}
    for element in elements:
        kind = by_tag[element["tagName"]]
        assert kind.__doc__.rstrip(".") == element["description"].replace("\n", " ").rstrip(".")
        names = [attribute["name"].replace("-", "_") for attribute in element["attributes"]]
        if kind is not figures.Strip:
            assert set(settings) < set(names)
            names = [LOOKED.get(name, name) for name in names if name not in settings]
        told = [name for event in element["events"] for name in EVENTS[event["name"]]]
        assert set(names + told) <= kind.class_traits(sync=True).keys()


@pytest.mark.parametrize("name", figures.__all__)
def test_every_trait_says_what_it_is(name):
    kind = getattr(leftright, name)
    inherited = widgets.anywidget.AnyWidget.class_traits()
    own = [trait for trait in kind.class_traits(sync=True).values() if trait.name not in inherited]
    assert len(own) > 1
    for trait in own:
        assert trait.help, trait.name


@pytest.mark.parametrize(
    ("trait", "value", "allowed"),
    [
        ("ablated", ["XY"], "EE, EP, EB, PE, PP, PB, BE, BP, BB, VP"),
        ("ablated", 3, "EE, EP, EB, PE, PP, PB, BE, BP, BB, VP"),
        ("strength", 3, "not be greater than 2"),
        ("heads", [4], "heads 0 to 3"),
        ("labels", (16, 21), "labels 1 to 20"),
        ("labels", (0, 1), "labels 1 to 20"),
        ("positions", (3, 10), "positions 0 to 9"),
        ("positions", (3, 3), "two different whole numbers"),
        ("positions", (3, True), "two different whole numbers"),
        ("snapshot", 50, "none yet"),
        ("theme", "blue", "'light', 'dark', 'auto'"),
        ("start", "later", "'trained', 'untrained', 'training'"),
        ("lock", ["sed"], "seed, "),
        ("config", {"pair_labels": 16}, "at most 15"),
        ("config", {"sed": 3}, "seed"),
        ("config", [3], "a dict of settings or a leftright.Config"),
        ("model", "model.safetensors", "a leftright.Model"),
        ("step", 3, "read-only"),
    ],
)
def test_a_wrong_value_says_what_is_allowed_and_changes_nothing(trait, value, allowed):
    figure = leftright.Ablate()
    before = getattr(figure, trait)
    with pytest.raises(TraitError, match=allowed) as raised:
        setattr(figure, trait, value)
    assert trait in str(raised.value)
    assert getattr(figure, trait) == before


def test_a_misspelt_trait_is_an_error_with_the_one_that_was_meant():
    figure = leftright.Ablate()
    with pytest.raises(AttributeError, match="did you mean 'ablated'"):
        figure.ablate = ["EP"]
    with pytest.raises(TypeError, match="did you mean 'ablated'"):
        leftright.Ablate(ablatd=["EP"])
    with pytest.raises(TypeError, match="in config"):
        leftright.Ablate(seed=3)
    with pytest.raises(AttributeError, match="Ablat"):
        leftright.Ablat  # noqa: B018


def test_settings_as_usual_are_left_out_so_that_equal_configs_are_one_model():
    config = leftright.Config(seed=3)
    assert leftright.Train(config=config).config == leftright.Train(config={"seed": 3, "pair_labels": 15}).config == {"seed": 3}
    smaller = leftright.Train(config={"pixels": 5, "single_layouts": 2, "pair_layouts": 3}, positions=(0, 4))
    with pytest.raises(TraitError, match="positions 0 to 4"):
        smaller.positions = (0, 5)


def test_a_list_may_be_a_text_and_no_widget_has_anothers():
    figure = leftright.Ablate(ablated="EP, VP", lock="seed pair_labels", ask="EP")
    assert (figure.ablated, figure.lock, figure.ask) == (["EP", "VP"], ["seed", "pair_labels"], ["EP"])
    leftright.Ablate().ablated.append("EP")
    assert leftright.Ablate().ablated == []


def test_what_a_page_tells_is_in_the_traits_and_is_heard():
    figure = leftright.Ablate()
    heard = []
    figure.observe(lambda change: heard.append((change.name, change.new)), ["ablated", "phase"])
    figure.set_state({"ablated": ["EP"], "strength": -1, "heads": [2], "positions": [0, 9], "phase": "ready"})
    figure.set_state({"snapshots": [0, 50, 60], "snapshot": 50, "step": 50, "loss": 0.5, "accuracies": {"unseen": {"order": 0.5}}})
    assert (figure.ablated, figure.strength, figure.heads, figure.positions) == (["EP"], -1, [2], (0, 9))
    assert (figure.step, figure.snapshot, figure.accuracies["unseen"]["order"]) == (50, 50, 0.5)
    assert sorted(heard) == [("ablated", ["EP"]), ("phase", "ready")]
    with pytest.raises(TraitError, match="0, 50, 60"):
        figure.snapshot = 20


def test_a_page_gets_a_models_checkpoint_and_equal_models_have_one_name():
    def sent(kind, model):
        return kind(model=model).get_state("model")["model"]

    model = leftright.Model(leftright.Config(seed=3))
    first = sent(leftright.Ablate, model)
    assert leftright.Model.from_bytes(first["bytes"]).config == model.config
    assert first["name"] == sent(leftright.Gradient, leftright.Model(leftright.Config(seed=3)))["name"]
    assert first["name"] != sent(leftright.Ablate, leftright.Model(leftright.Config(seed=4)))["name"]
    with pytest.raises(TraitError, match="ablated"):
        leftright.Ablate(model=model.ablate("EP"))


# Of ipywidgets, whose every attribute the help looks at.
@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
def test_every_widget_is_listed_where_names_are_looked_for():
    names: dict = {}
    exec("from leftright import *", names)
    listed = pydoc.render_doc(leftright, renderer=pydoc.plaintext)
    for name in figures.__all__:
        assert names[name] is getattr(figures, name)
        assert name in dir(leftright) and name in leftright.__all__
        assert f"class {name}(" in listed
    # The control: the class that they are made of is none of them.
    assert "Figure" not in names and "Figure" not in dir(leftright)


@pytest.mark.parametrize(("name", "meant"), [("Ablte", "; did you mean 'Ablate'?"), ("trian", "; did you mean 'train'?"), ("Qwertz", "")])
def test_a_misspelt_name_is_an_error_with_the_one_that_was_meant(name, meant):
    with pytest.raises(AttributeError) as raised:
        getattr(leftright, name)
    assert str(raised.value) == f"module 'leftright' has no attribute {name!r}{meant}"


def test_whoever_wants_no_widget_needs_no_anywidget():
    code = "import sys, leftright; assert 'anywidget' not in sys.modules; leftright.Ablate; assert 'anywidget' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_anywidget_the_rest_is_there_and_a_widget_says_what_it_needs():
    code = """
import sys, importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "anywidget" else find(name)
sys.modules["anywidget"] = None # cannot be imported
import leftright
from leftright import *
assert train and "train" in dir(leftright) and "Ablate" not in dir(leftright)
try:
    leftright.Ablate
except ImportError as error:
    assert "pip install" in str(error)
else:
    sys.exit("Ablate is there")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
