"""Runs client calls. Each request runs in a fork of this process, so that the slow imports are done only once.

Standard input: one JSON request a line, {"calls": [...]} as calls.py reads them, or {"hf": [arguments of the command]}.
Standard output: one JSON line for each request, {"code": …, "stdout": …, "stderr": …}.
"""

import json
import os
import sys
import tempfile

import calls


def work(request):
    if "calls" in request:
        calls.run(request["calls"])
        return
    from huggingface_hub.cli.hf import main

    sys.argv = ["hf", *request["hf"]]
    main()


def become_worker(request, out, err):
    """Runs in the fork: redirects its streams to files, and exits like a program, including exit handlers."""
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    work(request)
    sys.exit(0)


def text_of(file):
    file.seek(0)
    return file.read().decode()


def serve(request):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        worker = os.fork()
        if worker == 0:
            become_worker(request, out, err)
        _, status = os.waitpid(worker, 0)
        return {"code": os.waitstatus_to_exitcode(status), "stdout": text_of(out), "stderr": text_of(err)}


for line in sys.stdin:
    request = json.loads(line)
    if "hf" in request:
        import huggingface_hub.cli.hf  # imported here once for all forks
    print(json.dumps(serve(request)), flush=True)
