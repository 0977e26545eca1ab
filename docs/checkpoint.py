"""The caption that a model finds for a strip, with NumPy alone: python checkpoint.py model.safetensors 0 0 16 0 0 0 0 17 0 0"""
import json, sys
import numpy as np

def read(path):
    data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = json.loads(data[8:start])
    config = json.loads(tensors.pop("__metadata__")["config"])
    number = {"F32": "<f4", "F16": "<f2"}
    values = lambda t: np.frombuffer(data[start + t["data_offsets"][0]:start + t["data_offsets"][1]], number[t["dtype"]])
    return config, {name: values(t).reshape(t["shape"]).astype(float) for name, t in tensors.items()}

def tower(config, params, name, tokens, read, causal):
    """The unit embedding [d_embed] of some tokens, and the last layer's attention logits [heads, tokens, tokens]."""
    linear = lambda at, x: x @ params[f"{name}.{at}.weight"].T + params.get(f"{name}.{at}.bias", 0)
    x = params[f"{name}.token_embedding.weight"][tokens] + params[f"{name}.position_embedding.weight"][:len(tokens)]
    for layer in range(config[f"{name}_layers"]):
        at = f"layers.{layer}.attention."
        q, k, v = (linear(at + map, x).reshape(len(x), config["heads"], -1).swapaxes(0, 1) for map in ("query", "key", "value"))
        logits = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
        seen = np.tril(np.ones(logits.shape[1:], bool)) if causal else True
        weights = np.where(seen, np.exp(logits - logits.max(-1, keepdims=True)), 0)
        attended = weights / weights.sum(-1, keepdims=True) @ v
        x = x + linear(at + "output", attended.swapaxes(0, 1).reshape(x.shape))
    embedding = linear("projection", x[read])
    return embedding / np.linalg.norm(embedding), logits

CLS, SOT, IS, ON, THE, LEFT, OF, EOT = 21, 0, 21, 22, 23, 24, 25, 29  # with 20 labels

def answer(config, params, strip):
    """The similarity of a strip to `X is on the left of Y`, for its two objects in both orders, and the logits of its CLS row."""
    image, logits = tower(config, params, "vision", [CLS, *strip], 0, causal=False)
    x, y = (pixel for pixel in strip if pixel)
    caption = lambda x, y: tower(config, params, "text", [SOT, x, IS, ON, THE, LEFT, OF, y, EOT], 8, causal=True)[0]
    return [image @ caption(x, y), image @ caption(y, x)], logits[:, 0]

if __name__ == "__main__":
    config, params = read(sys.argv[1])
    similarities, logits = answer(config, params, [int(pixel) for pixel in sys.argv[2:]])
    print(json.dumps({"similarities": similarities, "logits": logits.tolist()}))
