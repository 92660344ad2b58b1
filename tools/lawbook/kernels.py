"""The names of kernels: <operation>_<types>_<set>[_<tile>], the same in files, functions and rows."""

import re

SETS = {
    "reference": ["scalar"],
    "x86": ["avx2", "avxvnni", "avx512vnni", "fma", "avx512f", "avx512bf16"],
    "arm": ["neon", "dotprod", "i8mm", "neonf32", "fp16", "bf16"],
}
OPERATION = r"[a-z]+(?:_(?:[a-z]+|16))*?"
TYPES = r"(?:[us](?:8|16|32)|f32|f16|bf16)+"
NAME = re.compile(
    rf"^(?P<operation>{OPERATION})_(?P<types>{TYPES})_(?P<set>{'|'.join(sum(SETS.values(), []))})"
    r"(?:_(?P<tile>\d+x\d+))?$"
)
# A definition at the start of a line that is not static; reference kernels may name themselves by a macro.
DEFINITION = re.compile(r"^void\s+(\w+)\s*\(", re.MULTILINE)
DECLARATION = re.compile(r"^void\s+(\w+)\s*\([^;{]*\)\s*;", re.MULTILINE)
ROW = re.compile(r"\{\s*\.name\s*=\s*\"(\w+)\"(.*?)\}", re.DOTALL)
FIELD = re.compile(r"\.(\w+)\s*=\s*(\w+)")


def check_row(name, fields):
    """What a row of table.c says of itself."""
    match = NAME.match(name)
    if not match:
        return [f"row {name} is not <operation>_<types>_<set>[_<tile>]"]
    findings = []
    function = [fields[key] for key in fields if key not in KNOWN]
    if function != [name]:
        findings.append(f"row {name} runs {', '.join(function) or 'nothing'}")
    expected = {"operation": "KERNEL_" + match["operation"].upper(), "set": "KERNEL_SET_" + match["set"].upper()}
    if match["tile"]:
        pixels, channels = match["tile"].split("x")
        expected |= {"tile_pixels": pixels, "tile_channels": channels}
    for key, value in expected.items():
        if fields.get(key) != value:
            findings.append(f"row {name} has .{key} = {fields.get(key)}, its name says {value}")
    return findings


KNOWN = ("operation", "set", "tile_pixels", "tile_channels", "layout")


def check(tree):
    folder = tree / "Sources/Device/Kernels"
    text = (folder / "table.c").read_text()
    findings, rows = [], set()
    for name, body in ROW.findall(text):
        rows.add(name)
        findings += [f"Sources/Device/Kernels/table.c: {line}" for line in check_row(name, dict(FIELD.findall(body)))]
    declared = set()
    for header in folder.glob("*.h"):
        declared |= set(DECLARATION.findall(header.read_text()))
    for name in sorted(declared ^ rows):
        where = "declared, but in no row of table.c" if name in declared else "a row of table.c, but not declared"
        findings.append(f"Sources/Device/Kernels/rows.h: {name} is {where}")
    return findings + check_files(tree, folder, rows)


def check_files(tree, folder, rows):
    """A file holds the kernels of one operation and one set, and is named after both."""
    findings = []
    for path in sorted(folder.glob("*/*.c")):
        place, side = path.relative_to(tree), path.parent.name
        if side not in SETS:
            findings.append(f"{place}: kernels stand in {', '.join(SETS)}")
            continue
        operation, set_name = path.stem, "scalar"
        if side != "reference":
            operation, _, set_name = path.stem.rpartition("_")
        if set_name not in SETS[side]:
            findings.append(f"{place}: '{set_name}' is no kernel set of {side}")
            continue
        text = path.read_text()
        mine = {name for name in rows if (match := NAME.match(name)) and match["operation"] == operation
                and match["set"] == set_name}
        if not mine:
            findings.append(f"{place}: no row of table.c has the operation {operation} and the set {set_name}")
        elif side != "reference":
            defined = set(DEFINITION.findall(text))
            for name in sorted(defined - mine):
                findings.append(f"{place}: {name} is no row of {operation} and {set_name}")
            for name in sorted(mine - defined):
                findings.append(f"{place}: {name} is in table.c, but not here")
    return findings
