"""Writes and reads a repository with huggingface_hub, and prints what the user sees as JSON: `addresses.py <repository> <folder>`.

The folder contains `large.bin`, which is uploaded over LFS and over Xet, and many small files.
"""

import contextlib
import hashlib
import json
import pathlib
import sys

from huggingface_hub import HfApi, constants

repo_id, folder = sys.argv[1], pathlib.Path(sys.argv[2])
api = HfApi()


@contextlib.contextmanager
def without_xet():
    """Has the effect of HF_HUB_DISABLE_XET=1."""
    constants.HF_HUB_DISABLE_XET = True
    yield
    constants.HF_HUB_DISABLE_XET = False


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def upload(content, path_in_repo):
    return api.upload_file(repo_id=repo_id, path_or_fileobj=content, path_in_repo=path_in_repo).commit_url


with contextlib.redirect_stdout(sys.stderr):
    repo_urls = [api.create_repo(repo_id, private=True)]
    commit_urls = [upload(b"small", "small.txt")]
    with without_xet():
        commit_urls.append(api.upload_folder(repo_id=repo_id, folder_path=folder).commit_url)
    changed = (folder / "large.bin").read_bytes()[::-1]
    commit_urls.append(upload(changed, "xet.bin"))
    listed = sum(1 for _ in api.list_repo_tree(repo_id, recursive=True, expand=True))
    api.move_repo(repo_id, f"{repo_id}-moved")
    repo_urls.append(api.create_repo(f"{repo_id}-moved", private=True, exist_ok=True))
    snapshot = pathlib.Path(api.snapshot_download(repo_id, allow_patterns=["*.bin", "small.txt"]))
    with without_xet():
        over_lfs = api.hf_hub_download(repo_id, "large.bin", force_download=True)

json.dump(
    {
        "repoUrls": [str(url) for url in repo_urls],
        "repoIds": [url.repo_id for url in repo_urls],
        "commitUrls": commit_urls,
        "listed": listed,
        "large": [sha256(snapshot / "large.bin"), sha256(over_lfs)],
        "changed": sha256(snapshot / "xet.bin") == hashlib.sha256(changed).hexdigest(),
    },
    sys.stdout,
)
