"""Functions' processes are forked with boto3 loaded, and with nothing of kinpics."""

import json
import marshal
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.function_host import Host, Program, StoppedError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks only there")

PROGRAM = """
import json, os, sys
ours = {"functions", "local", "scripts", "PIL", "numpy", "pytest"} & {name.split(".")[0] for name in sys.modules}
told = {"loaded": "boto3" in sys.modules, "ours": sorted(ours), "name": __name__, "folder": os.getcwd()}
print(json.dumps(told), flush=True)
for line in sys.stdin:
    print(os.environ.get(line.strip()), flush=True)
print("at the end", file=sys.stderr)
"""

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("at work", flush=True)
time.sleep(60)
"""


@pytest.fixture
def host() -> Iterator[Host]:
    started = Host()
    yield started
    started.stop()


def rest(program: Program) -> tuple[str, str]:
    """What it still writes, to its end."""
    program.stdin.close()
    with program.stdout, program.stderr:
        return program.stdout.read(), program.stderr.read()


def test_a_program_runs_with_boto3_and_nothing_of_the_stack(host: Host, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    program = host.start(str(tmp_path / "program.py"), str(tmp_path), {"OF_ITS_OWN": "yes"})
    told = json.loads(program.stdout.readline())
    assert told == {"loaded": True, "ours": [], "name": "__main__", "folder": str(tmp_path)}
    program.stdin.write("OF_ITS_OWN\nPATH\n")
    program.stdin.flush()
    assert [program.stdout.readline() for _ in range(2)] == ["yes\n", "None\n"]
    assert program.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.01)
    assert rest(program) == ("", "at the end\n")
    program.wait(10)


def test_a_program_that_fails_says_why_and_one_at_work_can_be_ended(host: Host, tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text("raise ValueError('no')")
    failing = host.start(str(tmp_path / "failing.py"), str(tmp_path), {})
    assert rest(failing)[1].endswith("ValueError: no\n")
    (tmp_path / "waiting.py").write_text("import time; time.sleep(60)")
    for end in ("terminate", "kill"):
        waiting = host.start(str(tmp_path / "waiting.py"), str(tmp_path), {})
        getattr(waiting, end)()
        waiting.wait(10)
        assert rest(waiting) == ("", "")


def test_what_one_process_has_compiled_others_take(host: Host, tmp_path: Path) -> None:
    folders = [tmp_path / name / "code" for name in ("one", "other")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "failing.py").write_text("def fail():\n    raise ValueError('no')\n")
        program = folder / "program.py"
        program.write_text(f"import sys; sys.path.insert(0, {str(folder)!r}); from failing import fail; fail()")
        told = rest(host.start(str(program), str(folder), {}))[1]
        assert 'File "failing.py", line 2, in fail\n    raise ValueError' in told
    (kept,) = (tmp_path / "bytecode").iterdir()
    code = marshal.dumps(compile("def fail():\n    print('as kept')", "keys.py", "exec"))
    kept.write_bytes(code)
    for compiled in folder.rglob("*.pyc"):
        compiled.unlink()
    assert rest(host.start(str(program), str(folder), {}))[0] == "as kept\n"
    (folder / "failing.py").write_text("def fail():\n    print('as changed')\n")
    for compiled in folder.rglob("*.pyc"):
        compiled.unlink()
    assert rest(host.start(str(program), str(folder), {}))[0] == "as changed\n"
    kept.write_bytes(code[:50])
    (folder / "failing.py").write_text("def fail():\n    raise ValueError('no')\n")
    assert rest(host.start(str(program), str(folder), {}))[1].endswith("ValueError: no\n")


def test_a_host_that_stops_ends_what_it_has_started_and_starts_nothing_more(tmp_path: Path) -> None:
    host = Host()
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    programs = [host.start(str(tmp_path / "stubborn.py"), str(tmp_path), {}) for _ in range(3)]
    assert [program.stdout.readline() for program in programs] == ["at work\n"] * 3
    host.stop()
    for program in programs:
        assert rest(program) == ("", "")
        with pytest.raises(ProcessLookupError):
            os.kill(program.pid, 0)
    with pytest.raises(StoppedError):
        host.start(str(tmp_path / "stubborn.py"), str(tmp_path), {})


def test_a_host_that_somebody_has_ended_is_an_error_that_the_stack_knows(host: Host, tmp_path: Path) -> None:
    os.kill(host._pid, signal.SIGKILL)
    with pytest.raises(OSError, match=r"ended|Broken pipe|reset"):
        host.start("program.py", str(tmp_path), {})
