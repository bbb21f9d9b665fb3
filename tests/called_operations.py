"""Which AWS operations a function's code can call: found by reading it, from the entry point on.

Follows calls through the package as far as types are written down (annotations, dataclass fields, constructors), which
this project's code does throughout. A method that is called on something of unknown type counts as an operation where
a client the entry point makes has one of that name.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name
from botocore.model import ServiceModel

ROOT = Path(__file__).parents[1]
_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
_ACTIONS = {
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteObjects": "DeleteObject",
    "Invoke": "InvokeFunction",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjectsV2": "ListBucket",
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
}
# What whoever gets a presigned address or form does with it, its signer must be allowed to.
_PRESIGNED_POST = "generate_presigned_post"
_PRESIGNED_URL = "generate_presigned_url"


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def operations(service: str) -> dict[str, str]:
    """A service's operations by the names of boto3's methods."""
    return {xform_name(name): name for name in _model(service).operation_names}


@cache
def is_unsigned(service: str, operation: str) -> bool:
    """Whether an operation takes no signature, so that no policy can allow or forbid it."""
    return _model(service).operation_model(operation).auth_type == "none"


@dataclass
class Code:
    """The package's functions and classes by module."""

    functions: dict[tuple[str, str], ast.FunctionDef] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    # In a module, a name stands for what another module defines.
    imports: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)

    def method(self, kind: str, name: str) -> ast.FunctionDef | None:
        """A class's method, if it is its own."""
        body = self.classes[kind].body
        return next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == name), None)

    def attribute(self, kind: str, name: str) -> ast.expr | None:
        """The annotation of a class's field, or of what its property returns."""
        for node in self.classes[kind].body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
                return node.annotation
        method = self.method(kind, name)
        return method.returns if method else None


@cache
def read_package(package: str = "functions") -> Code:
    """Everything in the package."""
    code = Code()
    for path in sorted((ROOT / package).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                code.functions[module, node.name] = node
            elif isinstance(node, ast.ClassDef):
                assert node.name not in code.classes, f"two classes are called {node.name}"
                code.classes[node.name] = node
                code.modules[node.name] = module
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package):
                for alias in node.names:
                    code.imports[module, alias.asname or alias.name] = (node.module or "", alias.name)
    return code


def actions_of(module: str, entry: str = "handler") -> set[str]:
    """The IAM actions that what ``entry`` calls amounts to."""
    reader = _Reader(read_package())
    reader.services = set(_services(module))
    reader.follow(module, reader.code.functions[module, entry], {})
    return reader.actions


def _services(module: str) -> Iterator[str]:
    """The services whose clients an entry point's module makes, or has made, and those of entry points it builds on."""
    path = ROOT / Path(*module.split(".")).with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("boto3.client", "boto3.resource", "parts.client"):
            yield ast.literal_eval(node.args[0])
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "parts":
            yield from _services_of_part(node.attr)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".handler"):
            yield from _services(node.module or "")


def _services_of_part(name: str) -> Iterator[str]:
    """The services whose clients a part of `functions.site_parts.SiteParts` is made of."""
    method = read_package().method("SiteParts", name)
    for node in ast.walk(method) if method else ():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self.client":
            yield ast.literal_eval(node.args[0])
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" and node.attr != "client":
            yield from _services_of_part(node.attr)


