"""Dense autodiff reference for the left-right CLIP testbed (JAX, float64).

It says by example what the model, the loss, the optimiser and the accuracies
mean, and writes the fixtures beside it. What the attention-logit terms mean, and
what an ablation is, stands in `sources.py`; the ablated fixtures are written by
`ablated.py`. It is slow and plain on purpose: no table, no fusion, no shortcut.

    pip install jax safetensors numpy
    python tests/oracle/reference.py   # from the repository's root; rewrites tests/fixtures/step_*; --first: all of it

Shapes: B batch, T tokens, D d_model, H heads, K = D/H. Weights are [out, in]
(y = x @ W.T + b), as in PyTorch and in the paper's Q = X W_Q^T + B_Q.
"""
import json, math, sys
import numpy as np
import jax, jax.numpy as jnp
import sources
from safetensors.numpy import save_file
from sources import cut
jax.config.update("jax_enable_x64", True)

WORDS = ["is", "on", "the", "left", "of", "right", "in", "image", "EOT", "PAD", "above"]   # the last only with c.above


class Config:
    def __init__(self, **kw):
        self.pixels, self.labels, self.pair_labels, self.held_labels = 10, 20, 15, 5
        self.single_layouts, self.pair_layouts = 8, 20          # n_1, n_2
        self.d_model, self.heads, self.d_embed = 128, 4, 128
        self.vision_layers, self.text_layers = 1, 1
        self.layer_norm, self.mlp = False, False                 # the paper's simplified model has neither
        self.grid, self.above, self.right, self.objects = False, False, False, 2
        self.autoregressive = False
        self.batch, self.lr, self.beta1, self.beta2, self.eps = 128, 1e-3, 0.9, 0.98, 1e-8
        self.weight_decay, self.warmup, self.max_scale = 0.0, 10, 100.0
        self.schedule, self.schedule_steps = "constant", 1000
        self.token_std, self.cls_std, self.position_std, self.text_position_scale = 0.1, 1.0, 0.02, 1.0
        self.linear, self.linear_std, self.bias_std = "normal", 1.0, 0.0   # both std in units of inputs^-0.5
        self.__dict__.update(kw)
        self.cls = self.labels + 1
        self.word = {w: self.labels + 1 + i for i, w in enumerate(WORDS)}
        self.vision_vocab, self.text_vocab = self.labels + 2, self.labels + 1 + len(WORDS) - (not self.above)
        self.caption_len = 9


# ---- data ---------------------------------------------------------------
def single_caption(c, x):
    w = c.word
    return [0, x, w["is"], w["in"], w["the"], w["image"], w["EOT"], w["PAD"], w["PAD"]]

def pair_caption(c, x, y):
    w = c.word
    return [0, x, w["is"], w["on"], w["the"], w["left"], w["of"], y, w["EOT"]]

def right_caption(c, x, y):
    w = c.word
    return [0, x, w["is"], w["on"], w["the"], w["right"], w["of"], y, w["EOT"]]

def above_caption(c, x, y):
    w = c.word
    return [0, x, w["is"], w["above"], y, w["EOT"], w["PAD"], w["PAD"], w["PAD"]]

def triple_caption(c, x, y, z):
    w = c.word
    return [0, x, w["left"], w["of"], y, w["left"], w["of"], z, w["EOT"]]

def eot_index(c, tokens):
    return (np.asarray(tokens) == c.word["EOT"]).argmax(-1)

def image(c, *placed):
    v = np.zeros(c.pixels, np.int32)
    for label, at in placed:
        v[at] = label
    return v

def layouts(c):
    return [(i, j) for i in range(c.pixels) for j in range(i + 1, c.pixels)]

