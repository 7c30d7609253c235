"""Written with PyTorch 2.11.0, NumPy 2.4.6, SciPy 1.17 and statsmodels 0.15.0 under Python 3.11: expected values of the golden tests.

    python make_golden.py

writes one small JSON file per topic beside itself. Inputs are written out or follow a formula that both languages know, so that no test
depends on another program's random numbers. SciPy and statsmodels give the intervals only.
"""

import json
import math
import pathlib

import numpy as np
import scipy.stats
import torch
import torch.nn.functional as F
from statsmodels.stats.proportion import proportion_confint

HERE = pathlib.Path(__file__).parent
torch.set_default_dtype(torch.float64)


def plain(value):
    """Tensors and arrays as lists, numbers with nine digits (a 32-bit float needs no more)."""
    if isinstance(value, torch.Tensor):
        return plain(value.detach().numpy())
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(f"{value:.9g}")
    if isinstance(value, np.integer):
        return int(value)
    return value


def write(name, content):
    (HERE / f"{name}.json").write_text(json.dumps(plain(content), indent=None, separators=(", ", ": ")) + "\n")


def wave(count, scale, step, shift):
    """scale * sin(step * i + shift): the tests know the same formula."""
    return torch.sin(torch.arange(count) * step + shift) * scale


# Samplers -------------------------------------------------------------------------------------------------------------------------------


def gumbel_of(uniform):
    clamped = np.clip(uniform, 1e-20, 1.0 - 2.0**-24)
    return -np.log(-np.log(clamped))


def sampler():
    scores = torch.tensor([[0.3, -1.2, 2.0, 0.0, 0.7], [1.0, 1.0, 1.0, -3.0, 5.0]])
    noise = wave(30, 2.0, 1.7, 0.4).reshape(2, 3, 5)
    cases = []
    for tau in [0.1, 0.5, 2.0]:
        soft = F.softmax((scores[:, None, :] + noise) / tau, dim=-1)
        cases.append({"tau": tau, "mask": soft.max(dim=1).values})
    uniform = np.array([0.0, 1e-30, 1e-3, 0.25, 0.5, 0.9, 1.0 - 2.0**-24, 1.0])
    rng = np.random.default_rng(7)
    gate = []
    for k, tau in [(1, 1.0), (4, 0.5), (25, 0.5), (64, 2.0)]:
        exact = {"mean": (np.euler_gamma + math.log(k)) / tau, "sd": math.pi / math.sqrt(6) / tau}
        drawn = gumbel_of(rng.random((40_000, k))).max(axis=1) / tau
        assert abs(drawn.mean() - exact["mean"]) < 0.03 / tau and abs(drawn.std() - exact["sd"]) < 0.03 / tau
        gate.append({"k": k, "tau": tau} | exact)
    write(
        "sampler",
        {
            "scores": scores,
            "noise": noise,
            "concrete": cases,
            "uniform": uniform,
            "gumbel": gumbel_of(uniform),
            "gate": gate,
        },
    )


# Losses ---------------------------------------------------------------------------------------------------------------------------------


def losses():
    logits = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-30.0, 40.0, 10.0]])
    targets = torch.tensor([[0.7, 0.2, 0.1], [1.0, 0.0, 0.0], [0.05, 0.05, 0.9]])
    cross_entropy = F.cross_entropy(logits, targets)
    two = torch.tensor([[0.9, 0.1], [0.5, 0.5], [1.0, 0.0]])
    a = F.softmax(wave(18, 1.5, 2.3, 0.1).reshape(6, 3), dim=-1)
    b = F.softmax(wave(18, 1.5, 1.1, 0.9).reshape(6, 3), dim=-1)
    directions = F.normalize(wave(12, 1.0, 0.8, 0.2).reshape(3, 4), dim=0)
    # One projection at a time with SciPy's exact one-dimensional distance: another way to the same number.
    along = [
        scipy.stats.wasserstein_distance((a @ directions)[:, i].numpy(), (b @ directions)[:, i].numpy())
        for i in range(directions.shape[1])
    ]
    write(
        "losses",
        {
            "logits": logits,
            "targets": targets,
            "cross_entropy": cross_entropy.item(),
            "two": two,
            "two_flipped": 1 - two,
            "three": targets,
            "three_flipped": (1 - targets) / 2,
            "a": a,
            "b": b,
            "directions": directions,
            "sliced_wasserstein": float(np.mean(along)),
        },
    )


