"""Whether the crate and the dense reference train preset `paper` to the same numbers.

    pip install numpy scipy
    python tests/oracle/witness.py SWEEP REFERENCE.csv   # from the repository's root; writes WITNESS.md

SWEEP is the folder of `leftright sweep tests/oracle/witness.toml --format csv`, REFERENCE.csv what train.py
wrote. Seeds of the two have nothing in common, so they are two samples. Their ranks are compared (Wilcoxon,
Mann and Whitney) over all ways to share them out, which is exact where numbers are equal too. As a control,
the reference is compared with the crate's models from another start, which the test must tell apart.
"""
import csv, platform, subprocess, sys
from importlib.metadata import version
from pathlib import Path
import numpy as np
from scipy import stats

# What is compared, by the name of its column; the slope without its sign, which is a coin's.
NUMBERS = {
    "unseen pairs: retrieval": "unseen.retrieval",
    "unseen pairs: order": "unseen.order",
    "unseen pairs: recognition": "unseen.recognition",
    "seen pairs: retrieval": "seen.retrieval",
    "single objects: retrieval": "single.retrieval",
    "unseen pairs: order without EP": "EP unseen.order",
    "unseen pairs: order with EP reversed": "EP*-1 unseen.order",
    "steepest head: slope without its sign": "slope",
}
LEVEL = 0.05 / len(NUMBERS)


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))

def column(rows, name):
    x = np.array([float(row[name]) for row in rows])
    return np.abs(x) if name == "slope" else x

def p_value(a, b):
    """How often two samples of one distribution have mean ranks so far apart."""
    ranks = stats.rankdata(np.concatenate([a, b]))
    difference = lambda x, y, axis: x.mean(axis) - y.mean(axis)
    samples = ranks[:len(a)], ranks[len(a):]
    test = stats.permutation_test(samples, difference, vectorized=True, n_resamples=np.inf)
    return float(test.pvalue)

def told(x):
    return f"{np.median(x):.3f} ({x.min():.3f} to {x.max():.3f})"

def differ(p):
    names = [name for name, x in p.items() if x < LEVEL]
    return f"{len(names)} of {len(p)} differ" + (f" ({'; '.join(names)})" if names else "")

def report(crate, control, reference):
    """The report as Markdown, and the two sets of p-values."""
    p, p_control, lines = {}, {}, []
    for name, key in NUMBERS.items():
        ours, others, theirs = (column(models, key) for models in (crate, control, reference))
        p[name], p_control[name] = p_value(ours, theirs), p_value(others, theirs)
        cells = [name, told(ours), told(theirs), f"{p[name]:.4f}", told(others), f"{p_control[name]:.4f}"]
        lines.append(f"| {' | '.join(cells)} |")
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("jax", "numpy", "scipy"))
    text = f"""# The witness

Preset `paper`, {len(crate)} seeds each, trained by the crate and by the dense reference in JAX (`train.py`), which
shares no code and no random number with it. Medians, with least and most; p of an exact two-sample rank test.
A number differs where p < 0.05 / {len(NUMBERS)} = {LEVEL:.4f}. The control is the crate from the start
`pytorch-linear`, compared with the same reference.

| number | crate | reference | p | control | p of the control |
| --- | --- | --- | --- | --- | --- |
{chr(10).join(lines)}

Crate against reference: {differ(p)}. Control against reference: {differ(p_control)}.

    cargo xtask witness --python PYTHON

The crate at {commit}, CPU engine; Python {platform.python_version()}, {packages}; {platform.system()} on {platform.machine()}.
"""
    return text, p, p_control


if __name__ == "__main__":
    sweep, reference = sys.argv[1:]
    models = [row for part in sorted(Path(sweep).glob("part-*.csv")) for row in rows(part)]
    crate, control = ([row for row in models if row["linear"] == linear] for linear in ("normal", "uniform"))
    text, p, p_control = report(crate, control, rows(reference))
    Path("tests/oracle/WITNESS.md").write_text(text)
    print(text)
    if min(p_control.values()) >= LEVEL:
        sys.exit("error: the control is not told apart, so these seeds are too few to tell anything")
    if min(p.values()) < LEVEL:
        sys.exit("error: the crate and the reference train to different numbers: find out which is wrong")
