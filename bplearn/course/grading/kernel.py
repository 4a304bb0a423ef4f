"""A kernel in the sandbox: what the fast engine cannot run is no reason to run it beside the course's files.

It has no network: its messages go over sockets in a folder. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from bplearn.course.client.checking import ADDRESS
from bplearn.course.grading import sandbox

_LIMITED = 'ulimit -v 8000000; ulimit -f 400000; ulimit -c 0; exec "$@"'  # KB of memory, blocks of 512 bytes in a file


class SandboxedKernel(AsyncKernelManager):
    """Starts kernels in the sandbox; beside the system a kernel sees the folder of its notebook alone."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**words)
        self._own = Path(tempfile.mkdtemp(prefix="bplearn-"))
        self.transport, self.ip = "ipc", str(self._own / "line")
        self.connection_file = str(self._own / "kernel.json")

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the command that starts a kernel."""
        if self.kernel_spec is not None:
            self.kernel_spec.interrupt_mode = "message"  # a signal would end the sandbox
        program = ["/bin/sh", "-c", _LIMITED, "sh", *super().format_kernel_cmd(extra_arguments)]
        lines = Path(os.environ[ADDRESS].rpartition(" ")[0]).parent
        keep = [self._own, lines, Path(str((self._launch_args or {})["cwd"])).resolve()]
        return sandbox.command(program, [Path.cwd()], keep)

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """Take the folder of its lines away when the kernel has ended."""
        await super().cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._own, ignore_errors=True)
