"""What other checkers find in the template and the policies; their packages are in .venv-policy."""

import json
import subprocess
from pathlib import Path

from rendered import policy, template

ROOT = Path(__file__).parents[2]
CHECKERS = ROOT / ".venv-policy" / "bin"
ROLES = sorted(path.stem for path in (ROOT / "policies").glob("*.json"))


def test_the_linter_finds_nothing_in_any_policy() -> None:
    program = (
        "import json, sys, parliament\n"
        "for role, document in json.load(sys.stdin).items():\n"
        "    for finding in parliament.analyze_policy_string(json.dumps(document)).findings:\n"
        "        print(role, finding)\n"
    )
    documents = {role: policy(role) for role in ROLES}
    assert run(program, json.dumps(documents)) == ""
    documents["visitor"]["Statement"][0]["Action"] = ["dynamodb:GetIten"]
    assert "GetIten" in run(program, json.dumps(documents)), "it finds what there is to find"


def run(program: str, typed: str = "") -> str:
    """What a program prints that uses one of the checkers."""
    command = [CHECKERS / "python", "-W", "ignore", "-c", program]
    return subprocess.run(command, input=typed, capture_output=True, text=True, check=True).stdout


def test_checkov_finds_nothing_but_what_is_excepted_with_its_reason(tmp_path: Path) -> None:
    excepted: dict[tuple[str, str], str] = {}
    whole = template()
    for name, resource in whole["Resources"].items():
        for skip in resource.get("Metadata", {}).pop("checkov", {}).get("skip", []):
            excepted[name, skip["id"]] = skip["comment"]
    rendered = tmp_path / "template.json"
    rendered.write_text(json.dumps(whole))
    assert run_checkov(rendered) == set(excepted), "without the exceptions, just they fail"
    assert all(len(reason) > 20 for reason in excepted.values())


def run_checkov(path: Path) -> set[tuple[str, str]]:
    """The checks that fail, by resource. The command would load those of all other frameworks too."""
    program = (
        "import json\n"
        "from checkov.cloudformation.runner import Runner\n"
        "from checkov.runner_filter import RunnerFilter\n"
        "only = RunnerFilter(framework=['cloudformation'])\n"
        f"failed = Runner().run(root_folder=None, files=[{str(path)!r}], runner_filter=only).failed_checks\n"
        "print(json.dumps([[check.resource, check.check_id] for check in failed]))\n"
    )
    failed = json.loads(run(program).splitlines()[-1])
    return {(resource.rpartition(".")[2], check) for resource, check in failed}
