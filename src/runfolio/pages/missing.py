"""The page a server shows for an address that is not there."""

from __future__ import annotations

from runfolio.pages.page import Context
from runfolio.pages.routes import MISSING
from runfolio.pages.shell import Shell


def missing_context(shell: Shell) -> Context:
    """404.html. A server may show it for any address, so its links are the only ones that a sub-folder breaks."""
    lead = "The run or page may have been renamed or left out of this build. The overview lists everything there is."
    return Context(shell.page(MISSING, "missing", headline="This page is not in this build", lead=lead))
