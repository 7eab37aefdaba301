// The audit page re-hashes the data this site ships, in the reader's own browser.
(function (runfolio) {
  "use strict";

  /** Hex SHA-256 of a text's UTF-8 bytes. */
  async function sha256(text) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function check(path, expected) {
    try {
      return (await sha256(await runfolio.registry.sourceText(path))) === expected ? "match" : "differ";
    } catch {
      return "could not be read";
    }
  }

  /** Checks every data script that data/checksums.js names ({path: sha256}), and says in words what was found. */
  async function verifyAll(section, button, tell) {
    if (!window.crypto || !crypto.subtle) { tell("This browser offers no hashing on pages from an unencrypted server. Open the site from disk or over https."); return; }
    const source = section.dataset.checksums;
    const listed = await runfolio.registry.load("checksums", source);
    const files = Object.entries(listed.files || listed).filter(([path]) => /\.js$/.test(path) && /^(data|series)\//.test(path) && path !== source);
    const wrong = [];
    let done = 0;
    for (const [path, expected] of files) {
      const result = await check(path, expected);
      done += 1;
      if (result !== "match") wrong.push(`${path} (${result})`);
      if (done % 20 === 0) button.textContent = `Verifying, ${done} of ${files.length}`;
    }
    tell(`${files.length - wrong.length} of ${files.length} match${wrong.length ? `. Not: ${wrong.slice(0, 10).join(", ")}${wrong.length > 10 ? ", …" : ""}.` : "."}`);
  }

  function wire() {
    const section = document.querySelector("[data-verify]"), button = document.querySelector("[data-verify-all]");
    const result = document.querySelector("[data-verify-result]");
    if (!section || !button || !result) return;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      button.disabled = true;
      await verifyAll(section, button, (text) => { result.textContent = text; }).catch((error) => { result.textContent = error.message; });
      button.disabled = false;
      button.textContent = words;
    });
  }

  runfolio.verify = { sha256, wire };
})(window.runfolio);
