"""Networks on onnxruntime, on one core each. They run one after the other, so they share their memory."""

import functools
from typing import Any

import onnxruntime


def open_network(model: bytes) -> Any:
    """A session for a serialised ONNX model."""
    _share_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised, too
    options.add_session_config_entry("session.use_env_allocators", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@functools.cache
def _share_memory() -> None:
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    # It grows by what is asked for, not to the next power of two.
    same_as_requested = 1
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg(0, same_as_requested, -1, -1))
