// Offers names while somebody types an @ in a comment: arrows choose, Enter or Tab takes, Escape
// closes. The page works without it: a name that is typed out is the same.
(() => {
  "use strict";

  const BEGUN = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}_][^\n@]{0,60}(?:@[\w.-]*)?)$/u;
  const parts = (field) => {
    const box = field.closest(".naming");
    return { list: box.querySelector(".names"), ask: box.querySelector("input[name=start]") };
  };
  const begun = (field) => (field.selectionStart === field.selectionEnd ? BEGUN.exec(field.value.slice(0, field.selectionStart)) : null);
  const options = (list) => [...list.querySelectorAll("[role=option]")];

  const close = (field) => {
    const { list } = parts(field);
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
  };

  const choose = (field, list, next) => {
    options(list).forEach((option, number) => {
      option.id = `${list.id}-${number}`;
      option.setAttribute("aria-selected", String(option === next));
    });
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };

  const take = (field, option) => {
    const found = begun(field);
    if (found) field.setRangeText(`${option.dataset.name} `, field.selectionStart - found[1].length, field.selectionStart, "end");
    close(field);
    field.focus();
  };

  let wait = 0;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches(".naming textarea")) return;
    field.setAttribute("aria-autocomplete", "list");
    clearTimeout(wait);
    const found = begun(field);
    if (!found || found[1].split(/\s+/).length > 4) return close(field);
    wait = setTimeout(() => {
      const { ask } = parts(field);
      ask.value = found[1];
      window.htmx?.trigger(ask, "named");
    }, 120);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.target;
    if (!list.matches?.(".names")) return;
    const field = list.closest(".naming").querySelector("textarea");
    const found = options(list);
    if (!found.length || !begun(field) || document.activeElement !== field) return close(field);
    list.hidden = false;
    choose(field, list, found[0]);
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.(".naming textarea") || event.isComposing) return;
    const { list } = parts(field);
    if (list.hidden) return;
    const found = options(list);
    const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) choose(field, list, found[(at + moves[event.key] + found.length) % found.length]);
    else if (event.key === "Enter" || event.key === "Tab") take(field, found[at]);
    else if (event.key === "Escape") close(field);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // Before the field loses its caret.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".names [role=option]");
    if (!option) return;
    event.preventDefault();
    take(option.closest(".naming").querySelector("textarea"), option);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.(".naming textarea")) close(event.target);
  });
})();
