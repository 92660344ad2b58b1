"""Who may import whom: tools/import-law.txt against Package.swift and against every import line."""

import fnmatch
import json
import pathlib
import re
import subprocess

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor)\s+)?(\w+)"
)
INCLUDE = re.compile(r"^\s*#\s*(?:include|import)\s*<([^>]+)>")


class Law:
    """The table of tools/import-law.txt."""

    def __init__(self, path):
        self.rows, self.every, self.headers = {}, {}, {}
        for line in path.read_text().splitlines():
            words = line.split("#")[0].split()
            if not words:
                continue
            kind, name, rest = words[0], words[1], set(words[2:])
            if kind == "every":
                self.every[name] = rest
            elif kind == "header":
                self.headers[name] = rest
            else:
                self.rows[name] = (kind, rest)

    def may_import(self, room):
        kind, rest = self.rows[room]
        return rest | self.every.get(kind, set())


def describe(tree):
    """The targets of the whole package as SwiftPM sees them."""
    answer = subprocess.run(
        ["swift", "package", "--scratch-path", ".build-laws", "describe", "--type", "json"], cwd=tree, capture_output=True, text=True
    )
    if answer.returncode != 0:
        raise SystemExit("laws: swift package describe failed: " + answer.stderr.strip())
    return json.loads(answer.stdout)["targets"]


def imports_of(path):
    """Pairs of line number and module of a Swift file."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = IMPORT.match(line)
        if match:
            yield number, match[1]


def kind_of(law, target):
    """The side a target is on; what stands under Tests and in no row serves the tests."""
    name = target["name"]
    if name in law.rows:
        return law.rows[name][0]
    return "test" if target["path"].startswith("Tests/") else ""


def check_manifest(law, targets):
    """What Package.swift declares is what the table allows."""
    findings = []
    for target in targets:
        name, declared = target["name"], set(target.get("target_dependencies", []))
        library = target["path"].startswith("Sources/Libraries/")
        if kind_of(law, target) in ("test", "command"):
            continue
        if library:
            allowed = set()
        elif name in law.rows:
            allowed = law.may_import(name)
        else:
            findings.append(f"Package.swift: {name} is not in tools/import-law.txt")
            continue
        for extra in sorted(declared - allowed):
            findings.append(f"Package.swift: {name} may not depend on {extra}")
    return findings


def check_imports(law, targets, tree):
    """Every import line names a module that its target declares or that its side may always import."""
    findings = []
    for target in targets:
        if target["module_type"] != "SwiftTarget":
            continue
        name = target["name"]
        kind = kind_of(law, target)
        allowed = set(target.get("target_dependencies", []))
        if kind in ("command", "test"):
            allowed |= law.every[kind]
        elif kind:
            # Only what needs no declaration: modules of the toolchain.
            allowed |= law.every[kind] - {other["name"] for other in targets}
        for source in target["sources"]:
            path = tree / target["path"] / source
            for number, module in imports_of(path):
                if module not in allowed:
                    place = path.relative_to(tree)
                    findings.append(f"{place}:{number}: {name} may not import {module}")
    return findings


def check_libraries(law, targets, tree):
    """A library belongs to one room, and its headers to one target."""
    findings = []
    libraries = [target["name"] for target in targets if target["path"].startswith("Sources/Libraries/")]
    for library in libraries:
        rooms = [name for name, (_, allowed) in law.rows.items() if library in allowed]
        if len(rooms) > 1:
            findings.append(f"tools/import-law.txt: {library} belongs to one room, not to {', '.join(sorted(rooms))}")
    for path in sorted((tree / "Sources").rglob("*")):
        if path.suffix not in (".c", ".h", ".cpp", ".hpp", ".cc"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            owner = match and header_owner(law, match[1])
            if owner and f"Libraries/{owner}/" not in str(path):
                findings.append(f"{path.relative_to(tree)}:{number}: <{match[1]}> is included in {owner} only")
    return findings


def header_owner(law, header):
    for owner, patterns in law.headers.items():
        if any(fnmatch.fnmatch(header, pattern) for pattern in patterns):
            return owner
    return None


def check(tree, targets=None):
    law = Law(pathlib.Path(tree) / "tools/import-law.txt")
    targets = describe(tree) if targets is None else targets
    return (
        check_manifest(law, targets) + check_imports(law, targets, tree) + check_libraries(law, targets, tree)
    )
