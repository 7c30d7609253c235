"""Written with PyTorch 2.11.0 under Python 3.11: expected values of the tests of DoRaR (Qin et al.).

    python make_dorar.py

writes dorar.json beside itself. The objectives of Algorithm 1 are written out one by one and each player's gradient is taken from its own: the program
gets all three from one backward pass. Inputs follow formulas that both languages know.
"""

import math

import torch
import torch.nn.functional as F

from make_golden import wave, write

N, CLASSES, SIDE, K, TAU, ALPHA, BETA = 3, 3, 4, 2, 0.7, 0.3, 0.7
PLACES = SIDE * SIDE


def generator(shift):
    """Weights of a generator: 16 - 16 ReLU - 16 sigmoid."""
    shapes = [(PLACES, PLACES), (PLACES,), (PLACES, PLACES), (PLACES,)]
    return [wave(math.prod(shape), 0.5, 0.7, shift + i).reshape(shape).requires_grad_() for i, shape in enumerate(shapes)]


def rebuild(weights, image, mean, sd):
    hidden_weight, hidden_bias, out_weight, out_bias = weights
    hidden = F.relu(F.linear((image.flatten(1) - mean) / sd, hidden_weight, hidden_bias))
    return torch.sigmoid(F.linear(hidden, out_weight, out_bias)).view_as(image)


def main():
    image = (0.5 + wave(N * PLACES, 0.5, 0.37, 0.2)).reshape(N, 1, SIDE, SIDE)
    background = 0.5 + wave(5 * PLACES, 0.5, 0.37, 0.2)
    mean, sd = background.mean(), background.std(unbiased=False)
    box = wave(CLASSES * PLACES, 0.8, 0.9, 0.3).reshape(CLASSES, PLACES)
    noise = [(0.5 + wave(N * PLACES, 0.5, 1.3, shift)).reshape(N, 1, SIDE, SIDE) for shift in (0.1, 2.1)]
    gumbel = wave(N * K * 4, 1.5, 1.9, 0.6).reshape(N, K, 4)
    scores = wave(N * 4, 1.0, 1.1, 0.3).reshape(N, 4).requires_grad_()
    label = F.linear(image.flatten(1), box).argmax(dim=1)

    draws = F.softmax((scores[:, None, :] + gumbel) / TAU, dim=-1)
    mask = torch.sigmoid(10 * (draws.sum(dim=1) - 0.5))
    pixels = mask.view(N, 1, 2, 2).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    first, second = generator(0.0), generator(5.0)
    kept = rebuild(first, image * pixels + (1 - pixels) * noise[0], mean, sd)
    rest = rebuild(second, image * (1 - pixels) + pixels * noise[1], mean, sd)

    def prediction(rebuilt):
        return F.cross_entropy(F.linear(rebuilt.flatten(1), box), label) / math.log(CLASSES)

    l1, l2 = F.l1_loss(kept, image), F.l1_loss(rest, image)
    l3, l4 = prediction(kept), prediction(rest)
    of_selector = (1 - ALPHA) * (l3 + BETA * l1) - ALPHA * (l4 + BETA * l2)

    def gradient(loss, of):
        return torch.autograd.grad(loss, of, retain_graph=True)

    write(
        "dorar",
        {
            "mask": mask,
            "label": label,
            "losses": [l3, l1, l4, l2],
            "scores": gradient(of_selector, [scores])[0],
            "first": [entry.flatten() for entry in gradient(l3 + BETA * l1, first)],
            "second": [entry.flatten() for entry in gradient(l4 + BETA * l2, second)],
        },
    )


if __name__ == "__main__":
    main()
