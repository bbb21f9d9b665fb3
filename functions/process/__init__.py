"""The process function: S3 events in, thumbnails, indexed faces and rows out."""
