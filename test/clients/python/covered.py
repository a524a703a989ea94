"""Sends every request of huggingface_hub that the hub serves, in one session: `covered.py <name> <guest token> <session cookie>`.

`name` is the start of the names of repositories. Standard output: a JSON object with the messages of failed calls.
"""

import json
import os
import sys
import urllib.request

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, HfApi, constants
from huggingface_hub.utils import _detect_agent, _oauth_device

name, guest_token, cookie = sys.argv[1:]
api = HfApi()
guest = HfApi(token=guest_token)
failures = {}


def call(label, function, *args, **kwargs):
    """Calls a function, and reads the pages of a list to their end."""
    try:
        result = function(*args, **kwargs)
        return list(result) if hasattr(result, "__next__") else result
    except Exception as error:
        failures[label] = f"{type(error).__name__}: {error}"


def of(method, *args, **kwargs):
    return call(method, getattr(api, method), *args, **kwargs)


def confirm(code):
    """As the page /device does."""
    request = urllib.request.Request(
        f"{os.environ['HF_ENDPOINT']}/api/auth/device/{code}",
        data=json.dumps({"approve": True}).encode(),
        headers={"Content-Type": "application/json", "Cookie": cookie},
    )
    urllib.request.urlopen(request).close()


def sign_in():
    codes = _oauth_device.request_device_code()
    confirm(codes["user_code"])
    _oauth_device.poll_device_token(codes)


def repositories():
    for kind in ["model", "dataset", "space"]:
        repo = f"client/{name}-{kind}"
        of("create_repo", repo, repo_type=kind, **({"space_sdk": "static"} if kind == "space" else {}))
        of(f"{kind}_info", repo)
        of(f"{kind}_info", repo, revision="main")
        of(f"list_{kind}s", author="client")


def content(repo):
    files = [
        CommitOperationAdd("README.md", b"---\nlicense: mit\n---\n# Covered\n"),
        CommitOperationAdd("large.bin", name.encode() * 100),
    ]
    of("create_commit", repo, files, commit_message="Add files")
    constants.HF_HUB_DISABLE_XET = True  # over LFS
    of("upload_file", path_or_fileobj=b"lfs" * 100, path_in_repo="lfs.bin", repo_id=repo)
    constants.HF_HUB_DISABLE_XET = False
    of("list_repo_tree", repo, recursive=True)
    of("get_paths_info", repo, ["README.md"])
    of("list_repo_refs", repo)
    of("list_repo_commits", repo)
    of("create_branch", repo, branch="dev")
    of("create_tag", repo, tag="v1")
    of("delete_tag", repo, tag="v1")
    of("super_squash_history", repo, branch="dev")
    of("delete_branch", repo, branch="dev")
    of("auth_check", repo)
    of("get_repo_discussions", repo)
    of("list_repo_likers", repo)
    of("unlike", repo)


def large_files(repo):
    copy = CommitOperationCopy("large.bin", "copy.bin", src_repo_id=repo, src_repo_type="model")
    of("create_commit", f"client/{name}-dataset", [copy], commit_message="Copy", repo_type="dataset")
    of("duplicate_repo", repo, f"client/{name}-copy")
    files = of("list_lfs_files", repo)
    of("permanently_delete_lfs_files", repo, files)
    of("move_repo", f"client/{name}-copy", f"client/{name}-moved")
    of("delete_repo", f"client/{name}-moved")


def access(repo):
    of("update_repo_settings", repo, gated="manual")
    request = urllib.request.Request(
        f"{os.environ['HF_ENDPOINT']}/{repo}/ask-access",
        data=b"{}",
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {guest_token}"},
    )
    call("ask-access", lambda: urllib.request.urlopen(request).close())  # the library has no call for it
    of("list_pending_access_requests", repo)
    of("accept_access_request", repo, "guest")
    call("auth_check of guest", guest.auth_check, repo)
    of("grant_access", repo, "other")


def webhooks():
    watched = [{"type": "user", "name": "client"}]
    hook = of("create_webhook", url="https://ci.example.com/", watched=watched, domains=["repo"])
    of("list_webhooks")
    for method in ["get_webhook", "disable_webhook", "enable_webhook"]:
        of(method, hook.id)
    of("update_webhook", hook.id, url="https://ci.example.com/new", watched=watched)
    of("delete_webhook", hook.id)


def accounts():
    of("whoami")
    for method in ["get_user_overview", "list_user_followers", "list_user_following", "list_liked_repos"]:
        of(method, "client")
    for method in ["get_organization_overview", "list_organization_followers", "list_organization_members"]:
        of(method, "covering")
    of("list_user_repos")
    of("list_user_repos", namespace="covering")


repo = f"client/{name}-model"
repositories()
content(repo)
large_files(repo)
access(repo)
webhooks()
accounts()
of("get_model_tags")
of("get_dataset_tags")
call("agent harnesses", _detect_agent._fetch_registry)
call("device login", sign_in)
json.dump(failures, sys.stdout)