# Optimizers -----------------------------------------------------------------------------------------------------------------------------

START = np.array([1.0, -2.0, 0.5, 3.0])
CURVATURE = np.array([1.0, 0.2, 5.0, 0.0])
SLOPE = np.array([0.0, 1.0, -0.3, 1e-4])
STEPS = 6


def gradient(x):
    """Of sum(curvature * x**2 / 2 + slope * x)."""
    return CURVATURE * x + SLOPE


def by_numpy(update):
    x, state, path = START.copy(), {}, []
    for step in range(1, STEPS + 1):
        x = x - update(gradient(x), state, step)
        path.append(x.copy())
    return np.array(path)


def by_torch(make):
    x = torch.tensor(START, requires_grad=True)
    optimizer, path = make([x]), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (torch.tensor(CURVATURE) * x**2 / 2 + torch.tensor(SLOPE) * x).sum().backward()
        optimizer.step()
        path.append(x.detach().numpy().copy())
    return np.array(path)


def adadelta(lr, rho, eps):
    def update(g, state, _):
        a = state["a"] = rho * state.get("a", 0.0) + (1 - rho) * g**2
        d = state.get("d", np.zeros_like(g))
        u = g * np.sqrt(d + eps) / np.sqrt(a + eps)
        state["d"] = rho * d + (1 - rho) * u**2
        return lr * u

    return by_numpy(update)


def rmsprop(lr, rho, eps):
    def update(g, state, _):
        a = state["a"] = rho * state.get("a", 0.0) + (1 - rho) * g**2
        return lr * g / (np.sqrt(a) + eps)

    return by_numpy(update)


def adam(lr, b1, b2, eps):
    def update(g, state, t):
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * g
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * g**2
        return lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)

    return by_numpy(update)


def optimizers():
    keras_adadelta = adadelta(1.0, 0.95, 1e-7)
    torch_adadelta = by_torch(lambda x: torch.optim.Adadelta(x, lr=1.0, rho=0.95, eps=1e-7))
    np.testing.assert_allclose(keras_adadelta, torch_adadelta, rtol=1e-9)
    torch_defaults = by_torch(lambda x: torch.optim.Adadelta(x, lr=1.0))
    np.testing.assert_allclose(adadelta(1.0, 0.9, 1e-6), torch_defaults, rtol=1e-9)
    np.testing.assert_allclose(
        rmsprop(1e-3, 0.9, 1e-7), by_torch(lambda x: torch.optim.RMSprop(x, lr=1e-3, alpha=0.9, eps=1e-7)), rtol=1e-9
    )
    np.testing.assert_allclose(
        adam(1e-3, 0.9, 0.999, 1e-8), by_torch(lambda x: torch.optim.Adam(x, lr=1e-3)), rtol=1e-9
    )
    write(
        "optimizers",
        {
            "start": START,
            "curvature": CURVATURE,
            "slope": SLOPE,
            "keras_adadelta": keras_adadelta,
            "torch_adadelta": torch_defaults,
            "keras_rmsprop": rmsprop(1e-3, 0.9, 1e-7),
            "keras_adam": adam(1e-3, 0.9, 0.999, 1e-7),
            "torch_adam": adam(1e-3, 0.9, 0.999, 1e-8),
        },
    )


# Initialisers ---------------------------------------------------------------------------------------------------------------------------


