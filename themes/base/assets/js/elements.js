// Making elements from data. Text is always text: nothing here or elsewhere parses markup.
(function (runfolio) {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** An element; functions among the attributes are listeners, strings among the children are text. */
  const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const button = (text, onclick, attributes) => el("button", { type: "button", click: onclick, ...attributes }, text);

  /** Says `text` once in the page's one polite live region. */
  function say(text) {
    let region = document.querySelector("div[data-live]");
    if (!region) document.body.append(region = el("div", { "data-live": true, role: "status", "aria-live": "polite", class: "hidden-text" }));
    region.textContent = text;
  }

  /** A <dialog> with a heading and a close button; closing gives the focus back to where it was. */
  function dialog(title, attributes, ...children) {
    const close = button("Close", () => node.close(), { class: "dialog-close" });
    const node = el("dialog", { class: "dialog", "aria-label": title, ...attributes }, el("h2", null, title), ...children, close);
    node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
    document.body.append(node);
    return node;
  }

  /** Hands the reader a file; `content` is text or a Blob. */
  function download(name, content, type) {
    const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    const link = el("a", { href: url, download: name.replace(/[^\w.-]+/g, "-").slice(-120), hidden: true });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  /** A long name cut in the middle. */
  function middle(text, most) {
    const all = Array.from(text);
    return all.length <= most ? text : `${all.slice(0, Math.ceil(most / 2) - 1).join("")}…${all.slice(all.length - Math.floor(most / 2)).join("")}`;
  }

  async function copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      say(done || "Copied.");
    } catch {
      const box = dialog("Copy", {}, el("p", null, "The browser did not allow copying. The text is:"), el("textarea", { readonly: true, rows: Math.min(text.split("\n").length, 12), "aria-label": "Text to copy" }, text));
      box.addEventListener("close", () => box.remove());
      box.showModal();
      box.querySelector("textarea").select();
    }
  }

  /** The address of a view: the full one on a server, only the fragment on disk, where the path is private. */
  const address = (hash) => (location.protocol === "file:" ? hash : location.href.split("#")[0] + hash);

  const storage = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode: the choice lasts for this page */ } },
  };

  runfolio.elements = { el, svg, button, say, dialog, download, copy, address, middle, storage };
})(window.runfolio);
