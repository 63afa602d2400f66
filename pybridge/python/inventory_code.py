"""What a client's code says: read from its source (AST), evaluated nowhere."""

from __future__ import annotations

import ast
import builtins
import functools
import types
from typing import Any, Callable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = tuple[types.ModuleType, str, ast.AST]  # module, qualified name, function or module


@functools.cache
def text(module: types.ModuleType) -> str:
    with open(module.__file__ or "", encoding="utf-8") as file:
        return file.read()


@functools.cache
def tree(module: types.ModuleType) -> ast.Module:
    return ast.parse(text(module))


def mentions(module: types.ModuleType, *words: str) -> bool:
    return any(word in text(module) for word in words)


def calls(node: ast.AST) -> Iterator[ast.Call]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            yield each


def constant(node: ast.AST | None, module: types.ModuleType) -> Any:
    """Its value, where it is a constant or the name of a text of the module; else None."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        value = getattr(module, node.id, None)
        return value if isinstance(value, str) else None
    return None


def pattern(node: ast.AST | None) -> str | None:
    """A text as a glob: what an f-string fills in is `*`. None where it is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "*" for part in node.values]
        return "".join(str(part) for part in parts)
    return None


def scopes(module: types.ModuleType, is_entered: Callable[[Function], bool]) -> Iterator[Scope]:
    """The module's own code, which runs when it is imported, and each function that is entered;
    each without the functions in it."""

    def visit(node: ast.AST, name: str) -> Iterator[Scope]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = f"{name}.{child.name}".lstrip(".")
                if is_entered(child):
                    yield module, inner, child
                yield from visit(child, inner)
            elif isinstance(child, ast.ClassDef):
                yield from visit(child, f"{name}.{child.name}".lstrip("."))
            else:
                yield from visit(child, name)

    yield module, "", tree(module)
    yield from visit(tree(module), "")


_READ = (ast.Call, ast.Subscript, ast.Compare, ast.Raise)


@functools.cache
def own_nodes(scope: ast.AST) -> list[ast.AST]:
    """What runs when the scope does, of the kinds that are looked at here: not the bodies of
    functions in it."""
    found = []
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _READ):
            found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += ast.iter_child_nodes(node)
    return found


def parameters(function: ast.AST) -> set[str]:
    arguments = getattr(function, "args", None)
    if not isinstance(arguments, ast.arguments):
        return set()
    return {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


# ---- what the environment is asked for ----


def _asked(node: ast.AST) -> ast.AST | None:
    """The name's expression, of os.environ.get(NAME), os.getenv(NAME), os.environ[NAME] and
    NAME in os.environ."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if ast.unparse(node.func) in ("os.environ.get", "os.getenv", "environ.get", "getenv"):
            return node.args[0]
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("os.environ", "environ"):
        return node.slice
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        if ast.unparse(node.comparators[0]) in ("os.environ", "environ"):
            return node.left
    return None


def switches(all_scopes: list[Scope]) -> dict[str, set[str]]:
    """Names of variables to where they are asked for; also through a function that is given the
    name."""
    found: dict[str, set[str]] = {}
    askers: set[str] = set()
    for module, name, scope in all_scopes:
        for node in own_nodes(scope):
            asked = _asked(node)
            if asked is None:
                continue
            if isinstance(asked, ast.Name) and asked.id in parameters(scope):
                askers.add(name.rpartition(".")[2])
            elif isinstance(variable := constant(asked, module), str):
                found.setdefault(variable, set()).add(f"{module.__name__}:{name}")
    for module, name, scope in all_scopes:
        for node in own_nodes(scope):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            if ast.unparse(node.func).rpartition(".")[2] not in askers:
                continue
            if isinstance(variable := constant(node.args[0], module), str):
                found.setdefault(variable, set()).add(f"{module.__name__}:{name}")
    return found


# ---- what is called with a text ----


def first_texts(all_scopes: list[Scope], function: str, keyword: str) -> dict[str, set[str]]:
    """Texts that the function is given first, or by that keyword, to where."""
    found: dict[str, set[str]] = {}
    for module, name, scope in all_scopes:
        for node in own_nodes(scope):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != function:
                continue
            named = [each.value for each in node.keywords if each.arg == keyword] or node.args[:1]
            given = constant(named[0], module) if named else None
            if isinstance(given, str):
                found.setdefault(given, set()).add(f"{module.__name__}:{name}")
    return found


# ---- what is raised ----


def raised(all_scopes: list[Scope]) -> dict[type[BaseException], set[str]]:
    """Classes of `raise NAME(…)` and `raise NAME` to where that is."""
    found: dict[type[BaseException], set[str]] = {}
    for module, name, scope in all_scopes:
        for node in own_nodes(scope):
            if not isinstance(node, ast.Raise) or node.exc is None:
                continue
            kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if not isinstance(kind, ast.Name):
                continue
            value = getattr(module, kind.id, getattr(builtins, kind.id, None))
            if isinstance(value, type) and issubclass(value, BaseException):
                found.setdefault(value, set()).add(f"{module.__name__}:{name}")
    return found


# ---- what is logged ----

_LEVELS = {
    "debug": "DEBUG",
    "info": "INFO",
    "warning": "WARNING",
    "warn": "WARNING",
    "error": "ERROR",
    "exception": "ERROR",
    "critical": "CRITICAL",
}


def log_calls(all_scopes: list[Scope]) -> dict[tuple[str, str], set[str]]:
    """(level, template) to the lines where that is logged. The template is a glob.

    A call is one of a method of `logger`, or of a function log_…_LEVEL that is given a `logger` and
    messages: it logs the message, alone or with more behind it.
    """
    found: dict[tuple[str, str], set[str]] = {}

    def add(level: str, template: str | None, module: types.ModuleType, line: int) -> None:
        if template is not None and template.strip("*"):
            found.setdefault((level, template), set()).add(f"{module.__name__}:{line}")

    for module, _, scope in all_scopes:
        for node in own_nodes(scope):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            owner, _, method = name.rpartition(".")
            if owner.rpartition(".")[2] in ("logger", "_logger") and method in _LEVELS and node.args:
                template = pattern(node.args[0])
                # golden/coverage.h: a leading %s is filled in.
                if template is not None and template.startswith("%s"):
                    template = "*" + template[2:]
                add(_LEVELS[method], template, module, node.lineno)
            elif method.startswith("log_") and (level := _LEVELS.get(method.rpartition("_")[2])):
                if not node.args or ast.unparse(node.args[0]).rpartition(".")[2] != "logger":
                    continue
                named = [each.value for each in node.keywords if "message" in (each.arg or "")]
                for argument in [*node.args[1:2], *named]:
                    message = pattern(argument)
                    add(level, None if message is None else message + "*", module, node.lineno)
    return found
