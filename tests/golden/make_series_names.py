"""Written with NumPy 2: series as NumPy saves what was transposed (column-major), with labels in words.

    python make_series_names.py

writes series_names.npz, series_users.npz with labels that single precision cannot tell apart, and series_bytes.npz with byte strings and
big-endian values, beside itself.
"""

import numpy as np


def main():
    # Item i, step t, channel c holds 100 i + 10 t + c.
    x = np.fromfunction(lambda i, t, c: 100 * i + 10 * t + c, (4, 5, 2))
    labels = ["walk", "Übung", "run", "walk"]
    np.savez("series_names.npz", x=np.asfortranarray(x.astype("<f4")), y=np.array(labels))
    np.savez("series_users.npz", x=x, y=np.array([20230003, 20230000, 20230001, 20230002]))
    np.savez("series_bytes.npz", x=x.astype(">f8"), y=np.array(["walk", "run", "run", "rest"], dtype="S6"))


if __name__ == "__main__":
    main()
