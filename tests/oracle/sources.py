"""What E, P and B mean: the three sources of what a layer sees, at any layer.

Layer l sees one row per token, X = E + P + B, in three parts of the same shape: E comes from token embeddings, P from
position embeddings, B from biases, by whatever path. The parts are followed from the embeddings on. Every operation on
the way is linear, or linear once one factor is frozen at the value it has in this forward pass, so the parts always
sum to the whole, exactly:

    embeddings          E_t = token_embedding[token_t],  P_t = position_embedding[t],  B_t = 0
    y = x W^T + b       E W^T,  P W^T,  B W^T + b
    residual stream     part by part
    layer norm          with m(x) the mean of a row and r = (var(E + P + B) + 1e-5)^-1/2 of the whole row, frozen:
                        g r (E - m(E)),  g r (P - m(P)),  g r (B - m(B)) + beta                       (paper, App. R)
    attention           with the weights w_ts frozen:  sum_s w_ts v^E_s,  sum_s w_ts v^P_s,  sum_s w_ts v^B_s
    GELU                u Phi(u), with the gate Phi(u) of the whole u frozen:  E Phi(u),  P Phi(u),  B Phi(u)

Terms. A head's query and key have the three parts of `y = x W^T + b`, so its logits are the sum of nine terms:

    q_t . k_s / sqrt(K)  =  sum over S, R in {E, P, B} of  SR_ts,      SR_ts = q^S_t . k^R_s / sqrt(K)

and its values are v^E + v^P + v^B; VP is v^P.

Ablation. In the layers and heads that an ablation names, each term is multiplied by a strength before the softmax, and
v^P by one of its own. All that follows (weights, norms, gates) is computed anew from the changed rows, the whole as
well as its parts. "Frozen" says how a row is divided, not that a later layer keeps its old weights. Strength 1 changes
nothing, because the nine terms sum to the logits and the three parts to the values.

Layer 1. Without a norm E_t is a row of one table, P_t a row of another, and B is the map's bias alone: the paper's
X = E + P. With a norm, r depends on token and position together, so E_t and P_t do too. B is beta W^T + b, the same in
every row, so EB, PB and BB shift a row of logits alike and change no softmax, whatever their strength.

Beyond layer 1. E_t holds what attention has brought from other tokens' embeddings: that the weights which brought it
depend on positions does not make it P. Without norm and MLP every row of weights sums to 1, so B is still the same in
every row, and EB, PB and BB still change nothing. A norm (r_t) or an MLP (Phi(u_t)) makes B_t differ from row to row;
there they do change the weights.
"""
import math
import jax, jax.numpy as jnp

SOURCES = "EPB"
TERMS = [q + k for q in SOURCES for k in SOURCES]   # the query's source, the key's
EPS = 1e-5


def embed(E, P):
    return {"E": E, "P": P, "B": jnp.zeros_like(E)}

def total(parts):
    return parts["E"] + parts["P"] + parts["B"]

def add(a, b):
    return {s: a[s] + b[s] for s in SOURCES}

def linear(p, name, parts):
    out = {s: parts[s] @ p[name + ".weight"].T for s in SOURCES}
    return out | {"B": out["B"] + p[name + ".bias"]}

def norm(p, name, parts):
    r = 1 / jnp.sqrt(total(parts).var(-1, keepdims=True) + EPS)
    out = {s: p[name + ".weight"] * r * (parts[s] - parts[s].mean(-1, keepdims=True)) for s in SOURCES}
    return out | {"B": out["B"] + p[name + ".bias"]}

def gelu(parts):
    gate = jax.scipy.stats.norm.cdf(total(parts))
    return {s: parts[s] * gate for s in SOURCES}

def terms(query, key):
    """The nine additive pieces of q.k/sqrt(K), each [B,H,T,T], of queries and keys [B,H,T,K] in parts."""
    return {t: jnp.einsum("bhqd,bhkd->bhqk", query[t[0]], key[t[1]]) / math.sqrt(query["E"].shape[-1]) for t in TERMS}


# ---- ablations, in the words of the crate's JSON -----------------------------
def cut(*names, strength=0.0, heads=None, layer=1, tower="vision"):
    """Terms (or VP) scaled in a layer, counted from 1, of a tower; the one autoregressive Transformer is "vision". Heads
    None: all of them."""
    return dict(tower=tower, layer=layer, terms=list(names), strength=strength, heads=heads)

def strengths(heads, tower, layer, ablations):
    """What each head's terms and VP are multiplied by, [H] each. A later ablation overrides an earlier one on the terms they share."""
    s = {t: [1.0] * heads for t in TERMS + ["VP"]}
    for a in ablations:
        if (a["tower"], a["layer"]) == (tower, layer):
            for t in a["terms"]:
                for h in range(heads) if a["heads"] is None else a["heads"]:
                    s[t][h] = a["strength"]
    return {t: jnp.array(x) for t, x in s.items()}
