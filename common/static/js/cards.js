// A card of the board is dragged to another column; the buttons on it do the same without this file.
(() => {
  "use strict";

  let card = null;
  let column = null;

  const under = (x, y) => document.elementsFromPoint(x, y).find((node) => node.matches("[data-column]"));
  const mark = (found) => {
    column?.classList.remove("is-target");
    column = found && found !== card.closest("[data-column]") ? found : null;
    column?.classList.add("is-target");
  };
  const put = async () => {
    const form = card.querySelector("form.steps");
    const { key } = card.dataset;
    const values = { status: column.dataset.column };
    await window.htmx.ajax("POST", form.action, { source: form, target: "#main", swap: "innerHTML", select: "#main > *", values });
    document.querySelector(`[data-key="${key}"] a`)?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("office:fresh"));
  };

  window.officeDrag({
    selector: "[data-card]",
    may: (event) => !event.target.closest("button"),
    lift: (item) => {
      card = item;
      card.classList.add("is-moving");
    },
    follow: ({ x, y, right, down }) => {
      card.style.translate = `${right}px ${down}px`;
      mark(under(x, y));
    },
    drop: (isMeant) => {
      card.classList.remove("is-moving");
      card.style.translate = "";
      if (isMeant && column) put();
      column?.classList.remove("is-target");
      column = null;
    },
  });
})();
