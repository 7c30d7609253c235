"""Written with PyTorch 2.11.0 under Python 3.11: expected values of the text networks.

    python make_text.py

writes text_nets.json beside itself. Weights and inputs follow formulas that the tests know too.
"""

import torch
import torch.nn.functional as F

from make_golden import wave, weights_of, write

torch.set_default_dtype(torch.float64)


def tokens_of(n, height, width, vocabulary):
    """Token numbers by formula; the first fifth of the places is padding."""
    count = n * height * width
    ids = [(7 * i + 3) % vocabulary for i in range(count)]
    return torch.tensor([0 if i % (height * width) < height * width // 5 else t for i, t in enumerate(ids)]).reshape(n, height, width)


def lstm(x, w, name, hidden):
    """Bidirectional, one layer, [n, t, e]: last state forward beside last state backward."""
    net = torch.nn.LSTM(x.shape[2], hidden, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for key, value in net.named_parameters():
            value.copy_(w[f"{name}.{key}"])
    out, _ = net(x)
    return torch.cat([out[:, -1, :hidden], out[:, 0, hidden:]], 1)


def word_cnn(x, w):
    hidden = F.relu(F.conv1d(x.flatten(2), w["conv.weight"], w["conv.bias"])).amax(2)
    hidden = F.relu(F.linear(hidden, w["dense1.weight"], w["dense1.bias"]))
    return F.linear(hidden, w["dense2.weight"], w["dense2.bias"])


def sentence_lstm(x, w):
    n, e, s, t = x.shape
    sentences = lstm(x.permute(0, 2, 3, 1).reshape(n * s, t, e), w, "words", 100).reshape(n, s, 200)
    return F.linear(lstm(sentences, w, "sentences", 100), w["dense.weight"], w["dense.bias"])


def lstm_shapes(name, size, hidden):
    return {
        f"{name}.{kind}_l0{side}": shape
        for side in ["", "_reverse"]
        for kind, shape in [
            ("weight_ih", [4 * hidden, size]),
            ("weight_hh", [4 * hidden, hidden]),
            ("bias_ih", [4 * hidden]),
            ("bias_hh", [4 * hidden]),
        ]
    }


NETS = {
    "l2x-word-cnn": (
        word_cnn,
        (1, 9, 11),
        2,
        {
            "embedding.weight": [11, 50],
            "conv.weight": [250, 50, 3],
            "conv.bias": [250],
            "dense1.weight": [250, 250],
            "dense1.bias": [250],
            "dense2.weight": [2, 250],
            "dense2.bias": [2],
        },
    ),
    "l2x-sentence-lstm": (
        sentence_lstm,
        (3, 4, 13),
        3,
        {"embedding.weight": [13, 100], "dense.weight": [3, 200], "dense.bias": [3]}
        | lstm_shapes("words", 100, 100)
        | lstm_shapes("sentences", 200, 100),
    ),
}


def main():
    out = []
    for name, (net, (height, width, vocabulary), classes, shapes) in NETS.items():
        weights = weights_of(shapes)
        tokens = tokens_of(2, height, width, vocabulary)
        table = weights["embedding.weight"]
        vectors = table[tokens].permute(0, 3, 1, 2).requires_grad_(True)
        logits = net(vectors, weights)
        mask = (0.5 + wave(2 * height * width, 0.5, 0.9, 0.4)).reshape(2, 1, height, width).float().double()
        padding = table[0].reshape(1, -1, 1, 1)
        probs = F.softmax(logits, -1)
        (gradient,) = torch.autograd.grad(probs.max(-1).values.sum(), vectors)
        out.append(
            {
                "id": name,
                "height": height,
                "width": width,
                "vocabulary": vocabulary,
                "classes": classes,
                "shapes": shapes,
                "tokens": tokens.flatten(),
                "mask": mask.flatten(),
                "logits": logits,
                # Hidden words become the padding token's vector, which is not zero.
                "masked_logits": net(vectors * mask + padding * (1 - mask), weights),
                "gradient": gradient.norm(dim=1).flatten(),
                "times_input": (gradient * vectors).sum(1).flatten(),
            }
        )
    write("text_nets", out)


if __name__ == "__main__":
    main()
