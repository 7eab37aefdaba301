"""Makes sure that the browser tests find a Chromium: one on the PATH, else Debian's package, else Playwright's own.

`find_chromium()` is what the tests ask; run as a script, this installs one if there is none and prints its path. A
Firefox comes with it where Debian offers one; elsewhere the tests use the one on the PATH, if any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def on_path() -> str | None:
    """Path of the first Chromium on the PATH that starts; Ubuntu's `chromium-browser` may be a stub that does not."""
    for name in NAMES:
        found = shutil.which(name)
        if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
            return found
    return None


def playwrights_own() -> str | None:
    """Path of the Chromium that Playwright downloaded, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find_chromium() -> str | None:
    """Path of a Chromium that is there, or None."""
    return on_path() or playwrights_own()


def privileges() -> list[str] | None:
    """What to put before a command to run it as root without a password; None where that cannot be."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def find_firefox() -> str | None:
    """Path of a Firefox on the PATH, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def is_debian() -> bool:
    """True on Debian itself: Ubuntu's package of that name only points to a snap."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text(encoding="utf-8").splitlines()


def install_debian(package: str) -> None:
    """Debian's package where it may be installed; else nothing. Silent while it goes well."""
    prefix = privileges()
    if prefix is None or not is_debian() or not shutil.which("apt-get"):
        return
    print(f"Installing Debian's {package} …", flush=True)
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run([*command, "update", "-qq"], **quiet)  # type: ignore[call-overload]
    subprocess.run([*command, "install", "-y", "-qq", package], **quiet)  # type: ignore[call-overload]


def install() -> None:
    """Debian's Chromium where it may be installed, else Playwright's download."""
    install_debian("chromium")
    if on_path():
        return
    print("Downloading Playwright's Chromium …", flush=True)
    command = [sys.executable, "-m", "playwright", "install"]
    if privileges() is not None and shutil.which("apt-get"):
        command.append("--with-deps")
    subprocess.run([*command, "chromium"], stdin=subprocess.DEVNULL, check=False)


def main() -> int:
    """0 and the browser's path, or 1 and what to do."""
    if find_chromium() is None:
        install()
    if find_firefox() is None:
        install_debian("firefox-esr")
    path = find_chromium()
    if path is None:
        print(
            "No Chromium could be installed. Put chromium or google-chrome on the PATH and run make test again."
        )
        return 1
    print(f"Browser: {path}")
    print(f"Firefox: {find_firefox() or 'none; its tests are left out'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
