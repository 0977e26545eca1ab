"""Ablated fixtures: small models of every variant with random parameters, biases and norms too, so that every term
matters; what each tower gives under every ablation, and the weights of the row that is read. The laws of `sources.py`
are checked on the way.

    python tests/oracle/ablated.py   # from the repository's root; rewrites tests/fixtures/ablated_*

`ablations` in a fixture's header holds, per tower, a list of lists of ablations in the crate's JSON. By tower, A lists:
`vision.embedding` [A, B, d_embed] (or, of the autoregressive Transformer, the next words' logits [A, B, 8, words]) and
`vision.attention` [A, layers, B, heads, T], the first read place's row in every layer.
"""
import json
import numpy as np
import jax.numpy as jnp
import reference
from reference import Config
from safetensors.numpy import save_file
from sources import TERMS, cut, total

WORLD = dict(pixels=4, labels=4, pair_labels=2, held_labels=2, single_layouts=3, pair_layouts=5, batch=4, d_model=8, heads=2, d_embed=8)
TWO = dict(vision_layers=2, text_layers=2)
VARIANTS = dict(
    plain=Config(**WORLD | dict(d_model=16)),
    norm=Config(layer_norm=True, **WORLD | dict(d_model=16)),
    mlp=Config(mlp=True, **WORLD),
    norm_mlp=Config(layer_norm=True, mlp=True, **WORLD),
    two=Config(**WORLD | TWO),
    two_norm_mlp=Config(layer_norm=True, mlp=True, **WORLD | TWO),
    autoregressive=Config(autoregressive=True, **WORLD | dict(batch=2)),
    autoregressive_two=Config(autoregressive=True, layer_norm=True, mlp=True, text_layers=2, **WORLD | dict(batch=2)),
)


def params(c, seed):
    """As a model starts, with embeddings and biases of a size that no part of it can hide behind another."""
    rng = np.random.default_rng(seed + 1)
    p = {}
    for name, x in reference.init(c, seed).items():
        small = name.endswith(".bias") or "embedding" in name or "norm" in name
        p[name] = jnp.asarray(np.float32(x + 0.6 * small * rng.standard_normal(x.shape)), jnp.float64)
    return p

def towers(c):
    """Each tower's name in ablations, its layers, and what runs it: (ablations, trace) -> embeddings."""
    s, p = reference.split(c, 0), params(c, 7)
    im, tk = reference.sample(c, s, np.random.default_rng(3))
    assert (np.count_nonzero(im, 1) == 2).any() and (np.count_nonzero(im, 1) == 1).any()
    if c.autoregressive:
        runs = dict(vision=(c.text_layers, lambda a, t: reference.next_words(p, c, im, tk, a, t)))
    else:
        runs = dict(vision=(c.vision_layers, lambda a, t: reference.encode_images(c, p, im, a, t)),
                    text=(c.text_layers, lambda a, t: reference.encode_texts(c, p, tk, a, t)))
    return p, im, tk, runs

def lists(tower, layers):
    """Nothing; every term alone; what the experiments ask; heads; and what overrides what."""
    out = [[]]
    for layer in range(1, layers + 1):
        at = dict(tower=tower, layer=layer)
        out += [[cut(t, **at)] for t in TERMS + ["VP"]]
        out += [
            [cut("EP", strength=-1.0, **at)],
            [cut("PE", "PP", **at)],
            [cut("BP", strength=0.5, **at)],
            [cut("EP", heads=[1], **at)],
            [cut("EB", "PB", "BB", strength=-1.0, **at)],
            [cut("EP", "VP", strength=-1.0, **at), cut("EP", strength=0.5, heads=[0], **at)],
        ]
    if layers > 1:
        out.append([cut("EP", tower=tower), cut("EP", "VP", strength=-1.0, layer=2, tower=tower)])
    return out

def reads(c, tower, tk):
    """The first place that is read in each sequence."""
    if c.autoregressive:
        return np.full(len(tk), c.pixels)
    return np.zeros(len(tk), int) if tower == "vision" else reference.eot_index(c, tk)

def close(a, b):
    return float(jnp.abs(a - b).max()) < 1e-12

def check(c, tower, layers, run):
    """The laws of `sources.py`, to rounding in f64."""
    whole = run((), None)
    for ablations in [(), [cut("EP", "VP", strength=-0.5, tower=tower)]]:
        trace = []
        run(ablations, trace)
        for l, layer in enumerate(trace):
            assert close(total(layer["parts"]), layer["input"]), (tower, l, "the parts do not sum to the layer's input")
            assert close(sum(layer["terms"].values()), layer["logits"]), (tower, l, "the terms do not sum to the logits")
    for layer in range(1, layers + 1):
        at = dict(tower=tower, layer=layer)
        assert close(run([cut(*TERMS, "VP", strength=1.0, **at)], None), whole), "strength 1 changes something"
        for t in TERMS + ["VP"]:
            change = float(jnp.abs(run([cut(t, strength=-1.0, **at)], None) - whole).max())
            still = t[1] == "B" and (layer == 1 or not (c.layer_norm or c.mlp))
            assert change < 1e-12 if still else change > 1e-3, (tower, layer, t, change)

def fixture(name, c):
    p, im, tk, runs = towers(c)
    out, asked = {"param." + k: v for k, v in p.items()}, {}
    for tower, (layers, run) in runs.items():
        check(c, tower, layers, run)
        asked[tower], at = lists(tower, layers), reads(c, tower, tk)
        embeddings, attention = [], []
        for ablations in asked[tower]:
            trace = []
            embeddings.append(run(ablations, trace))
            attention.append([layer["attention"][np.arange(len(tk)), :, at] for layer in trace])
        out |= {tower + ".embedding": jnp.stack(embeddings), tower + ".attention": jnp.array(attention)}
    header = reference.meta(c) | {"ablations": json.dumps(asked)}
    save_file(reference.f32(out) | {"images": im.astype(np.int32), "tokens": tk}, f"tests/fixtures/ablated_{name}.safetensors", header)
    print(name, {tower: len(a) for tower, a in asked.items()})

if __name__ == "__main__":
    for name, c in VARIANTS.items():
        fixture(name, c)
