import os
from collections.abc import Iterator

import pytest
import quick_moto
from moto import mock_aws
from support import REGION, FakeAws, make_fake_aws

# As template.yaml has it; read when the handlers are imported.
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "kinpics"
os.environ["POWERTOOLS_SERVICE_NAME"] = "kinpics"

quick_moto.quicken()


@pytest.fixture(scope="module", autouse=True)
def aws_environment() -> Iterator[None]:
    """Made-up credentials, and nothing that points elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    """The album's resources in memory."""
    with mock_aws():
        yield make_fake_aws()
