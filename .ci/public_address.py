"""What a package index shows: the README with links that lead somewhere, and the addresses of the project.

Both are made at build from one setting, `address` under [tool.hatch.metadata.hooks.custom] in pyproject.toml. While
that is empty the package builds without them: a relative link becomes its text, a picture its description.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)]+)\)")


class PublicAddress(MetadataHookInterface):
    """The hook that the build calls."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in what pyproject.toml calls dynamic."""
        address = self.config["address"].rstrip("/")
        text = whole(Path(self.root, "README.md").read_text(encoding="utf-8"), address)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = urls(address)


def urls(address: str) -> dict[str, str]:
    """Return the project's addresses; none while the public address is not known."""
    if not address:
        return {}
    places = {"Source": "", "Issues": "/issues", "Changelog": "/blob/main/CHANGELOG.md"}
    return {"Homepage": address, **{name: address + place for name, place in places.items()}}


def whole(readme: str, address: str) -> str:
    """Return the README with each link and picture of the repository at its public address, or as words."""

    def lead_somewhere(found: re.Match[str]) -> str:
        picture, words, path = found.groups()
        if address:
            return f"{picture}[{words}]({address}/{'raw' if picture else 'blob'}/main/{path})"
        return f"*{words}*" if picture else words

    return LINK.sub(lead_somewhere, readme)
