"use strict";

// Pages work without this file. It keeps the counts right after a piece of the page was exchanged,
// tells when the connection is gone, and closes the menu as people expect.
(() => {
  const recount = () => {
    for (const section of document.querySelectorAll("[data-group]")) {
      const count = section.querySelector("[data-count]");
      const open = section.querySelectorAll(".row:not(.is-done)").length;
      if (count) count.textContent = String(open + Number(section.dataset.more || 0));
    }
  };

  const tell = (sentence) => {
    const notice = document.createElement("p");
    notice.className = "notice is-error";
    notice.textContent = sentence;
    document.getElementById("notices").replaceChildren(notice);
  };

  document.addEventListener("htmx:afterSettle", recount);
  document.addEventListener("htmx:sendError", () => {
    tell("There is no connection. Nothing was lost; please try again.");
  });

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    closeMenus(null);
    menu.querySelector("summary").focus();
  });
})();
