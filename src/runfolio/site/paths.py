"""Which relative paths a site may hold, so that it can be unpacked and served anywhere."""

from __future__ import annotations

import re

from runfolio.errors import SinkError

_RESERVED_NAME = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_LONGEST_NAME_BYTES = 255


def check_path(path: str) -> None:
    """Nothing for a path that may be written below a site's root; SinkError for any other.

    Allowed are relative posix paths whose parts are names on Linux, macOS and Windows alike: no `..`, no drive,
    no reserved device name, no trailing dot or blank.
    """
    reason = _reason_against(path)
    if reason:
        raise SinkError(
            f"{path!r} cannot be a file of the site: {reason}",
            hint="this is a page, plugin or theme asking for an unsafe file name",
        )


def _reason_against(path: str) -> str:
    if not path:
        return "the path is empty"
    if path.startswith("/"):
        return "the path is absolute"
    if _FORBIDDEN.search(path):
        return "it contains a character that file systems refuse"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return "it leaves the site's folder or is not in its shortest form"
        if part[-1] in ". ":
            return "a name ends with a dot or a blank, which Windows drops"
        if _RESERVED_NAME.fullmatch(part):
            return f"`{part}` is a device name on Windows"
        if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_NAME_BYTES:
            return "a name is longer than 255 bytes"
    return ""


def folded(path: str) -> str:
    """The path as a file system that ignores case sees it."""
    return path.casefold()
