"""The steps of a denoising loop and their coefficients, as docs/arithmetic.md says, section Denoising.

Python's floats are double precision, and it rounds each operation on them by itself.
"""

import math

from container import EdgeError
from rounding import FLOAT

DDIM, DDPM, DDPM_LARGE = SAMPLERS = "ddim", "ddpm", "ddpm-large"


def steps(schedule, count, sampler, eta):
    """Time step and coefficients A, B, C of each step; schedule: every ᾱ."""
    apart = len(schedule) // count
    result = []
    for time in range(apart * (count - 1), -1, -apart):
        here = float(schedule[time])
        before = float(schedule[time - apart]) if time >= apart else 1.0
        try:
            last, large = time == 0, sampler == DDPM_LARGE
            numbers = ddim(here, before, eta) if sampler == DDIM else ddpm(here, before, large, last)
        except (ArithmeticError, ValueError) as error:  # where ᾱ is 1, for example
            raise EdgeError(f"no finite coefficients at time step {time}") from error
        result.append((time, *map(FLOAT, numbers)))
    return result


def ddpm(here, before, large, last):
    alpha = here / before
    beta = 1 - alpha
    variance = beta if large else (1 - before) / (1 - here) * beta
    b = -(beta / (math.sqrt(1 - here) * math.sqrt(alpha)))
    return 1 / math.sqrt(alpha), b, 0.0 if last else math.sqrt(variance)


def ddim(here, before, eta):
    sigma = eta * math.sqrt((1 - before) / (1 - here)) * math.sqrt(1 - here / before)
    a = math.sqrt(before) / math.sqrt(here)
    return a, math.sqrt((1 - before) - sigma * sigma) - a * math.sqrt(1 - here), sigma


def update(coefficients, latent, predicted, noise):
    """x' of a step; noise: a function, as it is not drawn where C is 0."""
    a, b, c = coefficients
    moved = a * latent + b * predicted
    return moved + c * noise() if c else moved
