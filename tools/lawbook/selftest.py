"""Shows that each law finds what it forbids: a small tree that keeps them all, then one violation after another."""

import pathlib
import shutil
import subprocess
import tempfile

from . import files, imports, instructions, kernels

CLEAN = {
    "tools/import-law.txt": """
        device Kernels
        device Platform CSystem
        device Inference Kernels Platform
        workstation Tensors COpenBLAS
        every device Synchronization
        every workstation Platform Foundation
        every command Foundation
        every test Testing
        header COpenBLAS cblas.h
    """,
    "Sources/Device/Inference/Session.swift": "internal import Kernels\npublic import Synchronization\n",
    "Sources/Device/Platform/Clock.swift": "internal import CSystem\n",
    "Sources/Workstation/Tensors/Tensor.swift": "import Foundation\nimport Platform\nimport COpenBLAS\n",
    "Sources/Libraries/COpenBLAS/face.h": "#include <cblas.h>\n",
    "Sources/Device/Kernels/rows.h": "void table_u8_scalar(int a);\nvoid table_u8_avx2(int a);\n",
    "Sources/Device/Kernels/table.c": """
        {.name = "table_u8_scalar", .operation = KERNEL_TABLE, .set = KERNEL_SET_SCALAR, .table = table_u8_scalar},
        {.name = "table_u8_avx2", .operation = KERNEL_TABLE, .set = KERNEL_SET_AVX2, .table = table_u8_avx2},
    """,
    "Sources/Device/Kernels/reference/table.c": "void TABLE(int a) {\n}\n",
    "Sources/Device/Kernels/x86/table_avx2.c": "void table_u8_avx2(int a) {\n}\n",
}


def target(name, path, sources, dependencies, kind="library"):
    return {"name": name, "path": path, "sources": sources, "target_dependencies": dependencies, "type": kind,
            "module_type": "ClangTarget" if name[0] == "C" and name[1].isupper() else "SwiftTarget"}


def targets():
    return [
        target("CSystem", "Sources/Libraries/CSystem", [], []),
        target("COpenBLAS", "Sources/Libraries/COpenBLAS", [], []),
        target("Platform", "Sources/Device/Platform", ["Clock.swift"], ["CSystem"]),
        target("Inference", "Sources/Device/Inference", ["Session.swift"], ["Kernels", "Platform"]),
        target("Tensors", "Sources/Workstation/Tensors", ["Tensor.swift"], ["Platform", "COpenBLAS"]),
    ]


# What to add to a file of the clean tree (or which file to make), and what the law then says.
PLANTED = [
    ("Sources/Device/Inference/Session.swift", "import Foundation\n", "Inference may not import Foundation"),
    ("Sources/Device/Inference/Session.swift", "internal import Glibc\n", "Inference may not import Glibc"),
    ("Sources/Device/Inference/Session.swift", "@testable import Tensors\n", "Inference may not import Tensors"),
    ("Sources/Device/Inference/Session.swift", "import struct CSystem.thread\n", "Inference may not import CSystem"),
    ("Sources/Workstation/Tensors/Tensor.swift", "import Kernels\n", "Tensors may not import Kernels"),
    ("Sources/Device/Platform/Clock.c", "#include <cblas.h>\n", "<cblas.h> is included in COpenBLAS only"),
    ("tools/import-law.txt", "device Imaging COpenBLAS\n", "COpenBLAS belongs to one room"),
    ("Sources/Device/Kernels/table.c", '{.name = "gemm_fast", .table = gemm_fast},', "row gemm_fast is not"),
    ("Sources/Device/Kernels/table.c", '{.name = "pool_u8_avx2", .operation = KERNEL_TABLE, '
     '.set = KERNEL_SET_SCALAR, .table = other},', "row pool_u8_avx2 runs other"),
    ("Sources/Device/Kernels/rows.h", "void table_u8_neon(int a);\n", "table_u8_neon is declared, but in no row"),
    ("Sources/Device/Kernels/x86/table_avx2.c", "void table_u8_helper(int a) {\n}\n", "table_u8_helper is no row"),
    ("Sources/Device/Kernels/x86/table_sse9.c", "", "'sse9' is no kernel set of x86"),
    ("Sources/Device/Kernels/arm/table_neon.c", "", "no row of table.c has the operation table and the set neon"),
    ("Sources/Long.swift", "// line\n" * 401, "401 lines, more than 400"),
    ("docs/notes.md", "see /" + "home/someone/model.onnx\n", "the absolute path /" + "home/someone"),
    ("model.bin", "x" * 1_000_001, "1000001 bytes, more than 1000000"),
]


def check_tree(additions):
    """Findings of every law in the clean tree with something planted."""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        contents = dict(CLEAN)
        for name, text in additions:
            contents[name] = contents.get(name, "") + text
        for name, text in contents.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        return imports.check(tree, targets()) + kernels.check(tree) + files.check(tree, sorted(contents))


def plant_instruction():
    """Findings in a program with a function that was compiled for AVX."""
    tree = pathlib.Path(__file__).resolve().parents[2]
    compiler = pathlib.Path(shutil.which("swiftc") or "swiftc").resolve().parent / "clang"
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder) / "leak.c", pathlib.Path(folder) / "leak"
        source.write_text("float sum(float *a) { float s = 0; for (int i = 0; i < 8; i++) s += a[i]; return s; }\n")
        subprocess.run([str(compiler), "--target=x86_64-unknown-linux-gnu", "-mavx", "-O2", "-c", str(source),
                        "-o", str(program)], check=True)
        return instructions.check(tree, [str(program)])


def run():
    failures = [f"the clean tree: {line}" for line in check_tree([])]
    for name, text, expected in PLANTED:
        if not any(expected in line for line in check_tree([(name, text)])):
            failures.append(f"not found: {expected}")
    if not any("outside its set" in line for line in plant_instruction()):
        failures.append("not found: AVX outside of the kernels")
    declared = targets()
    declared[3]["target_dependencies"].append("Tensors")
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "law.txt"
        table.write_text(CLEAN["tools/import-law.txt"])
        if "Package.swift: Inference may not depend on Tensors" not in imports.check_manifest(
                imports.Law(table), declared):
            failures.append("not found: a dependency that the law does not allow")
    for line in failures:
        print(line)
    print(f"{len(PLANTED) + 2 - len(failures)} planted violations found, {len(failures)} failures")
    return 1 if failures else 0
