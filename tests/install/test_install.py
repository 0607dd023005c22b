"""
The installation: put into an empty folder, it serves pkg-config and CMake, every public header compiles by itself as C and as
C++, and every example compiles against what was installed and nothing else.
"""
import glob
import os
import re
import shutil
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("SOKUJI_BUILD", os.path.join(ROOT, "build", "release"))
EXAMPLES = sorted(glob.glob(os.path.join(ROOT, "examples", "*.c")))


def run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, **options)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("prefix"))
    run(["cmake", "--install", BUILD, "--prefix", folder])
    return folder


def library_folder(prefix):
    return os.path.dirname(glob.glob(os.path.join(prefix, "lib*", "**", "libsokuji.so"), recursive=True)[0])


def flags(prefix, *arguments):
    environment = dict(os.environ, PKG_CONFIG_PATH=os.path.join(library_folder(prefix), "pkgconfig"))
    return run(["pkg-config", *arguments], env=environment).split()


def sanitizer_flags():
    """What the library was built with, a program must be built with."""
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("SOKUJI_SANITIZE:") and line.split("=", 1)[1].strip():
                return ["-fsanitize=" + line.split("=", 1)[1].strip()]
    return []


# Libraries of their own, by the header that a program includes.
OPTIONAL = {"<sokuji/plot.h>": "sokuji-plot", "<sokuji/gzip.h>": "sokuji-io"}


def test_files(prefix):
    folder = library_folder(prefix)
    assert os.path.realpath(os.path.join(folder, "libsokuji.so.0")) == os.path.realpath(os.path.join(folder, "libsokuji.so"))
    for name in ("libsokuji.a", "pkgconfig/sokuji.pc", "cmake/Sokuji/SokujiConfig.cmake"):
        assert os.path.exists(os.path.join(folder, name)), name
    for name in ("sokuji.h", "sokuji/operations.h", "sokuji/tape.h"):
        assert os.path.exists(os.path.join(prefix, "include", name)), name


@pytest.mark.parametrize("path", EXAMPLES, ids=os.path.basename)
def test_example_compiles(prefix, tmp_path, path):
    packages = ["sokuji"]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for package in (OPTIONAL[header] for header in OPTIONAL if header in text):
        if not os.path.exists(os.path.join(library_folder(prefix), f"lib{package}.so")):
            pytest.skip(f"built without {package}")
        packages.append(package)
    run(["cc", path, "-o", str(tmp_path / "program"), *sanitizer_flags(), *flags(prefix, "--cflags", "--libs", *packages)])


@pytest.mark.parametrize("compiler,language", [("cc", "c"), ("cc", "c11"), ("c++", "c++11"), ("c++", "c++20")])
def test_headers_stand_alone(prefix, tmp_path, compiler, language):
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    headers = ["sokuji.h"] + sorted(os.path.relpath(h, os.path.join(prefix, "include"))
                                    for h in glob.glob(os.path.join(prefix, "include", "sokuji", "*.h")))
    for header in headers:
        source = tmp_path / ("x.cc" if compiler == "c++" else "x.c")
        source.write_text(f"#include <{header}>\n#include <{header}>\nint main(void) {{ return 0; }}\n")
        standard = [] if language == "c" else [f"-std={language}"]
        run([compiler, *standard, "-Wall", "-Wextra", "-Wpedantic", "-fsyntax-only", str(source), *flags(prefix, "--cflags", "sokuji")])


PROGRAM = """#include <sokuji.h>
int main(void)
{
	sj_scope scope = sj_scope_begin();
	float values[] = {1, 2, 3, 4};
	sj_tensor *x = sj_tensor_from(SJ_FLOAT32, SJ_INTS(2, 2), values);
	double sum = sj_item(sj_sum(sj_matmul(x, x)));
	sj_scope_end(scope);
	return sj_ok() && sum == 54 ? 0 : 1;
}
"""


def test_static_link(prefix, tmp_path):
    (tmp_path / "x.c").write_text(PROGRAM)
    archive = os.path.join(library_folder(prefix), "libsokuji.a")
    libraries = [f for f in flags(prefix, "--static", "--libs", "sokuji") if f != "-lsokuji"]
    run(["cc", str(tmp_path / "x.c"), "-o", str(tmp_path / "x"), *sanitizer_flags(), *flags(prefix, "--cflags", "sokuji"), archive,
         *libraries])
    run([str(tmp_path / "x")])


def test_shared_link_runs(prefix, tmp_path):
    (tmp_path / "x.c").write_text(PROGRAM)
    run(["cc", str(tmp_path / "x.c"), "-o", str(tmp_path / "x"), *sanitizer_flags(), *flags(prefix, "--cflags", "--libs", "sokuji")])
    run([str(tmp_path / "x")], env=dict(os.environ, LD_LIBRARY_PATH=library_folder(prefix)))


def test_readme_program(prefix, tmp_path):
    """The README's twenty lines of C print what the README says."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        program, output = re.search(r"```c\n(.*?)```\n\nprints\n\n```\n(.*?)```", file.read(), re.S).groups()
    (tmp_path / "x.c").write_text(program)
    run(["cc", str(tmp_path / "x.c"), "-o", str(tmp_path / "x"), *sanitizer_flags(), *flags(prefix, "--cflags", "--libs", "sokuji")])
    assert run([str(tmp_path / "x")], env=dict(os.environ, LD_LIBRARY_PATH=library_folder(prefix))) == output


def test_cmake_package(prefix, tmp_path):
    (tmp_path / "x.c").write_text(PROGRAM)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.18)\nproject(x C)\nfind_package(Sokuji 0.1 REQUIRED)\nadd_executable(x x.c)\n"
        "target_link_libraries(x PRIVATE Sokuji::sokuji)\nadd_executable(y x.c)\ntarget_link_libraries(y PRIVATE Sokuji::sokuji_static)\n")
    sanitize = " ".join(sanitizer_flags())
    run(["cmake", "-S", str(tmp_path), "-B", str(tmp_path / "build"), f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_FLAGS={sanitize}"])
    run(["cmake", "--build", str(tmp_path / "build")])
    for name in ("x", "y"):
        run([str(tmp_path / "build" / name)])
