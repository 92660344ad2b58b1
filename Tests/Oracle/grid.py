"""Pictures side by side, as `edge-run denoise` lays them out.

Every label in turn, and more pictures than labels: a row is a round of the labels. Otherwise all rows are full and at
most three times as long as there are rows, if that can be; else they make a square that need not be full.
"""

import math

import numpy as np

GAP = 2  # pixels between neighbours
GROUND = 128  # between pictures, and where there is none


def joined(pictures, columns):
    """One picture from several of the same shape, row after row."""
    height, width, channels = pictures[0].shape
    rows = -(-len(pictures) // columns)
    shape = rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels
    result = np.full(shape, GROUND, np.uint8)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        top, left = row * (height + GAP), column * (width + GAP)
        result[top : top + height, left : left + width] = picture
    return result


def columns(count, labels):
    """How many pictures stand in a row; labels: how many take turns, or None where all show the same."""
    if labels is not None and count > labels:
        return labels
    for rows in range(math.isqrt(count), 0, -1):
        if count % rows == 0 and count <= 3 * rows * rows:
            return count // rows
    return math.isqrt(count - 1) + 1
