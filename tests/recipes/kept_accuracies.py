"""A kept model's accuracies on unseen pairs by the reference's own code, as JSON: python kept_accuracies.py model.safetensors"""
import json, pathlib, sys
import jax.numpy as jnp
import numpy as np
from safetensors import safe_open
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))
import reference

with safe_open(sys.argv[1], "numpy") as file:
    config = reference.Config(**json.loads(file.metadata()["config"]))
    params = {name: jnp.asarray(np.asarray(file.get_tensor(name), np.float64)) for name in file.keys()}
print(json.dumps({cut: reference.accuracy(config, params, reference.unseen_items(config), ablate) for cut, ablate in {"nothing": (), "EP": ("EP",)}.items()}))
