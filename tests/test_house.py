"""The house rules: how imports point, what a class offers, what start-up loads, and no markup."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

from tui.domain import errors
from tui.domain.spelling import NoDictionary

ROOT = Path(__file__).parent.parent
CODE = ROOT / "tui"
MOST_METHODS = 15
MANY_METHODS = {
    "Decisions": "a method for each thing a writer can decide about a content",
    "Column": "the rows of a conversation, asked for by the pane in many ways",
    "Studio": "the front of the engine: what screens and commands call",
}
"""Classes with more public methods, and why they stay whole."""
HOOKS = ("action_", "on_", "watch_", "validate_", "get_", "render", "compose", "check_action")
"""How the methods begin that Textual calls."""
SLOW_TO_IMPORT = ("claude_agent_sdk", "mcp", "starlette", "uvicorn")
SHOWS_MARKUP = {"Static", "Label", "Option", "Button", "Checkbox", "RadioButton", "notify"}
TEXT_ARGUMENTS = {"content", "label", "prompt", "message"}
SAFE_TYPES = {"Content", "Text"}
SAFE_MAKERS = {"assemble", "styled"}
TITLES = {"border_title", "border_subtitle", "tooltip"}

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(sys.argv[1], no_cache=True, no_logo=True))"  # noqa: E501


def contracts() -> list[dict[str, Any]]:
    """Return the contracts of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return found


