"""llama.cpp's own programs and vocabularies, out of the source archive of the installed llama-cpp-python.

The programs are built once into `.cache/llama.cpp/VERSION`; when they run, they load the very libraries that Python
loads, so the rivals differ in their programs alone and not in the flags they were compiled with. What is not there is
said aloud and left out. As a program, it fetches and builds: python -m scripts.bench_suite.llama_sources
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("llama-server", "llama-batched-bench")
FLAGS = {
    "CMAKE_BUILD_TYPE": "Release",
    "BUILD_SHARED_LIBS": "ON",
    "LLAMA_CURL": "OFF",
    "LLAMA_OPENSSL": "OFF",
    "LLAMA_BUILD_UI": "OFF",
    "LLAMA_USE_PREBUILT_UI": "OFF",  # would be fetched while building
    "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF",
    "LLAMA_BUILD_APP": "OFF",
}


class NotBuilt(Exception):
    """A program or file of llama.cpp could not be had; the text says why."""


def home() -> Path:
    """Where the installed version's sources and programs are kept."""
    return ROOT / ".cache" / "llama.cpp" / version("llama-cpp-python")


def tool(name: str) -> Path:
    """A built program; raises NotBuilt where it is missing."""
    path = home() / "build" / "bin" / name
    if not path.is_file():
        raise NotBuilt(f"{name} is not built: run python -m scripts.bench_suite.llama_sources")
    return path


def environment() -> dict[str, str]:
    """Environment in which a program finds Python's llama.cpp before the one it was built with."""
    spec = find_spec("llama_cpp")
    installed = Path(spec.origin).parent / "lib" if spec and spec.origin else Path()
    folders = [str(installed), str(home() / "build" / "bin"), os.environ.get("LD_LIBRARY_PATH", "")]
    return os.environ | {"LD_LIBRARY_PATH": ":".join(filter(None, folders))}


def vocabulary(name: str = "qwen2") -> Path:
    """A GGUF with the vocabulary alone; fetches the sources where nothing has it."""
    known = ROOT / ".cache" / "vocabularies" / f"ggml-vocab-{name}.gguf"
    return known if known.is_file() else sources() / "models" / f"ggml-vocab-{name}.gguf"


def sources() -> Path:
    """llama.cpp's source folder, fetched with pip the first time; raises NotBuilt if pip cannot."""
    target = home() / "source"
    if target.is_dir():
        return target
    print("Fetching llama.cpp's sources (the source archive of llama-cpp-python) ...", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"llama-cpp-python=={version('llama-cpp-python')}"
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", "llama-cpp-python"]
        _run([sys.executable, "-m", "pip", "download", *options, "--dest", folder, wanted])
        home().mkdir(parents=True, exist_ok=True)
        part = home() / "source.part"
        shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as archive:
            _extract(archive, part)
    part.replace(target)
    return target


def _extract(archive: tarfile.TarFile, target: Path) -> None:
    """The folder `vendor/llama.cpp` of the archive."""
    for member in archive:
        _, found, inner = member.name.partition("/vendor/llama.cpp/")
        if found and member.isfile() and ".." not in inner:
            path = target / inner
            path.parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None
            path.write_bytes(content.read())


def build() -> None:
    """Build the programs unless they are there; some minutes. Raises NotBuilt with the compiler's last words."""
    folder = home() / "build"
    if all((folder / "bin" / name).is_file() for name in TOOLS):
        return
    if shutil.which("cmake") is None or not any(map(shutil.which, ("c++", "g++", "clang++"))):
        raise NotBuilt("llama.cpp's programs need cmake and a C++ compiler")
    source = sources()
    print("Building llama.cpp's server and batched-bench, once (about ten minutes on 2 cores) ...", file=sys.stderr)
    _run(["cmake", "-S", str(source), "-B", str(folder), *(f"-D{name}={value}" for name, value in FLAGS.items())])
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    _run(["cmake", "--build", str(folder), "--target", *TOOLS, "--parallel", jobs])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise NotBuilt(f"{command[0]} failed: {words}")


if __name__ == "__main__":
    try:
        build()
    except NotBuilt as reason:
        raise SystemExit(str(reason)) from reason
