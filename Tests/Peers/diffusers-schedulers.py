#!/usr/bin/env python3
"""Schedules and updates of denoising against the schedulers of diffusers.

    diffusers-schedulers.py DIR -- swift test -c release --filter SchedulerDump

runs the command behind `--` with SWIFTLET_SCHEDULERS=DIR, which writes schedules and single updates to DIR, and compares
each with what diffusers' DDPMScheduler and DDIMScheduler make of the same latent, prediction and noise. Their own code
runs; of PyTorch, which they need for little more than arrays, this file has what they call, on NumPy and in double
precision, so that what differs is ours. Needs numpy and diffusers.
"""

import importlib.machinery
import os
import pathlib
import subprocess
import sys
import types

import numpy

TOLERANCE = 1e-5


class Tensor(numpy.ndarray):
    """An array with the methods of torch.Tensor that the two schedulers call."""

    device = "cpu"

    def to(self, *_, **__):
        return self

    def nonzero(self, as_tuple=False):
        return numpy.ndarray.nonzero(self)


def tensor(values, dtype=None):
    return numpy.array(values, dtype=dtype).view(Tensor)


def stand_in():
    """A module `torch`."""
    torch = types.ModuleType("torch")
    torch.__spec__ = importlib.machinery.ModuleSpec("torch", None)
    torch.Tensor = Tensor
    for name in ["Generator", "IntTensor", "device"]:
        setattr(torch, name, object)
    torch.float32 = torch.float64 = numpy.float64
    torch.tensor = tensor
    torch.from_numpy = tensor
    torch.linspace = lambda first, last, count, dtype=None: tensor(numpy.linspace(first, last, count))
    torch.cumprod = lambda values, dim: tensor(numpy.cumprod(values, axis=dim))
    torch.clamp = lambda values, min: tensor(numpy.maximum(values, min))
    return torch


sys.modules["torch"] = stand_in()

import diffusers  # noqa: E402
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm  # noqa: E402

SCHEDULES = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
# Fresh noise for the next update.
drawn = []
for module in [scheduling_ddim, scheduling_ddpm]:
    module.randn_tensor = lambda shape, **_: drawn[-1]


def scheduler(schedule, sampler):
    options = {"beta_schedule": SCHEDULES[schedule], "clip_sample": False}
    if sampler.startswith("ddim"):
        return scheduling_ddim.DDIMScheduler(**options), {"eta": float(sampler.split("-")[1])}
    variance = "fixed_large" if sampler == "ddpm-large" else "fixed_small"
    return scheduling_ddpm.DDPMScheduler(variance_type=variance, **options), {}


def check_schedules(folder):
    """Compares ᾱ; returns the largest difference."""
    largest = 0.0
    for name in SCHEDULES:
        ours = numpy.loadtxt(folder / f"{name}.schedule")
        theirs = numpy.asarray(scheduler(name, "ddpm")[0].alphas_cumprod)
        if ours.shape != theirs.shape:
            sys.exit(f"{name}: {ours.size} steps, diffusers has {theirs.size}")
        largest = max(largest, float(numpy.abs(ours - theirs).max()))
    return largest


def check_updates(path):
    """Compares the updates of a file; returns their number and the largest difference."""
    schedule, sampler, steps = path.stem.split("_")
    theirs, options = scheduler(schedule, sampler)
    theirs.set_timesteps(int(steps))
    rows = numpy.loadtxt(path, ndmin=2)
    if [int(row[0]) for row in rows] != [int(time) for time in theirs.timesteps]:
        sys.exit(f"{path.name}: other time steps than diffusers'")
    largest = 0.0
    for row in rows:
        latent, noise, fresh, ours = (tensor(part).reshape(1, 1, 2, 2) for part in numpy.split(row[1:], 4))
        drawn[:] = [fresh]
        wanted = theirs.step(noise, int(row[0]), latent, **options).prev_sample
        difference = float((numpy.abs(ours - wanted) / numpy.maximum(1, numpy.abs(wanted))).max())
        if not difference <= TOLERANCE:
            sys.exit(f"{path.name}: differs by {difference} at time step {int(row[0])}")
        largest = max(largest, difference)
    return len(rows), largest


def main():
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    subprocess.run(sys.argv[3:], env={**os.environ, "SWIFTLET_SCHEDULERS": str(folder.resolve())}, check=True)
    paths = sorted(folder.glob("*.updates"))
    if len(paths) != 60:
        sys.exit(f"the command wrote {len(paths)} files of updates, not 60")
    schedules = check_schedules(folder)
    if not schedules <= TOLERANCE:
        sys.exit(f"schedules differ by {schedules}")
    checked = [check_updates(path) for path in paths]
    count, largest = sum(count for count, _ in checked), max(difference for _, difference in checked)
    print(f"diffusers {diffusers.__version__}: schedules equal within {schedules:.1e}, {count} updates within {largest:.1e}")


main()
