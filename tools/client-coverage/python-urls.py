"""Prints the requests of huggingface_hub to a hub, one `METHOD template` per line. Argument: the folder of the installed package.

`LINK` instead of a method: the client only shows the URL, or passes it to a function that is in another file.
"""

import ast
import re
import sys
from pathlib import Path

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
ADDRESS = re.compile(r"\bendpoint\b|\bENDPOINT\b")
# Functions that request their URL with GET.
GETTERS = re.compile(r"paginate|stream_sse_events|fetch_xet_connection_info")


def placeholder(node):
    names = [n.attr if isinstance(n, ast.Attribute) else n.id for n in ast.walk(node) if isinstance(n, (ast.Attribute, ast.Name))]
    own = [name for name in names if name not in {"quote", "self", "constants"}]
    return "{" + (own or names)[0] + "}"


def templates(node):
    """The paths of an expression that begins with the address of the hub."""
    if isinstance(node, ast.IfExp):
        return templates(node.body) + templates(node.orelse)
    if isinstance(node, ast.BinOp):  # ENDPOINT + "/{repo_id}/resolve/..."
        is_hub = ADDRESS.search(ast.unparse(node.left)) and isinstance(node.right, ast.Constant)
        return [node.right.value] if is_hub else []
    if not isinstance(node, ast.JoinedStr) or not isinstance(node.values[0], ast.FormattedValue):
        return []
    rest = node.values[1:]
    is_path = rest and isinstance(rest[0], ast.Constant) and rest[0].value.startswith("/")
    if not is_path or not ADDRESS.search(ast.unparse(node.values[0].value)):
        return []
    return ["".join(part.value if isinstance(part, ast.Constant) else placeholder(part.value) for part in rest)]


def method_of(call):
    """The method of a request, for example of `session.get(url)` or `http_backoff("GET", url)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name.upper() in METHODS:
        return name.upper()
    for value in [*call.args, *[keyword.value for keyword in call.keywords if keyword.arg == "method"]]:
        if isinstance(value, ast.Constant) and value.value in METHODS:
            return value.value
    return "GET" if GETTERS.search(name) else None


class Requests(ast.NodeVisitor):
    """Collects the requests of a file. Variables are looked up in the function that uses them."""

    def __init__(self):
        self.variables = {}
        self.found = set()

    def visit_FunctionDef(self, node):
        outer, self.variables = self.variables, dict(self.variables)
        self.generic_visit(node)
        for name, paths in self.variables.items():
            if name not in outer:
                self.found.update(("LINK", path) for path in paths if not self.is_sent(path))
        self.variables = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def is_sent(self, path):
        return any(method != "LINK" and sent == path for method, sent in self.found)

    def visit_Assign(self, node):
        self.generic_visit(node)
        if isinstance(node.targets[0], ast.Name):
            self.assign(node.targets[0].id, templates(node.value))

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and node.value:
            self.assign(node.target.id, templates(node.value))

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and isinstance(node.value, ast.Constant):
            paths = self.variables.get(node.target.id, [])
            self.variables[node.target.id] = paths + [path + str(node.value.value) for path in paths]

    def assign(self, name, paths):
        if paths:
            self.variables[name] = self.variables.get(name, []) + paths

    def visit_Call(self, node):
        self.generic_visit(node)
        method = method_of(node)
        for value in [*node.args, *[keyword.value for keyword in node.keywords]]:
            paths = self.variables.get(value.id, []) if isinstance(value, ast.Name) else templates(value)
            self.found.update((method or "LINK", path) for path in paths if method or not self.is_sent(path))


def requests_of(source):
    visitor = Requests()
    tree = ast.parse(source)
    visitor.visit(tree)
    known = {path for _, path in visitor.found}
    for node in ast.walk(tree):
        visitor.found.update(("LINK", path) for path in templates(node) if path not in known)
    sent = {path for method, path in visitor.found if method != "LINK"}
    return {(method, path) for method, path in visitor.found if method != "LINK" or path not in sent}


if __name__ == "__main__":
    found = set()
    for file in Path(sys.argv[1]).rglob("*.py"):
        source = file.read_text()
        if ADDRESS.search(source):
            found |= requests_of(source)
    for method, path in sorted(found, key=lambda pair: (pair[1], pair[0])):
        print(method, path)
