"""A Firefox led over Marionette, the protocol it speaks by itself: JSON over a local socket, so nothing else is needed."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

#: No page of its own, no reports home, no lists fetched: the console holds what our pages say.
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Firefox:
    """One headless Firefox with a profile of its own; use as a context manager."""

    def __init__(self, program: str, profile: Path) -> None:
        port = _free_port()
        profile.mkdir(parents=True)
        lines = {**PREFERENCES, "marionette.port": port}
        (profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in lines.items())
        )
        command = [program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        self._process = subprocess.Popen(
            [*command, "--profile", str(profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._socket = self._connect(port)
        self._number = 0
        self._receive()
        self.send("WebDriver:NewSession", {})

    def _connect(self, port: int) -> socket.socket:
        end = time.monotonic() + 60
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=30)
            except OSError:
                if time.monotonic() > end or self._process.poll() is not None:
                    self._process.kill()
                    raise
                time.sleep(0.1)

    def _receive(self) -> Any:
        size = b""
        while (byte := self._socket.recv(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox hung up")
            size += byte
        data = b""
        while len(data) < int(size):
            data += self._socket.recv(int(size) - len(data))
        return json.loads(data)

    def send(self, command: str, parameters: dict[str, Any]) -> Any:
        """The answer to a command of Marionette; its error is raised."""
        self._number += 1
        data = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(f"{len(data)}:".encode() + data)
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def goto(self, url: str) -> None:
        self.send("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function's body returns in the page."""
        return self.send("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})

    def wait(self, expression: str, seconds: float = 15) -> Any:
        """The first true value of an expression in the page; an element is true, as it may be replaced before it is sent."""
        end = time.monotonic() + seconds
        script = f"const value = {expression}; return value instanceof Node || value"
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"never true: {expression}"
            time.sleep(0.05)
        return value

    def click(self, selector: str) -> None:
        element = self.send("WebDriver:FindElement", {"using": "css selector", "value": selector})
        self.send("WebDriver:ElementClick", {"id": next(iter(element.values()))})

    def type(self, selector: str, text: str) -> None:
        element = self.send("WebDriver:FindElement", {"using": "css selector", "value": selector})
        self.send("WebDriver:ElementSendKeys", {"id": next(iter(element.values())), "text": text})

    def complaints(self, start: str) -> list[str]:
        """Errors and warnings on the console that came from addresses that begin so, then forgotten."""
        self.send("Marionette:SetContext", {"value": "chrome"})
        found = self.run(
            """const found = [];
            for (const message of Services.console.getMessageArray()) {
                if (!(message instanceof Ci.nsIScriptError)) continue;
                if (message.sourceName.startsWith(arguments[0]) || message.errorMessage.includes("Content-Security"))
                    found.push(`${message.sourceName}: ${message.errorMessage}`);
            }
            Services.console.reset();
            return found;""",
            start,
        )
        self.send("Marionette:SetContext", {"value": "content"})
        return list(found)

    def __enter__(self) -> Firefox:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=20)
