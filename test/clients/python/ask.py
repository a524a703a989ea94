"""Makes calls of huggingface_hub and tells what came of each.

Standard input: a JSON list of {"on": "api" | "fs", "call": method, "args": {…}}. Standard output: a JSON list of
{"value": …} or {"error": [class, its parents…], "message": …}.
"""

import contextlib
import dataclasses
import datetime
import json
import sys

from huggingface_hub import HfApi, HfFileSystem

TARGETS = {"api": HfApi(), "fs": HfFileSystem(skip_instance_cache=True)}


def plain(value):
    """A JSON form of what a client method returned; generators are read to their end."""
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


def outcome(call):
    try:
        method = getattr(TARGETS[call["on"]], call["call"])
        result = method(**call["args"])
        return {"value": plain(list(result) if hasattr(result, "__next__") else result)}
    except Exception as error:  # the class is the answer
        return {"error": [kind.__name__ for kind in type(error).__mro__], "message": str(error)}


with contextlib.redirect_stdout(sys.stderr):
    outcomes = [outcome(call) for call in json.load(sys.stdin)]
json.dump(outcomes, sys.stdout)
