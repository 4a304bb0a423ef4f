"""Start a private JupyterLab on loopback, with a home of its own, and stop exactly this one."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CONTENTS = "bplearn.files.lab_contents.LearnersContents"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    def __init__(self, root, home=None, contents=CONTENTS, app="jupyterlab"):
        self.root = Path(root).resolve()
        self.token, self.port = secrets.token_hex(16), free_port()
        self.own_home = home is None  # where notebooks are trusted is kept there
        self.home, self.contents = Path(home or tempfile.mkdtemp(prefix="lab-home-")), contents
        self.app = app

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout=90):
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "MPLCONFIGDIR": "matplotlib",
        }
        env = os.environ | {name: str(self.home / folder) for name, folder in places.items()}
        settings = self.home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True, exist_ok=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
        options = [
            "--no-browser",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--ServerApp.terminals_enabled=False",
            "--expose-app-in-browser",
            f"--ServerApp.contents_manager_class={self.contents}",  # as `bplearn lab` starts it
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--allow-root")
        self.log = (self.home / "lab.log").open("wb")
        command = [sys.executable, "-m", self.app, *options]
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError((self.home / "lab.log").read_text())
            try:
                with urllib.request.urlopen(f"{self.url}/api/status?token={self.token}", timeout=2) as answer:
                    answer.read()
                return self
            except OSError:
                time.sleep(0.05)
        raise TimeoutError((self.home / "lab.log").read_text())

    def stop(self):
        try:
            address = f"{self.url}/api/shutdown?token={self.token}"
            with urllib.request.urlopen(urllib.request.Request(address, method="POST", data=b""), timeout=5):
                pass
        except OSError:
            pass
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:  # it waits for a kernel that does not end
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.log.close()
        if self.own_home:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *problem):
        self.stop()
