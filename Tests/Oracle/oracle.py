#!/usr/bin/env python3
"""A second implementation of .edge models, written from docs/ alone: documents and programs check each other.

oracle.py run MODEL.edge --input IN.npy… --output-dir DIR   run once, on what tensors hold
oracle.py golden MODEL.edge                                 recompute the golden vectors and the tables of functions
oracle.py packed MODEL.edge                                 compare packed with canonical weights
oracle.py set MODEL.edge SET                                recompute a set of PGM pictures
oracle.py classified MODEL.edge                             compare the lines of `edge-run classify --json` in the input
oracle.py denoised MODEL.edge PICTURE.png [--seed N] [--steps N] [--sampler ddim|ddpm|ddpm-large] [--eta X]
    [--label NAME|all|none] [--guidance X] [--count N]      compare the picture that `edge-run denoise` made with these
oracle.py random DIR --seed N                               write random models, a picture set and pictures
oracle.py cases MODEL.edge DIR [--count N]                  write inputs with the outputs that must come of them
oracle.py compare DIR ACTUAL…                               compare a program's outputs with those

Exit status: 0 all is equal, 1 the first difference or what is wrong with the file has been printed.
"""

import argparse
import pathlib
import sys

import numpy as np

import arena
import cases
import checks
import denoising
import grid
import pictures
import png
import random_later
import random_models
import random_pictures
import samplers
from container import EdgeError, require
from edge import Model, PictureSet


def run(options):
    graph = Model(options.model).graphs[0]
    given = [np.load(path) for path in options.input]
    require(len(given) == len(graph.inputs), f"the model has {len(graph.inputs)} inputs")
    for values, tensor in zip(given, graph.inputs, strict=True):
        require(values.ndim == tensor.rank, f"{tensor.name}: of {values.ndim} axes, not {tensor.rank}")
    inputs = [cases.in_stored_order(tensor, x) for x, tensor in zip(given, graph.inputs, strict=True)]
    for values, tensor in zip(inputs, graph.inputs, strict=True):
        fits = values.dtype == tensor.type and values.shape == tensor.shape
        require(fits, f"{tensor.name}: {values.dtype} {values.shape}, not {tensor.type} {tensor.shape}")
    for tensor, values in zip(graph.outputs, arena.Arena(graph).run(inputs), strict=True):
        path = pathlib.Path(options.output_dir, cases.file_name(tensor))
        np.save(path, cases.in_source_order(tensor, values))


def golden(options):
    print(f"golden: {checks.check_golden(Model(options.model))} vectors are equal")


def packed(options):
    print(f"packed: {checks.check_packed(Model(options.model))} weights are equal")


def picture_set(options):
    print(f"set: {pictures.check(Model(options.model), PictureSet(options.set))} pictures are equal")


def classified(options):
    lines = sys.stdin.read().splitlines()
    print(f"classified: {pictures.check_classified(Model(options.model), lines)} pictures are equal")


def denoised(options):
    model = Model(options.model)
    asked = denoising.request(model, options)
    made = denoising.pictures(model, asked)
    columns = grid.columns(len(made), model.steps.labels if options.label == denoising.ALL else None)
    computed, stored = grid.joined(made, columns), png.read(options.picture)
    require(stored.shape == computed.shape, f"{options.picture}: {stored.shape}, not {computed.shape}")
    differing = np.argwhere(stored != computed)
    for y, x, channel in differing[:1]:
        values = f"{stored[y, x, channel]}, not {computed[y, x, channel]}"
        raise EdgeError(f"{options.picture}: row {y}, column {x} is {values}; {len(differing)} bytes differ")
    print(f"denoised: {len(made)} pictures are equal")


def write_random(options):
    prefix = pathlib.Path(options.directory)
    prefix.mkdir(parents=True, exist_ok=True)
    random_models.write(prefix / "tensors.edge", options.seed)
    random_models.write(prefix / "later.edge", options.seed, kind=random_later.LaterChain)
    random_models.write(prefix / "pictures.edge", options.seed, prefix / "pictures.set")
    random_pictures.write_files(prefix / "pictures", options.seed)


def write_cases(options):
    print(f"cases: {cases.write(Model(options.model), options.directory, options.count)}")


def compare(options):
    """A line for each difference and each ACTUAL; the last line is how many cases passed and failed in all."""
    all_passed = all_failed = 0
    for actual in options.actual:
        passed, failures = cases.compare(options.directory, actual)
        print(*failures, f"{pathlib.Path(actual).name}: {passed} equal, {len(failures)} differ", sep="\n")
        all_passed, all_failed = all_passed + passed, all_failed + len(failures)
    print(all_passed, all_failed)
    return 1 if all_failed else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)

    def command(name, function, *positional):
        added = commands.add_parser(name)
        added.set_defaults(function=function)
        for argument in positional:
            added.add_argument(argument)
        return added

    running = command("run", run, "model")
    running.add_argument("--input", action="append", required=True, help="in the order of the model's inputs")
    running.add_argument("--output-dir", default=".")
    command("golden", golden, "model")
    command("packed", packed, "model")
    command("set", picture_set, "model", "set")
    command("classified", classified, "model")
    asking = command("denoised", denoised, "model", "picture")
    asking.add_argument("--sampler", choices=samplers.SAMPLERS, default=samplers.DDIM)
    asking.add_argument("--label", default=denoising.ALL)
    for name, kind, default in ("seed", int, 1), ("steps", int, 0), ("count", int, 0), ("eta", float, 0.0):
        asking.add_argument(f"--{name}", type=kind, default=default)
    asking.add_argument("--guidance", type=float)
    command("random", write_random, "directory").add_argument("--seed", type=int, required=True)
    command("cases", write_cases, "model", "directory").add_argument("--count", type=int, default=100)
    command("compare", compare, "directory").add_argument("actual", nargs="+")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = arguments()
    try:
        sys.exit(chosen.function(chosen))
    except (EdgeError, OSError) as error:
        sys.exit(f"oracle: {error}")
