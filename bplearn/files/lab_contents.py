"""Notebooks as JupyterLab opens them on the second day: each panel shows its picture, not an error.

JupyterLab saves a panel with the address of a live model, which ends with its kernel. When it opens the notebook again
it would show "Error displaying widget: model not found" in place of the picture that is saved too. `bplearn lab` opens
notebooks through `LearnersContents`, which leaves out addresses of models that no kernel holds any more.
"""

from __future__ import annotations

from typing import Any, final

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

LIVE_VIEW = "application/vnd.jupyter.widget-view+json"


def drop_live_views(notebook: dict[str, Any]) -> int:
    """Take the live view out of each output that has another form as well; return how many there were.

    >>> data = {LIVE_VIEW: {}, "text/html": "<figure></figure>"}
    >>> drop_live_views({"cells": [{"cell_type": "code", "outputs": [{"data": data}]}]}), list(data)
    (1, ['text/html'])
    """
    found = [
        output["data"]
        for cell in notebook.get("cells", ())
        for output in cell.get("outputs", ())
        if LIVE_VIEW in output.get("data", {}) and "text/html" in output["data"]
    ]
    for data in found:
        del data[LIVE_VIEW]
    return len(found)


@final
class LearnersContents(AsyncLargeFileManager):
    """The files of JupyterLab; a notebook that no kernel runs is opened without live views."""

    async def get(self, path: str, content: bool = True, *arguments: Any, **named: Any) -> Any:
        """Return a file or folder as the class above does."""
        model = await super().get(path, content, *arguments, **named)  # type: ignore[no-untyped-call]
        if content and model["type"] == "notebook" and not await self._runs(model["path"]):
            drop_live_views(model["content"])
        return model

    async def _runs(self, path: str) -> bool:
        server: Any = self.parent
        sessions = await server.session_manager.list_sessions()
        return any(session["path"] == path for session in sessions)
