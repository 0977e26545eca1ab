"""Training speed: leftright in Python against the command line and against the dense step in native JAX.

    pip install leftright jax numpy safetensors
    python python/bench/jax_step.py --cli target/release/leftright     # from the repository's root

Preset `paper`, batches of 128. The dense step is that of tests/oracle/reference.py in float32 on the CPU, jitted, with its
buffers donated; its ten losses are checked against tests/fixtures/step_paper.safetensors before anything is timed. JAX's
batches are drawn beforehand, ours while it is timed; ours has the start of a run in it too (12 to 40 ms), the command line's,
which counts by itself, its steps alone. The blocks of a round follow each other; a number is the median over
the rounds of the ratio within one, so that what else the machine does falls out.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/oracle"))

import jax
import jax.numpy as jnp
import numpy as np
import reference
from safetensors.numpy import load_file

import leftright

# The reference asks for double precision when it is imported.
jax.config.update("jax_enable_x64", False)

CONFIG = reference.Config()


@partial(jax.jit, donate_argnums=0)
def dense_step(state, images, tokens):
    params, first, second, t = state
    t = t + 1
    loss, gradients = jax.value_and_grad(reference.loss)(params, CONFIG, images, tokens)
    rate = CONFIG.lr * jnp.minimum(1.0, t / CONFIG.warmup)
    return (*reference.adamw(CONFIG, params, gradients, first, second, t, rate), t), loss


def start(fixture):
    given = {key[6:]: value for key, value in fixture.items() if key.startswith("param.")}
    params = {key: jnp.asarray(value.reshape(()) if key == "logit_scale" else value) for key, value in given.items()}
    first, second = ({key: jnp.zeros_like(value) for key, value in params.items()} for _ in range(2))
    return params, first, second, jnp.float32(0)


class Dense:
    """The dense step in JAX."""

    def __init__(self, steps):
        fixture = load_file(ROOT / "tests/fixtures/step_paper.safetensors")
        state, losses = start(fixture), []
        for _ in range(10):
            state, loss = dense_step(state, fixture["images"], fixture["tokens"])
            losses.append(float(loss))
        error = np.abs(np.array(losses) / fixture["losses"] - 1).max()
        if not error <= 1e-3:
            sys.exit(f"the dense step's losses differ from the fixture's by {error:.1e}, but must agree within 1e-3")
        rng = np.random.default_rng(1)
        split = reference.split(CONFIG, 0)
        self.batches = [reference.sample(CONFIG, split, rng) for _ in range(steps)]
        self.state = start(fixture)
        # Compiled for the shapes of a batch.
        self.state, loss = dense_step(self.state, *self.batches[0])
        loss.block_until_ready()

    def seconds(self):
        begun = time.perf_counter()
        for batch in self.batches:
            self.state, loss = dense_step(self.state, *batch)
        loss.block_until_ready()
        return (time.perf_counter() - begun) / len(self.batches)


def python(steps):
    begun = time.perf_counter()
    leftright.train(steps=steps, progress=False)
    return (time.perf_counter() - begun) / steps


def command_line(program, steps, folder):
    out = str(Path(folder) / "model.safetensors")
    answer = subprocess.run(
        [program, "--json", "train", "--steps", str(steps), "--engine", "cpu", "--out", out], check=True, capture_output=True
    )
    return json.loads(answer.stdout)["ms_per_step"] / 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cli", help="the command line, to compare with it too")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=150, help="steps of a block")
    args = parser.parse_args()
    dense = Dense(args.steps)
    ratios = {"native JAX, dense": [], "command line": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(args.rounds):
            ours = python(args.steps)
            ratios["native JAX, dense"].append(dense.seconds() / ours)
            if args.cli:
                ratios["command line"].append(command_line(args.cli, args.steps, folder) / python(args.steps))
    print(f"seconds per step, divided by those of leftright {leftright.__version__} in Python (JAX {jax.__version__}):")
    for name, rounds in ratios.items():
        if rounds:
            each = ", ".join(f"{ratio:.2f}" for ratio in rounds)
            print(f"{name}: {statistics.median(rounds):.2f} (rounds: {each})")


if __name__ == "__main__":
    main()
