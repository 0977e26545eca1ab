"""Settings: as the crate's table has them, and refused with what is allowed."""

import ast
import pickle
from pathlib import Path

import numpy as np
import pytest

import leftright
from leftright import Config, ConfigError


def test_what_is_not_allowed_is_refused_by_name() -> None:
    for settings, field, says in [
        ({"pair_labels": 16}, "pair_labels", "pair_labels is 16, but must be at most 15, the labels that are not held out"),
        ({"seed": -1}, "seed", 'seed is "-1", but must be a whole number'),
        ({"seed": 1.0}, "seed", 'seed is "1.0", but must be a whole number'),
        ({"seed": "a"}, "seed", 'seed is "a", but must be a whole number from 0 to 4294967295, not text'),
        ({"seed": "1"}, "seed", 'seed is "1", but must be a whole number from 0 to 4294967295, not text'),
        ({"grid": "true"}, "grid", 'grid is "true", but must be true or false, not text'),
        ({"seed": np.longdouble(1)}, "seed", 'seed is "1.0", but must be a whole number'),
        ({"seed": True}, "seed", 'seed is "true", but must be a whole number'),
        ({"grid": 1}, "grid", 'grid is "1", but must be true or false'),
        ({"lr": float("nan")}, "lr", "lr is NaN, but must be between 0 and 1"),
        ({"lr": [0.1]}, "lr", 'lr is "[0.1]", but must be a number'),
        ({"lr": np.array([1, 2])}, "lr", 'lr is "array([1, 2])", but must be a number'),
        ({"schedule": "fast"}, "schedule", 'schedule is "fast", but must be constant or cosine'),
        ({"pair_label": 5}, "pair_label", 'there is no setting "pair_label"; did you mean pair_labels?'),
        ({"colour": 5}, "colour", 'there is no setting "colour"; the settings are seed, pixels,'),
        ({"preset": "papre"}, "preset", 'there is no preset "papre"; did you mean paper?'),
        ({"start": "pytroch"}, "start", 'there is no start "pytroch"; did you mean pytorch?'),
    ]:
        with pytest.raises(ConfigError) as raised:
            Config(**settings)
        assert str(raised.value).startswith(says)
        assert raised.value.field == field
        assert isinstance(raised.value, ValueError)
        # As a worker sends it home.
        again = pickle.loads(pickle.dumps(raised.value))
        assert (str(again), again.field, again.allowed) == (str(raised.value), field, raised.value.allowed)


def test_settings_are_read_as_they_were_given() -> None:
    config = Config(preset="left-right", start="clip", seed=np.int64(7), lr=np.float32(0.5), mlp=np.bool_(True), schedule="cosine")
    assert (config.seed, config.lr, config.mlp, config.schedule, config.text_layers) == (7, 0.5, True, "cosine", 2)
    assert config.token_std == 0.02
    assert eval(repr(config)) == config == pickle.loads(pickle.dumps(config)) == Config(**config.settings())
    assert hash(config) == hash(Config(**config.settings()))
    # The controls: another config is not equal, and a misspelt attribute is not there.
    assert config != config.replace(seed=8)
    with pytest.raises(AttributeError):
        config.pair_label  # noqa: B018
    with pytest.raises(AttributeError):
        config.seed = 8


def test_numbers_of_numpy_are_the_numbers_that_they_hold() -> None:
    for kind in (np.float16, np.float32, np.float64, np.longdouble):
        assert Config(lr=kind(0.5)) == Config(lr=0.5) != Config(lr=kind(0.25))
    for kind in (np.uint8, np.int64, np.ulonglong):
        assert Config(seed=kind(7)) == Config(seed=7) != Config(seed=kind(8))


def test_every_setting_is_in_the_help_and_in_the_stubs() -> None:
    settings = Config().settings()
    stubs = ast.parse((Path(leftright.__file__).parent / "_native.pyi").read_text())
    typed = next(node for node in stubs.body if isinstance(node, ast.ClassDef) and node.name == "_Settings")
    kinds = {field.target.id: ast.unparse(field.annotation) for field in typed.body}
    assert list(kinds) == list(settings)
    for name, value in settings.items():
        assert f"  {name}={str(value).lower() if isinstance(value, bool) else value}:" in Config.__doc__ or isinstance(value, float)
        assert kinds[name] == type(value).__name__ or repr(value) in kinds[name].replace("Literal", "")
    assert "pair_labels=15: N_pair: labels 1 to N_pair form the training pairs (2 to 15)" in Config.__doc__
    assert Config.pair_labels.__doc__ == "N_pair: labels 1 to N_pair form the training pairs"
    assert set(Config.presets()) >= {"paper", "left-right", "small"} and "  small: " in Config.__doc__
    assert set(Config.starts()) >= {"paper", "clip"}
