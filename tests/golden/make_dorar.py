"""Written with PyTorch 2.11.0 under Python 3.12: expected values of the tests of DoRaR (Qin et al.).

    python make_dorar.py

writes dorar.json beside itself. The objectives of Algorithm 1 are written out one by one and each player's gradient is taken from its own: the program
gets all three from one backward pass. Inputs follow formulas that both languages know. There are two cases: pictures, and series of two channels of very
different scale, which nothing but their own range makes comparable.
"""

import math

import torch
import torch.nn.functional as F

from make_golden import wave, write

N, CLASSES, SIDE, K, TAU, ALPHA, BETA = 3, 3, 4, 2, 0.7, 0.3, 0.7
PLACES = SIDE * SIDE
UNITS = 4
# Of series: differences count by the spread of the larger channel.
SERIES_BETA = 0.01
# What the numbers of each channel of the series are multiplied by, and what is added.
SCALE = torch.tensor([0.02, 600.0]).reshape(2, 1, 1)
OFFSET = torch.tensor([-0.01, 400.0]).reshape(2, 1, 1)
# Adam's: rates of the selector and of both generators, decays (appendix B.3).
RATES, BETAS = (1e-3, 5e-4, 5e-4), (0.5, 0.999)


def generator(shift):
    """Weights of a generator: 16 - 16 ReLU - 16 sigmoid."""
    shapes = [(PLACES, PLACES), (PLACES,), (PLACES, PLACES), (PLACES,)]
    return [wave(math.prod(shape), 0.5, 0.7, shift + i).reshape(shape).requires_grad_() for i, shape in enumerate(shapes)]


def rebuild(weights, image, span):
    hidden_weight, hidden_bias, out_weight, out_bias = weights
    hidden = F.relu(F.linear(((image - span["mean"]) / span["sd"]).flatten(1), hidden_weight, hidden_bias))
    return torch.sigmoid(F.linear(hidden, out_weight, out_bias)).view_as(image) * span["span"] + span["low"]


def rebuild_local(series, span):
    """Convolutions of 32, 32 and 2 filters over 9 steps, whose answer is added to what is shown."""
    shown = ((series - span["mean"]) / span["sd"]).flatten(2)
    hidden, shift = shown, 0.0
    for size in [(32, 2, 9), (32, 32, 9), (2, 32, 9)]:
        weight, bias = wave(math.prod(size), 0.1, 0.7, shift).reshape(size), wave(size[0], 0.1, 0.7, shift + 1)
        change = F.conv1d(hidden, weight, bias, padding=4)
        hidden, shift = F.relu(change), shift + 2
    rebuilt = (shown + change).view_as(series) * span["sd"] + span["mean"]
    return torch.minimum(torch.maximum(rebuilt, span["low"]), span["low"] + span["span"])


def soft_mask(scores, shift):
    gumbel = wave(N * K * UNITS, 1.5, 1.9, shift).reshape(N, K, UNITS)
    draws = F.softmax((scores[:, None, :] + gumbel) / TAU, dim=-1)
    return torch.sigmoid(10 * (draws.sum(dim=1) - 0.5))


def start():
    """Of each player: scores of the selector, weights of G1 and G2."""
    return [wave(N * UNITS, 1.0, 1.1, 0.3).reshape(N, UNITS).requires_grad_()], generator(0.0), generator(5.0)


