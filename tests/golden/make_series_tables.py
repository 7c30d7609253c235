"""Written with PyTorch 2.11.0 under Python 3.11: expected values of the networks for time series and for tables.

    python make_series_tables.py

writes series_table_nets.json beside itself. Weights and inputs follow formulas that the tests know too. The recurrent layers are PyTorch's own,
batch normalisation is written out (evaluation mode: fixed statistics, eps 1e-5).
"""

import torch
import torch.nn.functional as F

from make_golden import rows_of, wave, weights_of, write

torch.set_default_dtype(torch.float64)

EPS = 1e-5
CATEGORY = 1024.0


def normed(x, w, name):
    """[n, c, t] by the statistics and, where there are any, the scale and shift of a layer in evaluation mode."""
    by_channel = lambda key: w[f"{name}.{key}"][None, :, None]
    x = (x - by_channel("running_mean")) / torch.sqrt(by_channel("running_var") + EPS)
    return x * by_channel("weight") + by_channel("bias") if f"{name}.weight" in w else x


def lstm(x, w, name, hidden, bidirectional):
    net = torch.nn.LSTM(x.shape[2], hidden, batch_first=True, bidirectional=bidirectional)
    with torch.no_grad():
        for key, value in net.named_parameters():
            value.copy_(w[f"{name}.{key}"])
    return net(x)[0]


