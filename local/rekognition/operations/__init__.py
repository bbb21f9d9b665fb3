"""The operations of the API, by subject."""

from local.rekognition.context import Operation
from local.rekognition.operations import collections, detection, faces, labels, searches, users

# By their names on the wire.
OPERATIONS: dict[str, Operation] = {
    "CreateCollection": collections.create_collection,
    "DescribeCollection": collections.describe_collection,
    "ListCollections": collections.list_collections,
    "DeleteCollection": collections.delete_collection,
    "IndexFaces": faces.index_faces,
    "ListFaces": faces.list_faces,
    "DeleteFaces": faces.delete_faces,
    "SearchFaces": searches.search_faces,
    "SearchFacesByImage": searches.search_faces_by_image,
    "SearchUsers": searches.search_users,
    "SearchUsersByImage": searches.search_users_by_image,
    "CreateUser": users.create_user,
    "DeleteUser": users.delete_user,
    "ListUsers": users.list_users,
    "AssociateFaces": users.associate_faces,
    "DisassociateFaces": users.disassociate_faces,
    "DetectFaces": detection.detect_faces,
    "CompareFaces": detection.compare_faces,
    "DetectLabels": labels.detect_labels,
}
