"""Templates whose constant calls are made once: texts, icons and addresses of static files become plain text.

A page says `_("…")` some sixty times and shows an icon a hundred times; every language has an environment of its own,
so none of these calls can ever answer anything else. Folded into the text around them they cost nothing.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

Pure = Mapping[str, Callable[..., str]]
"""Functions of templates by name: they depend on nothing but their arguments."""


class _Folder(NodeTransformer):
    def __init__(self, pure: Pure) -> None:
        self._pure = pure

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        constant = all(isinstance(argument, nodes.Const) for argument in node.args)
        if name not in self._pure or not constant or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        answer = self._pure[name](*(argument.value for argument in node.args if isinstance(argument, nodes.Const)))
        folded = nodes.MarkSafe(nodes.Const(str(answer)), lineno=node.lineno)
        folded.set_environment(self._environment(node))
        return folded

    def _environment(self, node: nodes.Node) -> Environment:
        if node.environment is None:
            raise TypeError("a node of a parsed template knows its environment")
        return node.environment


class FoldingEnvironment(Environment):
    """An environment that makes the constant calls of its pure functions while it compiles a template."""

    _pure: Pure = MappingProxyType({})

    def fold(self, pure: Pure) -> None:
        """Say which functions may be folded; before the first template is compiled."""
        self._pure = pure

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template: Any = super()._parse(source, name, filename)
        folded: nodes.Template = _Folder(self._pure).visit(template)
        return folded


def trusted(text: str) -> Markup:
    """A text of the catalogues as newstyle gettext gives it: markup of ours, `%%` for a percent sign."""
    return Markup(text) % {}  # noqa: S704 - texts of the catalogues are code
