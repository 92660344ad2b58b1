"""Instructions stand where they belong: what tools/code-shape finds, as findings.

A vector instruction outside of the kernels, through a compiler flag too many or a merged generic, would end the program
on an older processor.
"""

import subprocess


def programs(tree):
    """The linked programs of both architectures, where tools/cross-build made them."""
    made = [tree / f".build-{name}/edge-run.unstripped" for name in ("x86_64", "aarch64")]
    return [str(path) for path in made if path.exists()]


def check(tree, inspected=None):
    command = [str(tree / "tools/code-shape"), *(programs(tree) if inspected is None else inspected)]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode == 0:
        return []
    return (answer.stdout + answer.stderr).splitlines() or ["tools/code-shape failed without a word"]
