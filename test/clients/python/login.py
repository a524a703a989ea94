"""Runs `hf auth login --force` in a terminal, and prints what the user has afterwards as JSON: `login.py browser|token <secret>`.

For `browser`, the secret is the session cookie of a user who confirms the code; for `token`, it is the access token that is pasted.
"""

import json
import os
import pathlib
import pty
import re
import select
import sys
import urllib.request

choice, secret = sys.argv[1:]
hf = pathlib.Path(sys.executable).with_name("hf")
home = pathlib.Path(os.environ["HF_HOME"])


def confirm(code):
    """As the page /device does."""
    request = urllib.request.Request(
        f"{os.environ['HF_ENDPOINT']}/api/auth/device/{code}",
        data=json.dumps({"approve": True}).encode(),
        headers={"Content-Type": "application/json", "Cookie": secret},
    )
    urllib.request.urlopen(request).close()


child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execv(hf, [str(hf), "auth", "login", "--force"])

screen = ""


def choose(_=None):
    os.write(terminal, b"\r" if choice == "browser" else b"2")


steps = [("Paste an access token", choose)]
if choice == "browser":
    steps.append((r"enter the code: (\S+)\s", lambda match: confirm(match[1])))
else:
    steps.append(("Enter your token", lambda _: os.write(terminal, f"{secret}\n".encode())))
while True:
    # the program discards a key that is pressed before it reads the terminal
    if not select.select([terminal], [], [], 2)[0] and len(steps) == 1:
        choose()
        continue
    try:
        output = os.read(terminal, 4096)
    except OSError:  # the other side of the terminal is closed
        break
    if not output:
        break
    screen += output.decode()
    if steps and (match := re.search(steps[0][0], screen)):
        steps.pop(0)[1](match)
_, status = os.waitpid(child, 0)

json.dump(
    {
        "code": os.waitstatus_to_exitcode(status),
        "screen": screen,
        "token": (home / "token").read_text() if (home / "token").exists() else None,
        "stored": (home / "stored_tokens").read_text() if (home / "stored_tokens").exists() else None,
    },
    sys.stdout,
)
