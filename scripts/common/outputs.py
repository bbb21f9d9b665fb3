"""A deployed stack's outputs: the names of what template.yaml makes."""

from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import OutputTypeDef


@dataclass(frozen=True)
class StackOutputs:
    """The outputs of template.yaml, which describes each; `pics_table` is its `PicsTable`.

    Only a stack on AWS has those that may be None.
    """

    site_bucket: str
    pics_bucket: str
    thumbnails_bucket: str
    pics_table: str
    pics_by_image_id_table: str
    album_collection: str
    celebrities_collection: str
    ledger_table: str
    leases_table: str
    process_queue: str
    films_queue: str
    dead_letter_queue: str
    search_function: str
    removal_function: str
    door_function: str
    matches_table: str
    requests_table: str
    forgotten_table: str
    private_pics_table: str
    access_table: str
    incoming_bucket: str
    contributions_table: str
    uploads_function: str
    arrivals_function: str
    decisions_table: str
    people_queue: str
    people_dead_letter_queue: str
    people_function: str
    manage_function: str
    user_pool: str
    user_pool_client: str
    identity_pool: str
    closed_policy: str
    site_url: str | None = None
    distribution: str | None = None
    router: str | None = None
    edge_store_function: str | None = None

    @classmethod
    def read(cls, listed: "Iterable[OutputTypeDef]") -> "StackOutputs":
        """The outputs as CloudFormation lists them. Raises ``KeyError`` if one is missing that every stack has."""
        values = {entry["OutputKey"]: entry["OutputValue"] for entry in listed}
        required = {field.name: values[_key(field.name)] for field in fields(cls) if field.default is MISSING}
        return cls(
            **required,
            site_url=values.get("SiteUrl"),
            distribution=values.get("Distribution"),
            router=values.get("Router"),
            edge_store_function=values.get("EdgeStoreFunction"),
        )

    def by_key(self) -> dict[str, str]:
        """The outputs that this stack has, by their names in the template."""
        return {_key(name): value for name, value in asdict(self).items() if value is not None}


def _key(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