def initialisers():
    """Bounds from PyTorch's own fan computation on layers of these sizes."""
    cases = []
    layers = [
        ("linear", torch.nn.Linear(40, 30)),
        ("linear", torch.nn.Linear(784, 2)),
        ("conv", torch.nn.Conv2d(3, 32, 5)),
        ("conv", torch.nn.Conv2d(32, 64, 3)),
        ("conv", torch.nn.Conv2d(64, 1, 3)),
    ]
    for kind, layer in layers:
        fan_in, fan_out = torch.nn.init._calculate_fan_in_and_fan_out(layer.weight)
        glorot = math.sqrt(6.0 / (fan_in + fan_out))
        gain = torch.nn.init.calculate_gain("relu")
        pytorch = 1.0 / math.sqrt(fan_in)
        # PyTorch's layers draw the weight as Kaiming uniform with a = sqrt(5), which is this bound.
        kaiming = torch.nn.init.calculate_gain("leaky_relu", math.sqrt(5)) * math.sqrt(3.0 / fan_in)
        assert math.isclose(pytorch, kaiming) and layer.weight.abs().max() <= pytorch and layer.bias.abs().max() <= pytorch
        sizes = [layer.in_features, layer.out_features, 1] if kind == "linear" else [layer.in_channels, layer.out_channels, layer.kernel_size[0]]
        cases.append(
            {
                "kind": kind,
                "from": sizes[0],
                "to": sizes[1],
                "kernel": sizes[2],
                "keras": [glorot, 0.0],
                "pytorch": [pytorch, pytorch],
                "xavier_relu": [gain * glorot, 0.0],
            }
        )
    write("initialisers", cases)


# Networks -------------------------------------------------------------------------------------------------------------------------------


def weights_of(shapes):
    """Weights by formula: tensor j of the sorted names holds scale * sin(0.7 i + 1.3 j), scaled to keep activations near 1; variances are 1.5 above."""
    weights = {}
    for j, name in enumerate(sorted(shapes)):
        shape = shapes[name]
        fan_in = math.prod(shape[1:]) if len(shape) > 1 else 100
        above = 1.5 if name.endswith("running_var") else 0.0
        weights[name] = (above + wave(math.prod(shape), 2.0 / math.sqrt(fan_in), 0.7, 1.3 * j)).reshape(shape).float().double()
    return weights


def rows_of(n, shape):
    return (0.5 + wave(n * math.prod(shape), 0.5, 0.37, 0.2)).reshape(n, *shape).float().double()


def meed_cnn(x, w):
    x = F.relu(F.conv2d(x, w["conv1.weight"], w["conv1.bias"]))
    x = F.relu(F.conv2d(x, w["conv2.weight"], w["conv2.bias"]))
    x = F.max_pool2d(x, 2).flatten(1)
    return F.linear(F.relu(F.linear(x, w["dense1.weight"], w["dense1.bias"])), w["dense2.weight"], w["dense2.bias"])


def l2x_cnn(x, w):
    x = F.max_pool2d(F.relu(F.conv2d(x, w["conv1.weight"], w["conv1.bias"])), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, w["conv2.weight"], w["conv2.bias"])), 2)
    return F.linear(x.flatten(1), w["dense.weight"], w["dense.bias"])


def aim_cnn(x, w):
    x = (x - 0.1307) / 0.3081
    x = F.relu(F.max_pool2d(F.conv2d(x, w["conv1.weight"], w["conv1.bias"]), 2))
    x = F.relu(F.max_pool2d(F.conv2d(x, w["conv2.weight"], w["conv2.bias"]), 2))
    x = F.relu(F.linear(x.flatten(1), w["dense1.weight"], w["dense1.bias"]))
    return F.linear(x, w["dense2.weight"], w["dense2.bias"])


