"""The witness of `cargo xtask witness`: preset `paper` trained by the dense reference.

    pip install jax safetensors numpy
    python tests/oracle/train.py OUT.csv   # from the repository's root; a row per seed of witness.toml

Nothing of the crate is used. Initial parameters, layouts and batches come from NumPy's generator, so that a
seed here has nothing in common with a seed there: what the two share is what a model, a step and an accuracy
are. Columns have the names that `leftright sweep` gives the same numbers.
"""
import csv, sys, tomllib
import numpy as np
import jax, jax.numpy as jnp
import reference
from reference import Config, accuracy, image
from sources import cut

SPEC = "tests/oracle/witness.toml"


def train(c, seed, steps):
    """A model after some steps in float64, and which layouts it trained on."""
    layouts, start, batches = np.random.SeedSequence(seed).spawn(3)
    s, p, rng = reference.split(c, layouts), reference.init(c, start), np.random.default_rng(batches)
    m, v = ({k: jnp.zeros_like(x) for k, x in p.items()} for _ in range(2))

    @jax.jit
    def step(p, m, v, im, tk, t, lr):
        return reference.adamw(c, p, jax.grad(reference.loss)(p, c, im, tk), m, v, t, lr)

    for t in range(1, steps + 1):
        p, m, v = step(p, m, v, *reference.sample(c, s, rng), t, reference.learning_rate(c, t))
    return s, p

def seen_items(c, s):
    """Every training pair in its held-out layouts."""
    return [(image(c, (x, i), (y, j)), (x, y)) for (x, y), (_, held) in s["pair"].items() for i, j in held]

def single_items(c, s):
    """Every label at its held-out positions."""
    return [(image(c, (x, at)), x) for x, (_, held) in s["single"].items() for at in held]

def steepest_slope(c, p):
    """The steepest head's least-squares slope of EP's CLS row over the pixels, which is every strip's row."""
    trace = []
    reference.encode_images(c, p, np.stack([image(c)]), trace=trace)
    rows = np.asarray(trace[0]["terms"]["EP"])[0, :, 0, 1:]
    slopes = np.polyfit(np.arange(c.pixels), rows.T, 1)[0]
    return slopes[np.abs(slopes).argmax()]

def numbers(c, s, p):
    unseen = reference.unseen_items(c)
    splits = {"single": single_items(c, s), "seen": seen_items(c, s), "unseen": unseen}
    row = {}
    for split, items in splits.items():
        row |= {f"{split}.{score}": x for score, x in accuracy(c, p, items).items()}
    row["EP unseen.order"] = accuracy(c, p, unseen, [cut("EP")])["order"]
    row["EP*-1 unseen.order"] = accuracy(c, p, unseen, [cut("EP", strength=-1.0)])["order"]
    return row | {"slope": steepest_slope(c, p)}


if __name__ == "__main__":
    c = Config()
    with open(SPEC, "rb") as file:
        spec = tomllib.load(file)
    with open(sys.argv[1], "w", newline="") as out:
        writer = None
        for seed in spec["grid"]["seed"]:
            row = {"seed": seed} | numbers(c, *train(c, seed, spec["steps"]))
            writer = writer or csv.DictWriter(out, row)
            if out.tell() == 0:
                writer.writeheader()
            writer.writerow(row)
            out.flush()
            told = f"retrieval {row['unseen.retrieval']:.3f}, order {row['unseen.order']:.3f}"
            print(f"seed {seed}: {told}", flush=True)
