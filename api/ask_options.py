"""A request's fields as options of the command line, made from its model: what the API takes, the terminal takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.asks import Ask

OF_THE_HOUSE = frozenset({"kind", "role", "actor", "request_id", "correction", "priced"})
"""What the key decides, every command has, or the API keeps or reckons by itself."""
VERSION = "expected_version"
"""Read from the order where it is not given."""


class Option(NamedTuple):
    """One option: ``path`` is where its value goes in the body."""

    path: tuple[str, ...]
    flag: str
    type: Any
    needed: bool
    help: str

    @property
    def name(self) -> str:
        """Its parameter of the command."""
        return "__".join(self.path)

    @property
    def parameter(self) -> inspect.Parameter:
        """As typer reads it."""
        default = inspect.Parameter.empty if self.needed else False if self.type is bool else None
        shown = self.type if self.needed or self.type is bool else self.type | None
        told = typer.Option(self.flag, help=self.help)
        return inspect.Parameter(
            self.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[shown, told]
        )


def options_of(model: type[Ask]) -> list[Option]:
    """The options of one request; fields that may hold personal data are given as ``--set path=value``."""
    own = {name: field for name, field in model.model_fields.items() if name not in OF_THE_HOUSE}
    found = [option for name, field in own.items() for option in _options((name,), field)]
    if "correction" in model.model_fields:
        told = "A field and its new value, such as customer.phone=13800138000; may be given again"
        needed = model.model_fields["correction"].is_required()
        found.append(Option(("fields",), "--set", list[str], needed, told))
    return found


def body_of(options: list[Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, as the API's body. ValueError where a ``--set`` is not PATH=VALUE."""
    body: dict[str, Any] = {}
    for option in options:
        value = given[option.name]
        if value is None or value is False or value in ("", [], ()):
            continue
        inner = body
        for part in option.path[:-1]:
            inner = inner.setdefault(part, {})
        inner[option.path[-1]] = _fields(value) if option.path == ("fields",) else _plain(value)
    return body


def signature_of(options: list[Option], common: Callable[..., Any]) -> inspect.Signature:
    """The command's parameters: those of ``common``, then the request's own."""
    shared = [each for each in inspect.signature(common, eval_str=True).parameters.values() if each.name != "given"]
    return inspect.Signature([*shared, *(option.parameter for option in options)])


def _options(path: tuple[str, ...], field: FieldInfo) -> Iterator[Option]:
    kind = _without_none(field.annotation)
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        for name, inner in kind.model_fields.items():
            yield from _options((*path, name), inner)
        return
    needed = field.is_required() and path[-1] != VERSION
    type_, words = _typed(kind)
    yield Option(path, f"--{path[-1].replace('_', '-')}", type_, needed, words)


def _typed(kind: Any) -> tuple[Any, str]:
    """The option's type, and what its help says of the values."""
    if get_origin(kind) is Literal:
        return str, " | ".join(filter(None, map(str, get_args(kind))))
    if get_origin(kind) is tuple:
        words = " | ".join(map(str, get_args(get_args(kind)[0])))
        return list[str], f"{words}; may be given again"
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return str, " | ".join(kind)
    if kind in {bool, int}:
        return kind, ""
    if kind is datetime:
        return str, "A time with offset, such as 2026-11-24T09:00:00Z"
    return str, "A day, such as 2026-11-24" if kind is date else ""


def _without_none(kind: Any) -> Any:
    """The one type of an optional field, without what pydantic knows of it."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in {Union, UnionType}:
        [kind] = [each for each in get_args(kind) if each is not type(None)]
        return _without_none(kind)
    return kind


NUMBERS = frozenset({"quantity", "unit_price", "discount", "total", "freight", "tax", "platform_discount"})
"""Last words of paths whose values are whole numbers; a phone number is none."""


def _fields(pairs: list[str]) -> dict[str, str | int]:
    split = [pair.partition("=") for pair in pairs]
    if wrong := [pair for pair, (name, sign, _) in zip(pairs, split, strict=True) if not name or not sign]:
        raise ValueError(wrong[0])
    return {name: int(value) if _is_number(name, value) else value for name, _, value in split}


def _is_number(path: str, value: str) -> bool:
    return path.rpartition(".")[2] in NUMBERS and value.lstrip("-").isdecimal()


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value
