"""The API of what is watched: sites and their pages, scans, snapshots and evidence. Views translate and call one verb; `urls` is the list of routes.

No serializer is made from a model: a field that is not written down here is neither shown nor taken.
"""