def split(c, seed):
    """Which layouts each caption trains on; the rest are held out."""
    rng = np.random.default_rng(seed)
    L = layouts(c)
    single = {x: rng.permutation(c.pixels) for x in range(1, c.labels + 1)}
    pairs = [(x, y) for x in range(1, c.pair_labels + 1) for y in range(1, c.pair_labels + 1) if x != y]
    order = {p: rng.permutation(len(L)) for p in pairs}
    return dict(single={x: (s[:c.single_layouts], s[c.single_layouts:]) for x, s in single.items()},
                pair={p: ([L[k] for k in o[:c.pair_layouts]], [L[k] for k in o[c.pair_layouts:]]) for p, o in order.items()})


# ---- model --------------------------------------------------------------
def init(c, seed, draws=None):
    """A model's parameters, from NumPy's random numbers or from the crate's: `draws` gives the standard draws of the
    tensor at a place, of a shape, uniform from -1 to 1 or normal."""
    rng, D = np.random.default_rng(seed), c.d_model
    draws = draws or (lambda place, shape, uniform: rng.uniform(-1, 1, shape) if uniform else rng.standard_normal(shape))
    n = lambda std, *shape: std * draws(len(p), shape, False)
    def linear(std, inputs, *shape):
        if std == 0:
            return np.zeros(shape)
        uniform = c.linear == "uniform"
        return std * inputs ** -0.5 * math.sqrt(3 if uniform else 1) * draws(len(p), shape, uniform)
    def map_(name, outputs, inputs):
        p[name + ".weight"] = linear(c.linear_std, inputs, outputs, inputs)
        p[name + ".bias"] = linear(c.bias_std, inputs, outputs)
    p = {} if c.autoregressive else {"logit_scale": np.array(math.log(1 / 0.07))}
    towers = (("vision", c.vision_vocab, 1 + c.pixels, c.vision_layers, c.cls), ("text", c.text_vocab, c.caption_len, c.text_layers, None))
    if c.autoregressive:   # one Transformer over words and, behind them in the vocabulary, pixel values; SOT starts larger, as CLS does
        towers = (("decoder", c.text_vocab + c.labels + 1, c.pixels + c.caption_len, c.text_layers, 0),)
    for tower, vocab, length, layers, larger in towers:
        tok = n(c.token_std, vocab, D)
        if larger is not None:
            tok[larger] *= c.cls_std / c.token_std
        p[f"{tower}.token_embedding.weight"] = tok
        p[f"{tower}.position_embedding.weight"] = n(c.position_std * (c.text_position_scale if tower == "text" else 1), length, D)
        for l in range(layers):
            at = f"{tower}.layers.{l}."
            for w in ("query", "key", "value", "output"):
                map_(at + "attention." + w, D, D)
            if c.layer_norm:
                for ln in ("norm1", "norm2") if c.mlp else ("norm1",):
                    p[at + ln + ".weight"], p[at + ln + ".bias"] = np.ones(D), np.zeros(D)
            if c.mlp:
                map_(at + "mlp.up", 4 * D, D)
                map_(at + "mlp.down", D, 4 * D)
        if c.layer_norm:
            p[f"{tower}.final_norm.weight"], p[f"{tower}.final_norm.bias"] = np.ones(D), np.zeros(D)
        p[f"{tower}.projection.weight"] = linear(c.linear_std, D, c.text_vocab if c.autoregressive else c.d_embed, D)
    return {k: jnp.asarray(np.float32(v), jnp.float64) for k, v in p.items()}

def crate_draws(seed):
    """The draws of the crate (src/rng.rs): number i of the tensor at a place is a hash of seed, place and i."""
    def mix(x):
        x = np.atleast_1d(np.asarray(x, np.uint32))   # of a scalar NumPy would tell that it wraps
        x = (x ^ x >> np.uint32(16)) * np.uint32(0x7feb352d)
        x = (x ^ x >> np.uint32(15)) * np.uint32(0x846ca68b)
        return x ^ x >> np.uint32(16)
    add = lambda x, y: ((np.asarray(x, np.uint64) + y) % 2 ** 32).astype(np.uint32)
    def draws(place, shape, uniform):
        key = mix(add(mix(mix(add(seed, 0x9e3779b9))), place))   # the stream of initial parameters is 0
        unit = lambda i: ((mix(key ^ mix(add(i, 0x85ebca6b))) >> np.uint32(8)) + 0.5) / 2 ** 24
        i = np.arange(math.prod(shape)).reshape(shape)
        return 2 * unit(i) - 1 if uniform else np.sqrt(-2 * np.log(unit(2 * i))) * np.cos(2 * np.pi * unit(2 * i + 1))
    return draws

