"""AWS's own command line in a process that has loaded it already and forks for each command: that is half of what one
costs. Each command is a process of its own, with its own arguments, environment, folder and streams.
"""

import functools
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

_SERVICES = ("cloudformation", "dynamodb", "rekognition", "s3", "sqs", "sts")


class AwsProgram:
    """Runs commands, one at a time, until it is closed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, arguments: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run `aws` with these arguments in a folder, in which it may leave what it printed."""
        printed = [folder / "aws.stdout", folder / "aws.stderr"]
        request = {"arguments": arguments, "environment": environment, "folder": str(folder)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({**request, "streams": [str(path) for path in printed]}) + "\n")
        self._process.stdin.flush()
        returncode = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(arguments, returncode, *(path.read_text() for path in printed))

    def close(self) -> None:
        self._process.communicate()


def _serve() -> None:
    import awscli.clidriver
    import botocore.session
    from botocore import loaders

    # All sessions of these processes share what was read of AWS's models.
    botocore.session.create_loader = loaders.create_loader = functools.cache(loaders.create_loader)
    for name in _SERVICES:
        for kind in ("service-2", "paginators-1"):
            awscli.clidriver.create_clidriver().session.get_component("data_loader").load_service_model(name, kind)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _become(json.loads(line))
        _, ended = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


def _become(request: dict[str, Any]) -> None:
    """Be the command, to the end of this process."""
    import awscli.clidriver

    code = 1
    try:
        for number, name in enumerate((os.devnull, *request["streams"])):
            opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            os.dup2(opened, number)
            os.close(opened)
        os.chdir(request["folder"])
        models = os.environ["AWS_DATA_PATH"]  # set where it was loaded
        os.environ.clear()
        os.environ.update({**request["environment"], "AWS_DATA_PATH": models})
        sys.argv = ["aws", *request["arguments"]]
        code = awscli.clidriver.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
