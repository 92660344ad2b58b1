"""The noise of docs/arithmetic.md, section Denoising: Philox4x32-10 and the inverse of the normal distribution."""

import numpy as np

from rounding import FLOAT

MULTIPLIERS = 0xD2511F53, 0xCD9E8D57  # of the paper, like the steps of the key
KEY_STEPS = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10
LOW = (1 << 32) - 1


def philox(counter, key):
    """Four words from four words and a key of two; words are numbers or arrays of uint64 below 2³²."""
    for _ in range(ROUNDS):
        first, second = counter[0] * np.uint64(MULTIPLIERS[0]), counter[2] * np.uint64(MULTIPLIERS[1])
        highs, lows = [p >> np.uint64(32) for p in (first, second)], [p & np.uint64(LOW) for p in (first, second)]
        counter = highs[1] ^ counter[1] ^ key[0], lows[1], highs[0] ^ counter[3] ^ key[1], lows[0]
        key = [(k + np.uint64(s)) & np.uint64(LOW) for k, s in zip(key, KEY_STEPS, strict=True)]
    return counter


def words(seed, picture, draw, count):
    """The first `count` words of a draw for a picture."""
    blocks = np.arange(-(-count // 4), dtype=np.uint64)
    counter = [blocks] + [np.full_like(blocks, value) for value in (draw, picture, 0)]
    key = [np.uint64(seed & LOW), np.uint64(seed >> 32)]
    return np.stack(philox(counter, key), axis=1).ravel()[:count].astype(np.int64)


def normal(table, seed, picture, draw, count):
    """`count` normal numbers; table: T of the file."""
    drawn = words(seed, picture, draw, count)
    tails = np.maximum(drawn & 0x7FFFFFFF, 1)
    zeros = 31 - np.frexp(tails.astype(float))[1].astype(np.int64)  # leading ones in 31 bits; frexp is exact here
    moved = tails << zeros
    i, f = 64 * (30 - zeros) + (moved >> 24) % 64, moved % (1 << 24)
    entries = table.astype(np.int64)
    values = (entries[i] + ((entries[i + 1] - entries[i]) * f >> 24)).astype(FLOAT) * FLOAT(2.0**-24)
    return np.where(drawn >> 31, -values, values)