def linear(p, name, x):
    y = x @ p[name + ".weight"].T
    return y + p[name + ".bias"] if name + ".bias" in p else y

def norm(p, name, x):
    m, v = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - m) / jnp.sqrt(v + 1e-5) * p[name + ".weight"] + p[name + ".bias"]

def heads(c, x):
    return x.reshape(*x.shape[:-1], c.heads, c.d_model // c.heads).swapaxes(-2, -3)

def tower(c, p, name, tokens, read, causal, ablations=(), trace=None):
    """tokens [B,T] -> unit embeddings [B,d_embed] of the places read [B] (or, read None, what every place writes). Every layer's
    input in parts, its attention weights and its terms go to the list `trace`."""
    T = tokens.shape[1]
    E = p[name + ".token_embedding.weight"][tokens]
    P = jnp.broadcast_to(p[name + ".position_embedding.weight"][:T], E.shape)
    x, parts = E + P, sources.embed(E, P)
    mask = jnp.tril(jnp.ones((T, T), bool)) if causal else jnp.ones((T, T), bool)
    merge = lambda o: o.swapaxes(1, 2).reshape(x.shape)
    for l in range(c.vision_layers if name == "vision" else c.text_layers):
        at = f"{name}.layers.{l}."
        h, seen = (norm(p, at + "norm1", x), sources.norm(p, at + "norm1", parts)) if c.layer_norm else (x, parts)
        q, k, v = (heads(c, linear(p, at + "attention." + w, h)) for w in ("query", "key", "value"))
        logits = jnp.einsum("bhqd,bhkd->bhqk", q, k) / math.sqrt(c.d_model // c.heads)
        query, key, value = ({s: heads(c, y) for s, y in sources.linear(p, at + "attention." + w, seen).items()} for w in ("query", "key", "value"))
        terms = sources.terms(query, key)
        if ablations:
            strength = sources.strengths(c.heads, "text" if name == "text" else "vision", l + 1, ablations)
            by_head = lambda t: strength[t][None, :, None, None]
            terms = {t: by_head(t) * y for t, y in terms.items()}
            value = value | {"P": by_head("VP") * value["P"]}
            logits, v = sum(terms.values()), sources.total(value)
        w = jax.nn.softmax(jnp.where(mask, logits, -1e30), -1)
        if trace is not None:
            trace.append(dict(input=h, parts=seen, terms=terms, logits=logits, attention=w))
        x = x + linear(p, at + "attention.output", merge(jnp.einsum("bhqk,bhkd->bhqd", w, v)))
        attended = {s: merge(jnp.einsum("bhqk,bhkd->bhqd", w, y)) for s, y in value.items()}
        parts = sources.add(parts, sources.linear(p, at + "attention.output", attended))
        if c.mlp:
            h, seen = (norm(p, at + "norm2", x), sources.norm(p, at + "norm2", parts)) if c.layer_norm else (x, parts)
            x = x + linear(p, at + "mlp.down", jax.nn.gelu(linear(p, at + "mlp.up", h), approximate=False))
            hidden = sources.gelu(sources.linear(p, at + "mlp.up", seen))
            parts = sources.add(parts, sources.linear(p, at + "mlp.down", hidden))
    if read is not None:
        x = x[jnp.arange(x.shape[0]), read]
    if c.layer_norm:
        x = norm(p, name + ".final_norm", x)
    z = linear(p, name + ".projection", x)
    if read is None:
        return z
    return z / jnp.linalg.norm(z, axis=-1, keepdims=True)

def encode_images(c, p, images, ablations=(), trace=None):
    t = jnp.concatenate([jnp.full((len(images), 1), c.cls), jnp.asarray(images)], 1)
    return tower(c, p, "vision", t, jnp.zeros(len(images), int), False, ablations, trace)

def encode_texts(c, p, tokens, ablations=(), trace=None):
    return tower(c, p, "text", jnp.asarray(tokens), (jnp.asarray(tokens) == c.word["EOT"]).argmax(-1), True, ablations, trace)

def decoder_tokens(c, images, tokens):
    return jnp.concatenate([jnp.asarray(images) + c.text_vocab, jnp.asarray(tokens)], 1)

def next_words(p, c, images, tokens, ablations=(), trace=None):
    """What each caption token but the last writes next: logits [B, caption_len - 1, text_vocab]."""
    return tower(c, p, "decoder", decoder_tokens(c, images, tokens), None, True, ablations, trace)[:, c.pixels:-1]

def written(c, tokens):
    """Which caption tokens are written: all that follow SOT, up to EOT; [B, caption_len - 1]."""
    return jnp.arange(1, c.caption_len) <= eot_index(c, tokens)[:, None]

def loss(p, c, images, tokens):
    if c.autoregressive:
        logp = jax.nn.log_softmax(next_words(p, c, images, tokens), -1)
        hit = jnp.take_along_axis(logp, jnp.asarray(tokens)[:, 1:, None], -1)[..., 0]
        mask = written(c, tokens)
        return -(hit * mask).sum() / mask.sum()
    s = jnp.minimum(jnp.exp(p["logit_scale"]), c.max_scale)
    m = s * encode_images(c, p, images) @ encode_texts(c, p, tokens).T
    n = jnp.arange(len(m))
    return -0.5 * (jax.nn.log_softmax(m, 1)[n, n].mean() + jax.nn.log_softmax(m, 0)[n, n].mean())

def learning_rate(c, t):
    falling = (1 + math.cos(math.pi * min(1.0, t / c.schedule_steps))) / 2 if c.schedule == "cosine" else 1.0
    return c.lr * min(1.0, t / c.warmup) * falling

def adamw(c, p, g, m, v, t, lr):
    """Step t, counted from 1, at a learning rate."""
    m = {k: c.beta1 * m[k] + (1 - c.beta1) * g[k] for k in p}
    v = {k: c.beta2 * v[k] + (1 - c.beta2) * g[k] ** 2 for k in p}
    step = lambda k: lr * ((m[k] / (1 - c.beta1 ** t)) / (jnp.sqrt(v[k] / (1 - c.beta2 ** t)) + c.eps) + c.weight_decay * p[k])
    return {k: p[k] - step(k) for k in p}, m, v


# ---- accuracies ---------------------------------------------------------
def all_captions(c):
    pairs = [(x, y) for x in range(1, c.labels + 1) for y in range(1, c.labels + 1) if x != y]
    toks = [single_caption(c, x) for x in range(1, c.labels + 1)] + [pair_caption(c, *q) for q in pairs]
    index = {x: x - 1 for x in range(1, c.labels + 1)} | {q: c.labels + i for i, q in enumerate(pairs)}
    return np.array(toks, np.int32), index

def accuracy(c, p, items, ablations=()):
    """items: [(image, caption key)]. retrieval: the true caption is the nearest of ALL captions (20 singles + 380 pairs).
    order: it beats the same caption with X and Y swapped. recognition: the nearest caption is one of those two."""
    toks, index = all_captions(c)
    S = np.asarray(encode_images(c, p, np.stack([i for i, _ in items]), ablations) @ encode_texts(c, p, toks).T)
    truth = np.array([index[k] for _, k in items])
    best, n = S.argmax(1), np.arange(len(items))
    r = {"retrieval": float((best == truth).mean())}
    if isinstance(items[0][1], tuple):
        swap = np.array([index[k[::-1]] for _, k in items])
        r["order"] = float((S[n, truth] > S[n, swap]).mean())
        r["recognition"] = float(((best == truth) | (best == swap)).mean())
    return r

def unseen_items(c):
    held = range(c.labels - c.held_labels + 1, c.labels + 1)
    return [(image(c, (x, i), (y, j)), (x, y)) for x in held for y in held if x != y for i, j in layouts(c)]


# ---- fixtures -----------------------------------------------------------
def f32(d):
    return {k: np.ascontiguousarray(np.asarray(v), np.float32) for k, v in d.items()}

def sample(c, s, rng):
    """One batch: captions without replacement over the 20 singles and all pairs (or triples), each with one of its training layouts."""
    pairs = list(s["pair"])
    if c.objects == 3:
        n = range(1, c.pair_labels + 1)
        pairs = [(x, y, z) for x in n for y in n for z in n if len({x, y, z}) == 3]
    caps = list(range(1, c.labels + 1)) + pairs
    pick = rng.permutation(len(caps))[:c.batch]
    im, tk = [], []
    for k in pick:
        cap = caps[k]
        if not isinstance(cap, tuple):
            im.append(image(c, (cap, rng.choice(s["single"][cap][0])))); tk.append(single_caption(c, cap))
        elif c.objects == 3:
            at = sorted(rng.permutation(c.pixels)[:3])
            im.append(image(c, *zip(cap, at))); tk.append(triple_caption(c, *cap))
        elif c.grid:
            above = bool(c.above and rng.integers(2))
            side = math.isqrt(c.pixels)
            a, b = sorted(rng.permutation(side)[:2])            # the line of each object, and its place in it
            cell = lambda line: side * line + rng.integers(side) if above else side * rng.integers(side) + line
            im.append(image(c, (cap[0], cell(a)), (cap[1], cell(b)))); tk.append((above_caption if above else pair_caption)(c, *cap))
        else:
            i, j = s["pair"][cap][0][rng.integers(c.pair_layouts)]
            im.append(image(c, (cap[0], i), (cap[1], j)))
            tk.append(right_caption(c, cap[1], cap[0]) if c.right and rng.integers(2) else pair_caption(c, *cap))
    return np.stack(im), np.array(tk, np.int32)

def meta(c):
    return {"config": json.dumps({k: v for k, v in vars(c).items() if k not in ("word", "cls", "vision_vocab", "text_vocab", "caption_len")})}

def step_fixture(name, c, seed, draws=None):
    s, p = split(c, seed), init(c, seed, draws)
    im, tk = sample(c, s, np.random.default_rng(seed + 1))
    value, grad = jax.value_and_grad(loss)(p, c, im, tk)
    out = {"param." + k: v for k, v in p.items()} | {"grad." + k: v for k, v in grad.items()}
    out |= {"loss": value}
    trace = []
    if c.autoregressive:
        out |= {"next_words": next_words(p, c, im, tk, trace=trace)}
    else:
        out |= {"image_embedding": encode_images(c, p, im, trace=trace), "text_embedding": encode_texts(c, p, tk)}
    if not c.layer_norm:
        read = c.pixels if c.autoregressive else 0   # SOT, which names the first object, or CLS
        out |= {"cls_row." + t: rows[:, :, read, :] for t, rows in trace[0]["terms"].items()}
    q, m, v, losses = p, {k: 0 * x for k, x in p.items()}, {k: 0 * x for k, x in p.items()}, []
    for t in range(1, 11):
        l, g = jax.value_and_grad(loss)(q, c, im, tk)
        losses.append(l); q, m, v = adamw(c, q, g, m, v, t, learning_rate(c, t))
    out |= {"after10." + k: x for k, x in q.items()} | {"losses": jnp.stack(losses)}
    save_file(f32(out) | {"images": im.astype(np.int32), "tokens": tk}, name, meta(c))

def trained_fixture(name, c, seed, steps):
    s, p = split(c, seed), init(c, seed)
    rng = np.random.default_rng(seed + 1)
    run = jax.jit(lambda p, im, tk: jax.value_and_grad(loss)(p, c, im, tk))
    cast = lambda d: {k: x.astype(jnp.float32) for k, x in d.items()}
    p = cast(p); m = {k: 0 * x for k, x in p.items()}; v = dict(m)
    update = jax.jit(lambda p, g, m, v, t, lr: adamw(c, p, g, m, v, t, lr))
    for t in range(1, steps + 1):
        l, g = run(p, *sample(c, s, rng)); p, m, v = update(p, g, m, v, float(t), learning_rate(c, t)); p = cast(p)
    save_file(f32(p), name, meta(c))
    p = {k: x.astype(jnp.float64) for k, x in p.items()}
    u = unseen_items(c)
    res = {"+".join(a) or "none": accuracy(c, p, u, [cut(*a)]) for a in [(), ("EP",), ("PE",), ("PP",), ("BP",), ("BE",), ("EE",), ("VP",), ("EP", "VP"), ("EP", "BP", "PP")]}
    json.dump({"loss": float(l), "unseen": res}, open(name.replace(".safetensors", ".expected.json"), "w"), indent=1)
    print(name, json.dumps(res["none"]), json.dumps(res["EP"]))


if __name__ == "__main__":
    small = dict(batch=12, d_model=16, heads=2, d_embed=12)
    step_fixture("tests/fixtures/step_right.safetensors", Config(right=True, text_layers=2, **small), 6)
    step_fixture("tests/fixtures/step_grid.safetensors", Config(grid=True, pixels=16, above=True, **small), 7)
    step_fixture("tests/fixtures/step_three.safetensors", Config(objects=3, pair_labels=4, **small), 8)
    step_fixture("tests/fixtures/step_norm.safetensors", Config(layer_norm=True, **small), 9)
    step_fixture("tests/fixtures/step_mlp.safetensors", Config(mlp=True, **small), 10)
    step_fixture("tests/fixtures/step_autoregressive.safetensors", Config(autoregressive=True, **small), 11)
    step_fixture("tests/fixtures/step_autoregressive_deep.safetensors", Config(autoregressive=True, text_layers=2, layer_norm=True, mlp=True, **small), 12)
    step_fixture("tests/fixtures/step_cosine.safetensors", Config(schedule="cosine", warmup=3, schedule_steps=7, **small), 13)   # ten steps
    pytorch = dict(linear="uniform", linear_std=3 ** -0.5, bias_std=3 ** -0.5, token_std=1.0, cls_std=1.0, position_std=1.0)
    clip = dict(token_std=0.02, cls_std=16 ** -0.5, position_std=16 ** -0.5, text_position_scale=0.01 * 16 ** 0.5)
    step_fixture("tests/fixtures/step_pytorch.safetensors", Config(seed=14, mlp=True, **small | pytorch), 14, crate_draws(14))
    step_fixture("tests/fixtures/step_clip.safetensors", Config(seed=15, text_layers=2, **small | clip), 15, crate_draws(15))
    if "--first" in sys.argv:   # the fixtures that came with the first issue, whose headers lack the newer settings
        step_fixture("tests/fixtures/step_paper.safetensors", Config(batch=16), 3)
        step_fixture("tests/fixtures/step_deep.safetensors", Config(batch=12, d_model=32, d_embed=24, text_layers=2, vision_layers=2, layer_norm=True, mlp=True), 4)
        step_fixture("tests/fixtures/step_two_text_layers.safetensors", Config(batch=12, d_model=32, d_embed=32, text_layers=2), 5)
        trained_fixture("tests/fixtures/trained.safetensors", Config(), 0, 1000)
