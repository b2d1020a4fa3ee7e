// Files that are dragged onto the form are sent, and so are those that were chosen in it. The form
// works without this: choose, then press its button.
(() => {
  "use strict";

  for (const form of document.querySelectorAll("form.drop")) {
    const field = form.querySelector("input[type=file]");
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    let depth = 0;
    const show = (by) => {
      depth = by ? Math.max(0, depth + by) : 0;
      form.classList.toggle("is-over", depth > 0);
    };
    form.addEventListener("dragenter", (event) => hasFiles(event) && show(1));
    form.addEventListener("dragleave", (event) => hasFiles(event) && show(-1));
    form.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    form.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      show(0);
      field.files = event.dataTransfer.files;
      if (field.files.length) form.requestSubmit();
    });
    form.addEventListener("submit", () => form.setAttribute("aria-busy", "true"));
  }
})();
