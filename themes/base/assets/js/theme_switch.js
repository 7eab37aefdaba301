// Light, dark, or as the system has it: three states, kept on this machine.
(function (runfolio) {
  "use strict";

  const KEY = "runfolio-theme";
  const STATES = ["auto", "light", "dark"];

  function current() {
    const stored = runfolio.elements.storage.get(KEY);
    return STATES.includes(stored) ? stored : "auto";
  }

  function apply(state) {
    if (state === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = state;
    for (const button of document.querySelectorAll("[data-theme-switch]")) button.textContent = `Theme: ${state}`;
  }

  function wire() {
    apply(current());
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = STATES[(STATES.indexOf(current()) + 1) % STATES.length];
        runfolio.elements.storage.set(KEY, next);
        apply(next);
        runfolio.elements.say(`Theme: ${next}.`);
        document.dispatchEvent(new Event("runfolio:theme"));
      });
    }
  }

  runfolio.themeSwitch = { wire };
})(window.runfolio);
