// Names for what the theme and Django's search boxes leave without one, for those who listen.
(() => {
  const name = () => {
    for (const box of document.querySelectorAll(".select2-container")) {
      const select = box.previousElementSibling;
      const label = select?.labels?.[0]?.textContent.trim() || select?.name?.split("-").pop() || "Choose";
      for (const part of box.querySelectorAll("[role]")) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label);
      }
    }
    document.querySelectorAll(".simplebar-content-wrapper").forEach((part, number) => {
      part.setAttribute("aria-label", `Scrollable table ${number + 1}`);
    });
    for (const head of document.querySelectorAll("thead th")) {
      if (!head.textContent.trim()) {
        const word = document.createElement("span");
        word.className = "sr-only";
        word.textContent = "Remove";
        head.append(word);
      }
    }
  };
  // Search boxes come when they please, also with new rows of a form.
  window.addEventListener("load", () => {
    name();
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  });
})();
