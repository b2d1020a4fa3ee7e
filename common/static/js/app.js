// Pages work without this file. It keeps the counts right after a piece of the page was exchanged,
// tells when the connection is gone, knows some keys, and closes the menu as people expect.
(() => {
  "use strict";

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
  document.addEventListener("office:fresh", recount);
  // What is sent is what is shown: a reading that is still on its way would come too late.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("form.quick-add")) window.htmx.trigger("#understood", "htmx:abort");
  });
  document.addEventListener("htmx:sendError", () => {
    tell(document.body.dataset.offline);
  });

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  // Keys: `q` writes something down, `g` and a letter goes somewhere, `?` shows what there is.
  const places = [...document.querySelectorAll("a[data-go]")];
  const dialog = document.getElementById("shortcuts");
  for (const list of document.querySelectorAll("[data-keys]")) {
    list.textContent = places.map((a) => `${a.dataset.go} ${a.textContent.trim()}`).join(", ");
  }
  document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  let going = 0;
  const go = (event) => {
    const place = places.find((a) => a.dataset.go === event.key);
    const isMeant = event.timeStamp < going;
    going = 0;
    if (!isMeant || !place) return false;
    place.click();
    return true;
  };
  const keys = {
    q: () => document.getElementById("quick-text")?.focus(),
    g: (event) => {
      going = event.timeStamp + 1500;
    },
    "?": () => dialog?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
    const isDone = go(event) || (keys[event.key] && (keys[event.key](event), true));
    if (isDone) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const chooser = event.target.closest("details.chooser[open]");
    const menu = chooser || document.querySelector("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
