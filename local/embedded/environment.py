"""The environment that ministack reads while it is imported, and what the stack tells the functions."""

import os
from pathlib import Path

from local.embedded.turns import MAX_WAITING

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"

# What a stack of ours uses; everything else answers that it is not there, instead of costing memory at the first call.
SERVICES = "s3,dynamodb,sqs,lambda,cognito-identity,cognito-idp,iam,sts,cloudformation,logs,rekognition"

# What ministack has by itself.
OTHER_THREADS = 64


def configure(data: Path, api_port: int, access_key: str, secret_key: str, site_url: str) -> None:
    """Set the environment ministack reads while it is imported; call before ministack is imported."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # a developer's own profile or endpoint must not reach the functions
    temporary = data / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(api_port),
        "AUTH": "true",
        # Its own way of keeping state is not used (see `durable`), but for the functions' code in STATE_DIR.
        "PERSIST_STATE": "0",
        "STATE_DIR": str(data),
        # Makes it hand objects over to be kept; it makes empty folders here.
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(temporary / "s3"),
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{api_port}",
        # Where pages call it (functions/uploads/handler.py).
        "KINPICS_API_URL": f"http://localhost:{api_port}",
        # Where feed readers find what a function writes for them (functions/people/handler.py).
        "KINPICS_SITE_URL": site_url,
        # Beside the calls that wait for their turn.
        "MINISTACK_WORKER_THREADS": str(MAX_WAITING + OTHER_THREADS),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": os.environ.get("KINPICS_LOG_LEVEL", "ERROR"),
        # Functions are unpacked here; see `StateFolder`.
        "TMPDIR": str(temporary),
    }