class _Reader:
    """Walks from function to function; a type is a class's name, or an annotation for what holds them."""

    def __init__(self, code: Code):
        self.code = code
        self.services: set[str] = set()
        self.actions: set[str] = set()
        self._seen: set[int] = set()

    def follow(self, module: str, function: ast.FunctionDef, types: dict[str, ast.expr]) -> None:
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        arguments = [*function.args.args, *function.args.kwonlyargs]
        types = {**types, **{argument.arg: argument.annotation for argument in arguments if argument.annotation}}
        for node in _in_order(function.body):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assign(module, node.targets[0], self._type(module, node.value, types), types)
            elif isinstance(node, ast.Dict):
                self._transaction(node)
            elif isinstance(node, ast.Attribute):
                self._mention(module, node, types)
            elif isinstance(node, ast.Call):
                self._call(module, node, types)
            elif isinstance(node, ast.For | ast.comprehension):
                found = self._type(module, node.iter, types)
                self._assign(module, node.target, _element(found), types)

    def _assign(self, module: str, target: ast.expr, kind: ast.expr | None, types: dict[str, ast.expr]) -> None:
        if isinstance(target, ast.Name) and kind is not None:
            types[target.id] = kind
        elif isinstance(target, ast.Tuple) and isinstance(kind, ast.Subscript) and isinstance(kind.slice, ast.Tuple):
            for part, found in zip(target.elts, kind.slice.elts, strict=False):
                self._assign(module, part, found, types)

    def _call(self, module: str, node: ast.Call, types: dict[str, ast.expr]) -> None:
        if isinstance(node.func, ast.Name):
            where = self.code.imports.get((module, node.func.id), (module, node.func.id))
            if where in self.code.functions:
                self.follow(where[0], self.code.functions[where], {})
            return
        if not isinstance(node.func, ast.Attribute):
            return
        name = node.func.attr
        if self._mention(module, node.func, types):
            return
        if name == "get_paginator":
            name = ast.literal_eval(node.args[0])
        if name == _PRESIGNED_POST:
            self.actions.add("s3:PutObject")
        if name == _PRESIGNED_URL:
            self.actions.add(f"s3:{operations('s3')[ast.literal_eval(node.args[0])]}")
        if name == "delete_object" and "VersionId" in [keyword.arg for keyword in node.keywords]:
            self.actions.add("s3:DeleteObjectVersion")
            return
        # A client in a field that is called like its service is that service's: several have a GetFunction.
        holder = node.func.value
        field_name = holder.attr.removesuffix("_").replace("_", "-") if isinstance(holder, ast.Attribute) else ""
        for service in self.services & {field_name} or self.services:
            if name in operations(service):
                self._record(service, operations(service)[name])

    def _mention(self, module: str, node: ast.Attribute, types: dict[str, ast.expr]) -> bool:
        """Follow a method, called or handed on to be called; returns whether it is one of the package's."""
        kind = self._class(self._type(module, node.value, types))
        method = self.code.method(kind, node.attr) if kind else None
        if kind is None or method is None:
            return False
        self.follow(self.code.modules[kind], method, {"self": ast.Name(kind)})
        return True

    def _transaction(self, node: ast.Dict) -> None:
        for key in node.keys:
            if isinstance(key, ast.Constant) and key.value in _TRANSACTION_ACTIONS:
                self.actions.add(f"dynamodb:{_TRANSACTION_ACTIONS[key.value]}")

    def _record(self, service: str, operation: str) -> None:
        if operation == "TransactWriteItems":
            return  # each item is an action of its own: see _transaction
        if is_unsigned(service, operation):
            return
        if service == "s3" and operation in ("GetObject", "HeadObject"):
            # Without the right to list, an object that is not there is forbidden instead.
            self.actions |= {"s3:GetObject", "s3:ListBucket"}
            return
        if operation == "CopyObject":
            # Of the current version, or of one that is named: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
            self.actions |= {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}
            return
        self.actions.add(f"{service}:{_ACTIONS.get(operation, operation)}")

    def _type(self, module: str, node: ast.expr, types: dict[str, ast.expr]) -> ast.expr | None:
        if isinstance(node, ast.Name):
            # A class itself, for its class methods.
            return types.get(node.id) or (node if node.id in self.code.classes else None)
        if isinstance(node, ast.Attribute):
            kind = self._class(self._type(module, node.value, types))
            return self.code.attribute(kind, node.attr) if kind else None
        if isinstance(node, ast.Call):
            return self._returned(module, node, types)
        if isinstance(node, ast.BoolOp):
            return next((found for part in node.values if (found := self._type(module, part, types))), None)
        return None

    def _returned(self, module: str, node: ast.Call, types: dict[str, ast.expr]) -> ast.expr | None:
        if isinstance(node.func, ast.Name):
            if node.func.id == "replace":
                return self._type(module, node.args[0], types)
            where = self.code.imports.get((module, node.func.id), (module, node.func.id))
            if where in self.code.functions:
                return self.code.functions[where].returns
            return ast.Name(node.func.id) if node.func.id in self.code.classes else None
        if isinstance(node.func, ast.Attribute):
            holder = self._type(module, node.func.value, types)
            if node.func.attr == "get" and isinstance(holder, ast.Subscript) and isinstance(holder.slice, ast.Tuple):
                return holder.slice.elts[-1]
            kind = self._class(holder)
            method = self.code.method(kind, node.func.attr) if kind else None
            return method.returns if method else None
        return None

    def _class(self, annotation: ast.expr | None) -> str | None:
        """The class that an annotation such as ``Photo | None`` means."""
        names = [node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)] if annotation else []
        own = [name for name in names if name in self.code.classes]
        return own[0] if own and not isinstance(annotation, ast.Subscript) else None


def _element(annotation: ast.expr | None) -> ast.expr | None:
    return annotation.slice if isinstance(annotation, ast.Subscript) else None


def _in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node below, in the order it is written: what is assigned is known to what comes after."""
    for node in body:
        yield node
        yield from _in_order(list(ast.iter_child_nodes(node)))  # type: ignore[arg-type]
