"""The account's Rekognition collections."""

import click

from scripts.commands.options import Context, yes_option
from scripts.common.terminal import echo
from scripts.common.words import count


@click.group()
def collection() -> None:
    """Manage the account's Rekognition collections."""


@collection.command("list")
@click.pass_obj
def collection_list(context: Context) -> None:
    """List collections, and how many faces each has."""
    client = context.stack.rekognition
    for page in client.get_paginator("list_collections").paginate():
        for name in page["CollectionIds"]:
            described = client.describe_collection(CollectionId=name)
            echo(name, count(described["FaceCount"], "face"))


@collection.command("create")
@click.argument("name")
@click.pass_obj
def collection_create(context: Context, name: str) -> None:
    """Create a collection."""
    context.stack.rekognition.create_collection(CollectionId=name)
    echo(f"created {name}")


@collection.command("delete")
@click.argument("name")
@yes_option
@click.pass_obj
def collection_delete(context: Context, name: str, yes: bool) -> None:
    """Delete a collection and all its faces.

    Originals and rows stay. Searches no longer find these faces.
    """
    faces = context.stack.rekognition.describe_collection(CollectionId=name)["FaceCount"]
    if not yes:
        click.confirm(
            f"Delete {name} with {count(faces, 'face')}? Searches will not find them any more.", abort=True, err=True
        )
    context.stack.rekognition.delete_collection(CollectionId=name)
    echo(f"deleted {name}")


@collection.command("faces")
@click.argument("name", required=False)
@click.pass_obj
def collection_faces(context: Context, name: str | None) -> None:
    """List the faces of a collection.

    Prints face id, image id and photo. Without NAME, lists the faces of the site's photos.
    """
    from functions.face_collection import FaceCollection
    from functions.keys import decode_external_image_id

    faces = FaceCollection(context.stack.rekognition, name) if name else context.stack.faces
    for face in faces.list_faces():
        external = face.get("ExternalImageId", "")
        echo(face["FaceId"], face["ImageId"], decode_external_image_id(external) or external)
