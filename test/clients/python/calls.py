"""Calls huggingface_hub and prints the result of each call.

A call is {"on": "api" | "fs", "call": method, "args": {…}}. Standard output: a JSON list of {"value": …} or
{"error": [class, its parents…], "message": …}. Arguments that JSON has no form for are {"$bytes": text}, {"$stream": text},
{"$operation": "Add" | "Delete" | "Copy", …arguments} or {"$lfs_files": repository}.
"""

import contextlib
import dataclasses
import datetime
import io
import json
import sys

import huggingface_hub
from huggingface_hub import HfApi, HfFileSystem

TARGETS = {"api": HfApi(), "fs": HfFileSystem(skip_instance_cache=True)}


def plain(value):
    """Converts a result to JSON; generators are read to their end."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) or hasattr(value, "__dict__"):
        return {"class": type(value).__name__, **{key: plain(item) for key, item in vars(value).items()}}
    return [plain(item) for item in value]


def revived(value):
    """Converts an argument from JSON."""
    if isinstance(value, list):
        return [revived(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return value["$bytes"].encode()
    if "$lfs_files" in value:
        return TARGETS["api"].list_lfs_files(value["$lfs_files"])
    if "$stream" in value:
        return io.BytesIO(value["$stream"].encode())
    items = {key: revived(item) for key, item in value.items()}
    kind = items.pop("$operation", None)
    return getattr(huggingface_hub, f"CommitOperation{kind}")(**items) if kind else items


def outcome(call):
    try:
        method = getattr(TARGETS[call["on"]], call["call"])
        result = method(**revived(call["args"]))
        return {"value": plain(list(result) if hasattr(result, "__next__") else result)}
    except Exception as error:  # reported by its class
        return {"error": [kind.__name__ for kind in type(error).__mro__], "message": str(error)}


def run(calls):
    with contextlib.redirect_stdout(sys.stderr):
        outcomes = [outcome(call) for call in calls]
    json.dump(outcomes, sys.stdout)