def exists(module: str) -> bool:
    """Return whether a module of the project is there."""
    place = ROOT.joinpath(*module.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def named_modules(contract: dict[str, Any]) -> list[str]:
    """Return the project's modules that a contract names."""
    layers = [
        f"{container}.{layer.strip(' ()')}"
        for container in contract.get("containers", ())
        for line in contract.get("layers", ())
        for layer in line.split("|")
    ]
    named = [*contract.get("source_modules", ()), *contract.get("forbidden_modules", ()), *layers]
    return [module for module in named if module.split(".")[0] == CODE.name]


def with_optional_layers(contract: dict[str, Any]) -> dict[str, Any]:
    """Return the contract without the modules that are not there; the next test names those."""
    missing = {module for module in named_modules(contract) if not exists(module)}
    kept = dict(contract)
    for key in ("source_modules", "forbidden_modules"):
        if key in contract:
            kept[key] = [module for module in contract[key] if module not in missing]
    if "layers" in contract:
        absent = {module.rpartition(".")[2] for module in missing}
        lines = [[layer.strip() for layer in line.split("|")] for line in contract["layers"]]
        present = [[layer for layer in line if layer not in absent] for line in lines]
        kept["layers"] = [" | ".join(line) for line in present if line]
    return kept


def test_imports_point_down(tmp_path: Path) -> None:
    config = ConfigParser()
    config["importlinter"] = {"root_package": CODE.name, "include_external_packages": "True"}
    for number, contract in enumerate(map(with_optional_layers, contracts())):
        if contract.get("source_modules", True):
            config[f"importlinter:contract:{number}"] = {
                key: "\n" + "\n".join(value) if isinstance(value, list) else str(value)
                for key, value in contract.items()
            }
    written = tmp_path / "contracts.ini"
    with written.open("w", encoding="utf-8") as file:
        config.write(file)
    command = [sys.executable, "-c", LINT, str(written)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(config.sections()) - 1} kept, 0 broken" in done.stdout


def test_every_module_the_contracts_name_is_there() -> None:
    named = {module for contract in contracts() for module in named_modules(contract)}
    assert sorted(module for module in named if not exists(module)) == []


def test_the_guide_names_files_that_are_there() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+/[\w/]+\.\w+)`", guide))
    assert len(named) > 30
    places = (ROOT, CODE)
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def methods_of(node: ast.ClassDef) -> list[str]:
    """Return the public methods that a class defines."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [one.name for one in node.body if isinstance(one, functions) and one.name[0] != "_"]


def test_the_tree_of_errors_has_every_error_below_its_base() -> None:
    _, tree, _ = (errors.__doc__ or "").split("```")
    drawn = re.findall(r"^([│├└─ ]*)(\w+)", tree, re.MULTILINE)
    bases: list[str] = []
    told: dict[str, str] = {}
    for branch, name in drawn:
        del bases[len(branch) // 4 :]
        told[name] = bases[-1] if bases else "Exception"
        bases.append(name)
    kinds = [one for one in (*vars(errors).values(), NoDictionary) if isinstance(one, type)]
    made = {kind.__name__: kind.mro()[1].__name__ for kind in kinds if issubclass(kind, Exception)}
    assert told == made


def test_no_class_has_many_public_methods() -> None:
    counts: dict[str, int] = {}
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                own = [name for name in methods_of(node) if not name.startswith(HOOKS)]
                counts[node.name] = max(len(own), counts.get(node.name, 0))
    assert {name for name, count in counts.items() if count > MOST_METHODS} == set(MANY_METHODS)


def test_the_main_screen_only_composes_binds_and_routes() -> None:
    source = (CODE / "screens/main/screen.py").read_text(encoding="utf-8")
    (screen,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    assert len(source.splitlines()) <= 250
    assert len(methods_of(screen)) <= 15
    assert [ast.unparse(base) for base in screen.bases] == ["LeanScreen[None]"]


def test_no_class_of_the_main_screen_is_cut_into_a_line_of_bases() -> None:
    for file in (CODE / "screens/main").glob("*.py"):
        classes = [
            n for n in ast.parse(file.read_text("utf-8")).body if isinstance(n, ast.ClassDef)
        ]
        for one in classes:
            assert len(one.bases) <= 1, f"{file.name}: {one.name}"
            assert len(methods_of(one)) <= 15, f"{file.name}: {one.name}"


def test_nothing_slow_is_imported_before_the_first_frame() -> None:
    code = "import sys, tui.cli, tui.app; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = {module.split(".")[0] for module in done.stdout.split()}
    assert "textual" in loaded
    assert loaded.isdisjoint(SLOW_TO_IMPORT)


def test_a_screen_that_a_command_opens_is_imported_by_that_command() -> None:
    code = (
        "import inspect, sys, tui.cli, tui.app; from textual.screen import Screen\n"
        "for name, module in [*sys.modules.items()]:\n"
        "    for one in vars(module).values() if name.startswith('tui.') else ():\n"
        "        if inspect.isclass(one) and issubclass(one, Screen) and one.__module__ == name:\n"
        "            print(name)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        *("tui.screens.frame", "tui.screens.main.screen"),
        "tui.widgets.lean_compositor",
    }


def called_name(call: ast.Call) -> str:
    """Return the last part of what is called: `notify` for `self.app.notify(...)`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def has_markup_off(call: ast.Call) -> bool:
    """Return whether the call says `markup=False`."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "markup"]
    return any(isinstance(value, ast.Constant) and value.value is False for value in given)


def safe_types(tree: ast.Module) -> set[str]:
    """Return the names under which a file knows the types that are never read as markup."""
    ours, others = set[str](), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            known = {name.asname or name.name for name in node.names if name.name in SAFE_TYPES}
            (ours if node.module in ("textual.content", "rich.text") else others).update(known)
    return ours | (SAFE_TYPES - others)


def safe_functions(sources: Iterable[str]) -> set[str]:
    """Return the functions that return such a type, or nothing but literal text."""
    names: set[str] = set()
    for source in sources:
        tree = ast.parse(source)
        types = safe_types(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name):
                is_literal = node.returns.id == "str" and returns_only_literals(node)
                if is_literal or node.returns.id in types:
                    names.add(node.name)
    return names


def returns_only_literals(function: ast.FunctionDef) -> bool:
    """Return whether every return of a function gives text that stands in the code."""
    values = [node.value for node in nodes_of(function) if isinstance(node, ast.Return)]
    while any(isinstance(value, ast.IfExp) for value in values):
        values = [
            part
            for value in values
            for part in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
        ]
    return bool(values) and all(isinstance(value, ast.Constant) for value in values)


class MarkupRule:
    """Finds text that is not a literal and is given to what reads it as markup, in one file."""

    def __init__(self, source: str, functions: Collection[str] = ()) -> None:
        self.tree = ast.parse(source)
        self.types = safe_types(self.tree)
        self.makers = {*self.types, *SAFE_MAKERS, *functions}
        self.safe_names: set[str] = set()
        self.risky = sorted(self._risky(self.tree))

    def _risky(self, scope: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[int]:
        """Look at a scope with what is known to be safe in it, then at those inside."""
        outside = self.safe_names
        inside = list(nodes_of(scope))
        values: dict[str, list[ast.expr]] = {}
        for node in inside:
            for target, value in assignments(node):
                values.setdefault(target, []).append(value)
        self.safe_names = outside - set(values)
        if not isinstance(scope, ast.Module):
            given = {argument.arg: argument.annotation for argument in arguments_of(scope)}
            self.safe_names -= set(given)
            self.safe_names |= {
                name
                for name, kind in given.items()
                if isinstance(kind, ast.Name) and kind.id in self.types
            }
        for name, given_values in values.items():
            if all(self._is_safe(value) for value in given_values):
                self.safe_names.add(name)
        for node in inside:
            yield from self._risky_node(node)
        for node in inside:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from self._risky(node)
        self.safe_names = outside

    def _risky_node(self, node: ast.AST) -> Iterator[int]:
        match node:
            case ast.Call() if called_name(node) in SHOWS_MARKUP and not has_markup_off(node):
                keywords = [word.value for word in node.keywords if word.arg in TEXT_ARGUMENTS]
                if not all(self._is_safe(text) for text in (*node.args[:1], *keywords)):
                    yield node.lineno
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in TITLES:
                if not self._is_safe(value):
                    yield node.lineno
            case _:
                pass

    def _is_safe(self, node: ast.expr) -> bool:
        """Return whether a value can only be a literal, no text at all, or of a safe type."""
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return name in self.safe_names
            case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
                return self._is_safe(left) and self._is_safe(right)
            case ast.Call():
                is_unmarked = called_name(node) == "from_text" and has_markup_off(node)
                return is_unmarked or called_name(node) in self.makers
            case _:
                return False


def nodes_of(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, functions inside it included but not what is in those."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from nodes_of(node)


def assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a node gives a value to, with the value."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                        yield name.id, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case (
            ast.AugAssign(target=ast.Name(id=name), value=value)
            | ast.NamedExpr(target=ast.Name(id=name), value=value)
        ):
            yield name, value
        case (
            ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target)
        ):
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    yield name.id, target
        case _:
            pass


def arguments_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """Return the named arguments of a function."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def risky_markup(source: str, functions: Collection[str] = ()) -> list[int]:
    """Return the lines that give text which is not a literal to what reads it as markup."""
    return MarkupRule(source, functions).risky


def screen_files() -> list[Path]:
    """Return the files that talk to Textual's widgets."""
    folders = (CODE / "screens", CODE / "widgets")
    return [*(file for folder in folders for file in folder.rglob("*.py")), *CODE.glob("app*.py")]


def test_no_text_of_others_is_read_as_markup() -> None:
    sources = {file: file.read_text(encoding="utf-8") for file in screen_files()}
    functions = safe_functions(sources.values())
    risky = [
        f"{file.relative_to(ROOT)}:{line}"
        for file, source in sources.items()
        for line in risky_markup(source, functions)
    ]
    assert risky == [], "pass markup=False, Content(...) or Text(...)"


@pytest.mark.parametrize(
    "code",
    [
        "Static(title)",
        "Label(f'{title}!')",
        "Static(content.title)",
        "Static(content=title)",
        "Label('a' + title)",
        "Option(row.title, id='x')",
        "self.app.notify(str(error))",
        "self.notify(message, markup=True)",
        "self.border_title = title",
        "Static('x' if a else b)",
        "Static(shout(title))",
        "Static(Content.from_markup(title))",
        "Static(Content.from_text(title))",
        "def f(face: str): return Static(face)",
        "def f():  face = title; return Static(face)",
        "for face in faces: Static(face)",
        "from tui.domain.content import Content; Static(Content(title))",
    ],
)
def test_the_markup_rule_sees_what_it_forbids(code: str) -> None:
    assert risky_markup(code) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "Static()",
        "Static('[b]Ours[/b]', id=name)",
        "Static(title, markup=False)",
        "Label(Content(title))",
        "Static(Text(title))",
        "Option(Content.from_text(title, markup=False))",
        "self.notify(f'{x}', markup=False)",
        "self.border_title = 'Contents'",
        "HINT = 'Type'; Static(HINT)",
        "def f(face: Content): return Static(face)",
        "def f():  face = Content.assemble(title); return Static(face)",
        "from textual.content import Content as Shown; Static(Shown(title))",
        "self.title = title",
        "Static('a' if x else 'b')",
    ],
)
def test_the_markup_rule_lets_safe_text_pass(code: str) -> None:
    assert risky_markup(code) == []
