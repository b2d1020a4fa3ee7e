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
  // Copying needs a browser that lets us; without one the text is selected for Ctrl-C.
  const copying = () => {
    for (const button of document.querySelectorAll("[data-copy]")) {
      const box = document.getElementById(button.dataset.copy);
      button.hidden = false;
      button.addEventListener("click", async () => {
        box.select();
        try {
          await navigator.clipboard.writeText(box.value);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Press Ctrl-C";
        }
      });
    }
  };
  // Search boxes come when they please, also with new rows of a form.
  window.addEventListener("load", () => {
    name();
    copying();
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  });
})();