def gradients(case, players, shift):
    """The four losses, and each player's gradient of its own objective; noise is drawn anew with each shift."""
    (scores,), first, second = players
    image, span, box, noise, spread, beta = (case[key] for key in ("input", "span", "box", "noise", "spread", "beta"))
    mask = spread(soft_mask(scores, 0.6 + shift))
    kept = rebuild(first, image * mask + (1 - mask) * noise(0.1 + shift), span)
    rest = rebuild(second, image * (1 - mask) + mask * noise(2.1 + shift), span)
    label = F.linear(image.flatten(1), box).argmax(dim=1)

    def prediction(rebuilt):
        return F.cross_entropy(F.linear(rebuilt.flatten(1), box), label) / math.log(CLASSES)

    def difference(rebuilt):
        return ((rebuilt - image).abs() * span["weight"]).mean()

    l1, l2 = difference(kept), difference(rest)
    l3, l4 = prediction(kept), prediction(rest)
    of_selector = (1 - ALPHA) * (l3 + beta * l1) - ALPHA * (l4 + beta * l2)
    objectives = [of_selector, l3 + beta * l1, l4 + beta * l2]
    slopes = [torch.autograd.grad(loss, of, retain_graph=True) for loss, of in zip(objectives, players)]
    return {"label": label, "losses": [l3, l1, l4, l2]}, slopes


def named(players):
    (scores,), first, second = players
    return {"scores": scores, "first": [entry.flatten() for entry in first], "second": [entry.flatten() for entry in second]}


def updated(case):
    """All weights after two updates: F, G1 and G2 step one after the other, by gradients of the forward pass before the three steps."""
    players = start()
    adams = [torch.optim.Adam(weights, lr=rate, betas=BETAS, eps=1e-8) for weights, rate in zip(players, RATES)]
    for step in range(2):
        _, slopes = gradients(case, players, float(step))
        for adam, weights, slopes_of in zip(adams, players, slopes):
            for weight, slope in zip(weights, slopes_of):
                weight.grad = slope
            adam.step()
    return named(players)


def expected(case):
    losses, slopes = gradients(case, start(), 0.0)
    return losses | named(slopes) | {"updated": updated(case)}


def pictures():
    background = 0.5 + wave(5 * PLACES, 0.5, 0.37, 0.2)
    span = {"mean": background.mean(), "sd": background.std(unbiased=False), "low": 0.0, "span": 1.0, "weight": 1.0}
    return {
        "input": (0.5 + wave(N * PLACES, 0.5, 0.37, 0.2)).reshape(N, 1, SIDE, SIDE),
        "span": span,
        "box": wave(CLASSES * PLACES, 0.8, 0.9, 0.3).reshape(CLASSES, PLACES),
        "noise": lambda shift: (0.5 + wave(N * PLACES, 0.5, 1.3, shift)).reshape(N, 1, SIDE, SIDE),
        "spread": lambda mask: mask.view(N, 1, 2, 2).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3),
        "beta": BETA,
    }


def series():
    def scaled(numbers):
        return (0.5 + numbers).reshape(-1, 2, 1, 8) * SCALE + OFFSET

    background = scaled(wave(5 * PLACES, 0.5, 0.37, 0.2)).transpose(0, 1).reshape(2, -1)
    low, high = background.amin(dim=1), background.amax(dim=1)
    sd = background.std(dim=1, unbiased=False)
    span = {"mean": background.mean(dim=1), "sd": sd, "low": low, "span": high - low, "weight": sd.mean() / sd}
    return {
        "input": scaled(wave(N * PLACES, 0.5, 0.37, 0.2)),
        "span": {key: value.reshape(2, 1, 1) for key, value in span.items()},
        "box": (wave(CLASSES * PLACES, 0.8, 0.9, 0.3).reshape(CLASSES, 2, 1, 8) / SCALE).flatten(1),
        "noise": lambda shift: scaled(wave(N * PLACES, 0.5, 1.3, shift)),
        "spread": lambda mask: mask.repeat_interleave(2, dim=1).view(N, 1, 1, 8),
        "beta": SERIES_BETA,
    }


def main():
    of_series = series()
    local = rebuild_local(of_series["input"], of_series["span"])
    mask = soft_mask(start()[0][0], 0.6)
    write("dorar", {"mask": mask} | expected(pictures()) | {"series": expected(of_series) | {"local": local.flatten(1)}})


if __name__ == "__main__":
    main()
