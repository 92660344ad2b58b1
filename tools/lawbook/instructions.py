"""AVX stays in the kernels: a function outside of them that needs it would end the program on an older processor.

Looks at the linked x86_64 edge-run, where a compiler flag too many or a merged generic would show.
"""

import pathlib
import re
import shutil
import subprocess

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
# A mnemonic of AVX and its successors begins with v; verr and verw are older.
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(v(?!err|erw)[a-z]\w+)")
# Functions that libc and libjpeg-turbo choose by processor carry the set in their names, as our kernels do.
CHOSEN = re.compile(r"avx|evex|fma|vnni")


def tool(name):
    """A program of the Swift toolchain."""
    compiler = shutil.which("swiftc")
    if not compiler:
        raise SystemExit("laws: Swift 6.3 is needed on PATH")
    return str(pathlib.Path(compiler).resolve().parent / name)


def scan(lines, allowed):
    """Names of functions with an AVX instruction that are neither allowed nor chosen by processor."""
    findings, function = [], ""
    for line in lines:
        if match := FUNCTION.match(line):
            function = match[1]
        elif match := INSTRUCTION.match(line):
            ours = function.startswith("$")
            if function not in allowed and (ours or not CHOSEN.search(function)) and function not in findings:
                findings.append(function)
    return findings


def kernel_symbols(build):
    """Every function of the objects in Kernels/x86."""
    objects = [str(path) for path in sorted(build.glob("**/Kernels.build/x86/*.o"))]
    if not objects:
        return set()
    answer = subprocess.run([tool("llvm-nm"), "--defined-only", "--format=just-symbols", *objects],
                            capture_output=True, text=True, check=True)
    return {line.strip() for line in answer.stdout.splitlines() if line.strip()}


def check(tree):
    """Nothing to say where the program is not built: tools/cross-build makes it."""
    build = tree / ".build-x86_64"
    program = build / "edge-run.unstripped"
    if not program.exists():
        return []
    answer = subprocess.run([tool("llvm-objdump"), "-d", "--no-show-raw-insn", str(program)],
                            capture_output=True, text=True, check=True)
    names = scan(answer.stdout.splitlines(), kernel_symbols(build))
    return [f".build-x86_64/edge-run: {name} has AVX instructions outside of the kernels" for name in names]