def dorar_cnn(x, w):
    x = (x - 0.1307) / 0.3081
    x = F.relu(F.max_pool2d(F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=2), 2))
    x = F.relu(F.conv2d(x, w["conv2.weight"], w["conv2.bias"], stride=2))
    x = F.relu(F.max_pool2d(x, 2, padding=1))
    x = F.relu(F.linear(x.flatten(1), w["dense1.weight"], w["dense1.bias"]))
    return F.linear(x, w["dense2.weight"], w["dense2.bias"])


def dorar_colour_cnn(x, w):
    x = x * 2 - 1
    for stage in ["1", "2", "3"]:
        x = F.conv2d(x, w[f"conv{stage}.weight"], w[f"conv{stage}.bias"], padding=1)
        statistics = [w[f"norm{stage}.{kind}"] for kind in ("running_mean", "running_var", "weight", "bias")]
        x = F.max_pool2d(F.relu(F.batch_norm(x, *statistics)), 2)
    return F.linear(x.flatten(1), w["dense.weight"], w["dense.bias"])


NETS = {
    "meed-cnn": (
        meed_cnn,
        [1, 8, 8],
        2,
        {"conv1": [32, 1, 3, 3], "conv2": [64, 32, 3, 3], "dense1": [128, 256], "dense2": [2, 128]},
    ),
    "l2x-cnn": (l2x_cnn, [1, 16, 20], 3, {"conv1": [8, 1, 5, 5], "conv2": [16, 8, 5, 5], "dense": [3, 32]}),
    "aim-cnn": (
        aim_cnn,
        [3, 16, 16],
        3,
        {"conv1": [10, 3, 5, 5], "conv2": [20, 10, 5, 5], "dense1": [50, 20], "dense2": [3, 50]},
    ),
    "dorar-cnn": (
        dorar_cnn,
        [1, 12, 16],
        4,
        {"conv1": [10, 1, 5, 5], "conv2": [20, 10, 2, 2], "dense1": [20, 120], "dense2": [4, 20]},
    ),
    "dorar-colour-cnn": (
        dorar_colour_cnn,
        [3, 9, 16],
        3,
        {"conv1": [24, 3, 3, 3], "conv2": [48, 24, 3, 3], "conv3": [96, 48, 3, 3], "dense": [3, 192]}
        | {"norm1": [24], "norm2": [48], "norm3": [96]},
    ),
}


def with_biases(shapes):
    """Weight and bias of each layer; of one that normalises also the statistics."""
    kinds = lambda name: ["weight", "bias"] + (["running_mean", "running_var"] if name.startswith("norm") else [])
    return {f"{name}.{kind}": shape if kind == "weight" else shape[:1] for name, shape in shapes.items() for kind in kinds(name)}


def nets():
    out = []
    for name, (net, shape, classes, shapes) in NETS.items():
        shapes = with_biases(shapes)
        weights, x = weights_of(shapes), rows_of(2, shape).requires_grad_(True)
        logits = net(x, weights)
        probs = F.softmax(logits, dim=-1)
        picked = probs.max(dim=-1).values
        (grad,) = torch.autograd.grad(picked.sum(), x)
        entry = {"id": name, "shape": shape, "classes": classes, "shapes": shapes, "logits": logits, "probs": probs}
        if name in ("meed-cnn", "dorar-cnn"):
            entry["gradient"] = grad.flatten(1)
            # Units: pixels, and patches of 3 x 5 that do not divide the picture.
            entry["grad_pixel"] = grad.abs().sum(1).flatten(1)
            entry["grad_x_input_pixel"] = (grad * x).abs().sum(1).flatten(1)
            entry["grad_x_input_patch"] = by_patch((grad * x).abs().sum(1), 3, 5)
        out.append(entry)
    write("nets", out)


