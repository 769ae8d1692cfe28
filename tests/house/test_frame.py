"""The frame: folders, sizes, docstrings, names, imports and the lock are as the architecture says."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {"activities", "api", "domain", "infra", "workflows"}
FOLDERS = FLOORS | {".ci", "docs", "requirements", "tests"}
HIDDEN_FILES = {".ci", ".gitignore"}
LEFTOVERS = {"build", "dist", "mutants", "__pycache__"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "shared", "core", "services", "managers", "models", "misc"}

FILE_WALL, FUNCTION_WALL, PARAMETERS = 300, 40, 5
WALLS = {"workflows/order.py": 350}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def ours() -> Iterator[Path]:
    """Every Python file of the project."""
    yield ROOT / "worker.py"
    for folder in sorted(FLOORS | {"tests"}):
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def sources() -> dict[str, str]:
    """Their texts by their names."""
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in ours() if path.exists()}


@cache
def trees() -> dict[str, ast.Module]:
    """The same, parsed."""
    return {name: ast.parse(text) for name, text in sources().items()}


def functions() -> Iterator[tuple[str, Function]]:
    """Every function with where it stands."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.lineno} {node.name}", node


def test_no_unknown_folder_stands_at_the_top() -> None:
    found = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert found - LEFTOVERS <= FOLDERS


def test_no_folder_of_the_tests_shadows_a_floor() -> None:
    assert not FLOORS & {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}


def test_nothing_is_a_drawer() -> None:
    assert [name for name in sources() if DRAWERS & set(Path(name).with_suffix("").parts)] == []


def test_every_module_says_what_it_is() -> None:
    assert [name for name, tree in trees().items() if not ast.get_docstring(tree)] == []


def test_files_stay_within_their_wall() -> None:
    lines = {name: text.count("\n") for name, text in sources().items() if "/migrations/" not in name}
    assert {name: count for name, count in lines.items() if count > WALLS.get(name, FILE_WALL)} == {}


def test_functions_stay_within_their_wall() -> None:
    sizes = {where: (node.end_lineno or node.lineno) - node.lineno + 1 for where, node in functions()}
    migrations = [where for where in sizes if "/migrations/" in where]
    assert {where: size for where, size in sizes.items() if size > FUNCTION_WALL and where not in migrations} == {}


def test_functions_take_few_parameters() -> None:
    taken = {where: len(parameters(node)) for where, node in functions() if not where.startswith("api/commands_")}
    assert {where: count for where, count in taken.items() if count > PARAMETERS} == {}


def parameters(node: Function) -> set[str]:
    """The parameters a caller gives; a command's options are not among them, for a person gives those by name."""
    given = {argument.arg for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]}
    return given - {"self", "cls"}


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", ["requirements/run.txt", "requirements/dev.txt"])
def test_the_lock_pins_with_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all("==" in pin for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text
    assert "--index" not in text
