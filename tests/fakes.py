"""Clients of AWS services that answer from memory, and take only what AWS's own models allow, as boto3 does."""

import functools
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.validate import ParamValidator

from scripts.common.outputs import StackOutputs


@functools.cache
def shapes(service: str) -> dict[str, Any]:
    """What a service's operations take, by their names in boto3."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): model.operation_model(name).input_shape for name in model.operation_names}


def stack_outputs(**known: str) -> StackOutputs:
    """Outputs of a stack; each that is not ``known`` is called as its field is."""
    names = [field.name for field in fields(StackOutputs) if field.default is MISSING]
    return StackOutputs(**{name: name for name in names} | known)


class FakeClient:
    """A client of one service; ``backend`` has a method for each operation, which gets its arguments as one dict."""

    def __init__(self, service: str, backend: Any):
        self._shapes = shapes(service)
        self._backend = backend

    def __getattr__(self, name: str) -> Callable[..., Any]:
        shape = self._shapes[name]

        def call(**arguments: Any) -> Any:
            if shape is not None:
                report = ParamValidator().validate(arguments, shape)
                assert not report.has_errors(), report.generate_report()
            if hasattr(self._backend, "noticed"):
                self._backend.noticed(name)
            return getattr(self._backend, name)(arguments)

        return call

    def get_paginator(self, name: str) -> Any:
        """One page is all there is."""
        call = getattr(self, name)
        return type("Paginator", (), {"paginate": staticmethod(lambda **arguments: [call(**arguments)])})


class FakeSession:
    """A boto3 session whose clients are all on one backend."""

    region_name = "eu-west-1"

    def __init__(self, backend: Any):
        self._backend = backend

    def client(self, service: str, **_: Any) -> FakeClient:
        return FakeClient(service, self._backend)
