"""Written with PyTorch 2.11.0 under Python 3.11: expected values of the text networks.

    python make_text.py

writes text_nets.json beside itself. Weights and inputs follow formulas that the tests know too.
"""

import math

import torch
import torch.nn.functional as F

from make_golden import wave, weights_of, write

torch.set_default_dtype(torch.float64)


def tokens_of(n, height, width, vocabulary):
    """Token numbers by formula; the first fifth of the places is padding."""
    count = n * height * width
    ids = [(7 * i + 3) % vocabulary for i in range(count)]
    return torch.tensor([0 if i % (height * width) < height * width // 5 else t for i, t in enumerate(ids)]).reshape(n, height, width)


def lstm(x, w, name, hidden, kind=torch.nn.LSTM):
    """Bidirectional, one layer, [n, t, e]: last state forward beside last state backward."""
    net = kind(x.shape[2], hidden, batch_first=True, bidirectional=True)
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


def lstm_shapes(name, size, hidden, gates=4):
    return {
        f"{name}.{kind}_l0{side}": shape
        for side in ["", "_reverse"]
        for kind, shape in [
            ("weight_ih", [gates * hidden, size]),
            ("weight_hh", [gates * hidden, hidden]),
            ("bias_ih", [gates * hidden]),
            ("bias_hh", [gates * hidden]),
        ]
    }


def dense(x, w, name):
    return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def aim_word_gru(x, w):
    hidden = lstm(x.flatten(2).transpose(1, 2), w, "gru", 250, torch.nn.GRU)
    return dense(F.relu(dense(hidden, w, "dense1")), w, "dense2")


def aim_word_cnn(x, w):
    pooled = [F.relu(F.conv1d(x.flatten(2), w[f"conv{i}.weight"], w[f"conv{i}.bias"])).amax(2) for i in [1, 2, 3, 4]]
    return dense(F.relu(dense(torch.cat(pooled, 1), w, "dense1")), w, "dense2")


def packed(net):
    """The network on one document at a time, with the words that are not there (zero vectors) cut out of it: no padding, no packing."""

    def each(x, w):
        documents = []
        for document in x:
            there = document.flatten(1)
            there = there[:, there.abs().sum(0) > 0]
            documents.append(net(there.reshape(1, x.shape[1], 1, -1), w))
        return torch.cat(documents)

    return each


def packed_sentence_lstm(x, w):
    out = []
    for document in x:
        sentences = []
        for sentence in document.unbind(1):
            there = sentence[:, sentence.abs().sum(0) > 0]
            if there.shape[1] > 0:
                sentences.append(lstm(there.T[None], w, "words", 100))
        out.append(lstm(torch.stack(sentences, 1), w, "sentences", 100))
    return dense(torch.cat(out), w, "dense")


def aim_word_transformer(x, w):
    x = x.flatten(2).transpose(1, 2) * math.sqrt(256)
    positions = torch.zeros(x.shape[1], 256)
    for place in range(x.shape[1]):
        for i in range(128):
            # Vaswani et al. 2017, section 3.5.
            angle = place / 10_000 ** (2 * i / 256)
            positions[place, 2 * i], positions[place, 2 * i + 1] = math.sin(angle), math.cos(angle)
    layer = torch.nn.TransformerEncoderLayer(256, 4, 1024, 0.1, batch_first=True).eval()
    parts = {
        layer.self_attn.in_proj_weight: "attention_in.weight",
        layer.self_attn.in_proj_bias: "attention_in.bias",
        layer.self_attn.out_proj.weight: "attention_out.weight",
        layer.self_attn.out_proj.bias: "attention_out.bias",
        layer.norm1.weight: "norm1.weight",
        layer.norm1.bias: "norm1.bias",
        layer.linear1.weight: "wide.weight",
        layer.linear1.bias: "wide.bias",
        layer.linear2.weight: "narrow.weight",
        layer.linear2.bias: "narrow.bias",
        layer.norm2.weight: "norm2.weight",
        layer.norm2.bias: "norm2.bias",
    }
    with torch.no_grad():
        for parameter, name in parts.items():
            parameter.copy_(w[f"encoder.{name}"])
    hidden = lstm(layer(x + positions), w, "lstm", 512)
    return dense(F.relu(dense(F.relu(dense(hidden, w, "dense1")), w, "dense2")), w, "dense3")


def dense_shapes(*layers):
    return {f"{name}.weight": [out, size] for name, size, out in layers} | {f"{name}.bias": [out] for name, _, out in layers}


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
    "aim-word-gru": (
        aim_word_gru,
        (1, 12, 9),
        2,
        {"embedding.weight": [9, 100]} | lstm_shapes("gru", 100, 250, 3) | dense_shapes(("dense1", 500, 250), ("dense2", 250, 2)),
    ),
    "aim-word-cnn": (
        aim_word_cnn,
        (1, 14, 12),
        4,
        {"embedding.weight": [12, 100]}
        | {f"conv{i}.weight": [250, 100, width] for i, width in [(1, 10), (2, 3), (3, 3), (4, 1)]}
        | {f"conv{i}.bias": [250] for i in [1, 2, 3, 4]}
        | dense_shapes(("dense1", 1000, 250), ("dense2", 250, 4)),
    ),
    "aim-word-transformer": (
        aim_word_transformer,
        (1, 8, 10),
        2,
        {"embedding.weight": [10, 256], "encoder.norm1.weight": [256], "encoder.norm1.bias": [256]}
        | {"encoder.norm2.weight": [256], "encoder.norm2.bias": [256]}
        | dense_shapes(
            ("encoder.attention_in", 256, 768),
            ("encoder.attention_out", 256, 256),
            ("encoder.wide", 256, 1024),
            ("encoder.narrow", 1024, 256),
            ("dense1", 1024, 128),
            ("dense2", 128, 64),
            ("dense3", 64, 2),
        )
        | lstm_shapes("lstm", 256, 512),
    ),
}


# The same networks over packed sequences.
PACKED = {
    f"{name}-packed": (packed_sentence_lstm if name == "l2x-sentence-lstm" else packed(NETS[name][0]), *NETS[name][1:])
    for name in ["l2x-sentence-lstm", "aim-word-gru", "aim-word-transformer"]
}


def main():
    out = []
    for name, (net, (height, width, vocabulary), classes, shapes) in (NETS | PACKED).items():
        weights = weights_of(shapes)
        tokens = tokens_of(2, height, width, vocabulary)
        table = weights["embedding.weight"]
        vectors = table[tokens].permute(0, 3, 1, 2)
        mask = (0.5 + wave(2 * height * width, 0.5, 0.9, 0.4)).reshape(2, 1, height, width).float().double()
        padding = table[0].reshape(1, -1, 1, 1)
        if name in PACKED:
            # Some words are hidden altogether. Hidden words and padding are not there at all.
            mask = mask * (mask > 0.3)
            vectors, padding = vectors * (tokens != 0)[:, None], 0 * padding
        vectors = vectors.requires_grad_(True)
        logits = net(vectors, weights)
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
                # Hidden words become the padding token's vector, which is not zero where padding is read.
                "masked_logits": net(vectors * mask + padding * (1 - mask), weights),
                "gradient": gradient.norm(dim=1).flatten(),
                "times_input": (gradient * vectors).sum(1).flatten(),
            }
        )
    write("text_nets", out)


if __name__ == "__main__":
    main()
