// Ctrl-K or Cmd-K, or `/`: go to a page or to what is found, without the mouse. The page at /search
// does the same without this file.
(() => {
  "use strict";

  const palette = document.getElementById("palette");
  const field = document.getElementById("palette-text");
  if (!palette || !field) return;
  const actions = palette.querySelector("[data-actions]");
  const found = document.getElementById("palette-found");
  for (const place of document.querySelectorAll("a.place")) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = place.href;
    link.append(...[...place.childNodes].map((node) => node.cloneNode(true)));
    line.append(link);
    actions.append(line);
  }

  const sift = () => {
    const text = field.value.trim().toLowerCase();
    for (const line of actions.children) {
      line.hidden = !line.textContent.toLowerCase().includes(text);
    }
    if (!text) found.replaceChildren();
  };
  const open = () => {
    if (palette.open) return;
    field.value = "";
    sift();
    palette.showModal();
    field.focus();
  };
  const step = (by) => {
    const stops = [field, ...palette.querySelectorAll("li:not([hidden]) > a")];
    const at = Math.max(stops.indexOf(document.activeElement), 0);
    stops[(at + by + stops.length) % stops.length].focus();
  };

  field.addEventListener("input", sift);
  palette.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  palette.querySelector("form").addEventListener("submit", (event) => {
    const first = palette.querySelector("[data-actions] li:not([hidden]) > a");
    if (!first || !field.value.trim()) return;
    event.preventDefault();
    first.click();
  });
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input, textarea, select, [contenteditable], dialog");
    const isAsked = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && !isTyped && !event.ctrlKey && !event.metaKey;
    if (!isAsked && !isSlash) return;
    event.preventDefault();
    open();
  });
})();
