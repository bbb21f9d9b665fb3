"""What a stack started ends with the stack, even while it is busy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import descendants, still_there

LEADER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(sys.argv[1:], flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_a_step_ends_with_the_stack_and_all_it_started(tmp_path: Path) -> None:
    (tmp_path / "leader.py").write_text(LEADER)
    stdin, held = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "local.tether", "leader", "a", "b"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(stdin)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "['a', 'b']\n"
        started = descendants(process.pid)
        assert len(started) == 1
    finally:
        os.close(held)
    assert process.wait(60) != 0
    assert still_there(started, 60) == []
    process.stdout.close()