def by_patch(plane, rows, cols):
    n, height, width = plane.shape
    sums = torch.zeros(n, -(-height // rows), -(-width // cols))
    for y in range(height):
        for x in range(width):
            sums[:, y // rows, x // cols] += plane[:, y, x]
    return sums.flatten(1)


# MEED's prior ---------------------------------------------------------------------------------------------------------------------------


def prior():
    own = torch.tensor([[0.5, -1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    share = torch.tensor([[0.1, 0.6, 0.2, 0.1], [0.97, 0.01, 0.01, 0.01]])
    p = F.softmax(own, dim=-1)
    cases = []
    for m in [1, 3, 12]:
        powered = (p**m * share) ** (1 / (m + 1))
        blended = powered / powered.sum(-1, keepdim=True)
        cases.append({"m": m, "blended": blended, "loss": ((blended - p).abs().mean() / (m + 1)).item()})
    # Eq. 11 is Eq. 12 before the root, at m = 1.
    product = p * share / (p * share).sum(-1, keepdim=True)
    squared = cases[0]["blended"] ** 2
    torch.testing.assert_close(squared / squared.sum(-1, keepdim=True), product)
    # Gradient x input shares of a linear box p = softmax(W x) on a picture of 1 x 4 x 5 in patches of 2 x 2.
    x = rows_of(2, [1, 4, 5]).requires_grad_(True)
    w = wave(3 * 20, 0.8, 0.9, 0.3).reshape(3, 20).float().double()
    probs = F.softmax(x.flatten(1) @ w.T, dim=-1)
    (grad,) = torch.autograd.grad(probs.max(dim=-1).values.sum(), x)
    saliency = by_patch((grad * x).abs().sum(1), 2, 2)
    share_of_box = saliency / saliency.sum(-1, keepdim=True)
    write(
        "prior",
        {
            "own": own,
            "share": share,
            "cases": cases,
            "box_probs": probs,
            "box_log_prior": torch.log(share_of_box + 0.01 / saliency.shape[1]),
        },
    )


# Metrics --------------------------------------------------------------------------------------------------------------------------------


def metrics():
    a, b = np.array([3.0, -4.0, 0.0]), np.array([3.5, -4.0, 1.2])
    changes = [[a, b], [np.zeros(3), b], [a, a]]
    sen = [
        {"a": x, "b": y, "change": np.linalg.norm(y - x) / (np.linalg.norm(x) if np.linalg.norm(x) > 0 else 1.0)}
        for x, y in changes
    ]
    wilson = [
        {"hits": hits, "n": n, "interval": list(proportion_confint(hits, n, alpha=0.05, method="wilson"))}
        for hits, n in [(0, 10), (10, 10), (7, 10), (1984, 1984), (1950, 1984), (1, 2), (500, 1000)]
    ]
    values = (50 + 30 * np.sin(np.arange(400) * 0.7)).tolist()
    bootstrap = scipy.stats.bootstrap(
        (np.array(values),), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(3)
    )
    runs = [(mean + 5 * np.sin(np.arange(50) * 0.9 + mean)) for mean in [90.0, 92.0, 97.0, 91.0, 95.0]]
    rng = np.random.default_rng(5)
    means = []
    for _ in range(20_000):
        picked = rng.integers(0, 5, 5)
        means.append(np.mean([rng.choice(runs[i], 50).mean() for i in picked]))
    scores = [
        [0.5, 0.5, 0.1, 0.5, 0.9],
        [0.0, -0.0, 0.0],
        [float("nan"), -5.0, float("nan"), 1.0],
        [1.0, 1.0, 1.0, 1.0],
        [-2.0, -1.0, -3.0],
    ]
    top = []
    for row in scores:
        keyed = np.where(np.isnan(row), -np.inf, row)
        top.append({"scores": row, "order": np.argsort(-keyed, kind="stable")})
    write(
        "metrics",
        {
            "relative_change": sen,
            "wilson": wilson,
            "bootstrap": {"values": values, "interval": list(bootstrap.confidence_interval)},
            "cluster": {"runs": runs, "interval": list(np.quantile(means, [0.025, 0.975]))},
            "top_k": top,
        },
    )


if __name__ == "__main__":
    for part in [sampler, losses, optimizers, initialisers, nets, prior, metrics]:
        part()