def dense(x, w, name):
    return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def conv(x, w, name):
    return F.conv1d(x, w[f"{name}.weight"], w[f"{name}.bias"], padding=w[f"{name}.weight"].shape[2] // 2)


def dorar_series(x, w):
    x = normed(x.squeeze(2), w, "norm")
    x = normed(F.max_pool1d(F.relu(conv(x, w, "conv1")), 2), w, "norm1")
    x = normed(F.max_pool1d(F.relu(conv(x, w, "conv2")), 2), w, "norm2")
    x = F.relu(conv(x, w, "conv3")).transpose(1, 2)
    x = lstm(x, w, "lstm", 128, True).flatten(1)
    return dense(F.relu(dense(x, w, "dense1")), w, "dense2")


def meed_series_lstm(x, w):
    x = normed(x.squeeze(2), w, "norm").transpose(1, 2)
    x = lstm(lstm(x, w, "first", 64, False), w, "second", 64, False)
    return dense(x[:, -1], w, "dense")


def mlp(x, w):
    x = x.flatten(1)
    for layer in ["dense1", "dense2", "dense3"]:
        x = F.relu(dense(x, w, layer))
    return dense(x, w, "dense4")


def logistic(x, w):
    return dense(x.flatten(1), w, "dense1")


def spread(x, levels):
    """Numbers [n, 1, 1, columns] as [n, 1 + levels, 1, columns]: a number stays, a category becomes a one in a place of its own."""
    out = torch.zeros(x.shape[0], 1 + levels, 1, x.shape[3])
    for row in range(x.shape[0]):
        for column in range(x.shape[3]):
            value = x[row, 0, 0, column].item()
            level = int(value - CATEGORY) if value >= CATEGORY / 2 else -1
            out[row, level + 1, 0, column] = 1.0 if level >= 0 else value
    return out


def used(columns, levels):
    """Ones [1, 1 + levels, 1, columns] for what a column can ever have, zeros for the rest: a number, or in every second column the categories. Weights
    of the rest are never trained."""
    out = torch.zeros(1, 1 + levels, 1, columns)
    out[0, 0, 0, ::2] = 1.0
    out[0, 1:, 0, 1::2] = 1.0
    return out


def with_biases(shapes):
    return {f"{name}.weight": shape for name, shape in shapes.items()} | {f"{name}.bias": shape[:1] for name, shape in shapes.items()}


def norm_shapes(name, width, affine):
    kinds = ["running_mean", "running_var"] + (["weight", "bias"] if affine else [])
    return {f"{name}.{kind}": [width] for kind in kinds}


def lstm_shapes(name, size, hidden, sides):
    return {
        f"{name}.{kind}_l0{side}": shape
        for side in sides
        for kind, shape in [
            ("weight_ih", [4 * hidden, size]),
            ("weight_hh", [4 * hidden, hidden]),
            ("bias_ih", [4 * hidden]),
            ("bias_hh", [4 * hidden]),
        ]
    }


def mlp_shapes(size, classes):
    return with_biases({"dense1": [200, size], "dense2": [200, 200], "dense3": [200, 200], "dense4": [classes, 200]})


def numbers(n, columns):
    """Standardised numbers: both signs."""
    return wave(n * columns, 1.5, 0.9, 0.4).reshape(n, 1, 1, columns).float().double()


def mixed(n, columns, levels):
    """Numbers, with categories in every second column; the third row's are missing."""
    x = numbers(n, columns)
    for row in range(n):
        for column in range(1, columns, 2):
            x[row, 0, 0, column] = 0.0 if row == 2 else CATEGORY + (2 * row + column) % levels
    return x


# id, network, shape, classes, categories of every second column, shapes of the weights, rows
NETS = [
    (
        "dorar-series",
        dorar_series,
        [2, 1, 18],
        3,
        0,
        norm_shapes("norm", 2, False)
        | norm_shapes("norm1", 64, True)
        | norm_shapes("norm2", 96, True)
        | with_biases({"conv1": [64, 2, 9], "conv2": [96, 64, 7], "conv3": [128, 96, 5], "dense1": [128, 4 * 256], "dense2": [3, 128]})
        | lstm_shapes("lstm", 128, 128, ["", "_reverse"]),
        rows_of(2, [2, 1, 18]),
    ),
    (
        "meed-series-lstm",
        meed_series_lstm,
        [7, 1, 3],
        2,
        0,
        norm_shapes("norm", 7, False)
        | lstm_shapes("first", 7, 64, [""])
        | lstm_shapes("second", 64, 64, [""])
        | with_biases({"dense": [2, 64]}),
        rows_of(3, [7, 1, 3]),
    ),
    ("table-mlp", mlp, [1, 1, 5], 2, 0, mlp_shapes(5, 2), numbers(3, 5)),
    ("table-mlp", mlp, [1, 1, 5], 3, 4, mlp_shapes(5 * 5, 3), mixed(3, 5, 4)),
    ("table-logistic", logistic, [1, 1, 6], 3, 0, with_biases({"dense1": [3, 6]}), numbers(3, 6)),
    ("table-logistic", logistic, [1, 1, 4], 2, 3, with_biases({"dense1": [2, 4 * 4]}), mixed(3, 4, 3)),
]


def main():
    out = []
    for name, net, shape, classes, levels, shapes, rows in NETS:
        weights = weights_of(shapes)
        inner = (spread(rows, levels) if levels else rows.clone()).requires_grad_(True)
        logits = net(inner, weights)
        probs = F.softmax(logits, dim=-1)
        (grad,) = torch.autograd.grad(probs.max(dim=-1).values.sum(), inner)
        # Of a column with several values: the norm of the gradient by those that it can have, and the sum of the products.
        gradient = (grad * used(shape[2], levels)).square().sum(1).sqrt() if levels else grad
        times_input = (grad * inner).sum(1) if levels else grad * inner
        mask = (0.5 + wave(rows.shape[0] * shape[2], 0.5, 1.1, 0.3)).reshape(rows.shape[0], 1, 1, shape[2])
        out.append(
            {
                "id": name,
                "shape": shape,
                "classes": classes,
                "levels": levels,
                "shapes": shapes,
                "rows": rows.flatten(1),
                "mask": mask.flatten(1),
                "logits": logits,
                "probs": probs,
                "masked_logits": net(inner * mask, weights),
                "gradient": gradient.flatten(1),
                "times_input": times_input.flatten(1),
            }
        )
    write("series_table_nets", out)


if __name__ == "__main__":
    main()
