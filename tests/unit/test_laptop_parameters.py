"""What the laptop stack is deployed with."""

from local.state_folder import Running
from scripts.common.config import ROOT
from scripts.laptop.laptop_deployment import make_project


async def nothing(_: Running) -> None:
    pass


def test_where_nobody_pays_no_days_ceiling_stops_a_large_folder() -> None:
    project = make_project(ROOT, nothing)
    for name in ("DailyIndexing", "DailyPeople"):
        assert int(project.parameters[name]) >= 50 * int(project.template["Parameters"][name]["Default"])
