// What is dragged: by mouse as soon as it moves, by a finger after it has rested a moment. A finger
// that moves at once scrolls, as it does everywhere else.
(() => {
  "use strict";

  const HOLD = 400;
  const NEAR = 6;
  const EDGE = 96;
  let isDragging = false;
  let wasDragged = false;

  window.officeDrag = ({ selector, may, lift, follow, drop }) => {
    document.addEventListener("pointerdown", (event) => {
      const item = event.target.closest(selector);
      const byFinger = event.pointerType === "touch";
      if (!item || event.button !== 0 || !event.isPrimary || !may(event, byFinger)) return;
      const start = { x: event.pageX, y: event.pageY };
      let last = event;
      let isUp = false;
      let turn = 0;
      const tell = () => {
        const [x, y] = [last.clientX, last.clientY];
        follow({ x, y, right: x + window.scrollX - start.x, down: y + window.scrollY - start.y });
      };
      // At the upper and lower edge the page goes along.
      const roll = () => {
        const by = (last.clientY < EDGE ? -8 : 0) + (last.clientY > window.innerHeight - EDGE ? 8 : 0);
        if (by) {
          window.scrollBy(0, by);
          tell();
        }
        turn = requestAnimationFrame(roll);
      };
      const rise = () => {
        isUp = isDragging = wasDragged = true;
        lift(item, event);
        if (!byFinger) return;
        navigator.vibrate?.(15);
        turn = requestAnimationFrame(roll);
      };
      const timer = byFinger ? setTimeout(rise, HOLD) : 0;
      const move = (now) => {
        if (now.pointerId !== event.pointerId) return;
        last = now;
        const isFar = Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) >= NEAR;
        if (!isUp && byFinger && isFar) end(now);
        else if (!isUp && !byFinger && isFar) rise();
        if (isUp) tell();
      };
      const end = (done) => {
        if (done.pointerId !== event.pointerId) return;
        clearTimeout(timer);
        cancelAnimationFrame(turn);
        for (const name of ["pointermove", "pointerup", "pointercancel"]) document.removeEventListener(name, name === "pointermove" ? move : end);
        if (!isUp) return;
        isUp = isDragging = false;
        // The click that comes with letting go opens nothing.
        setTimeout(() => (wasDragged = false), 50);
        drop(done.type === "pointerup");
      };
      document.addEventListener("pointermove", move);
      document.addEventListener("pointerup", end);
      document.addEventListener("pointercancel", end);
    });
    document.addEventListener("dragstart", (event) => event.target.closest(selector) && event.preventDefault());
    document.addEventListener("contextmenu", (event) => isDragging && event.preventDefault());
    document.addEventListener(
      "click",
      (event) => {
        if (!wasDragged || !event.target.closest(selector)) return;
        event.preventDefault();
        event.stopPropagation();
      },
      true,
    );
  };

  // The browser asks where a finger begins whether it may scroll, so this has to stand there before.
  const hold = (event) => isDragging && event.cancelable && event.preventDefault();
  const guard = () => {
    for (const place of document.querySelectorAll("[data-moving]")) place.addEventListener("touchmove", hold, { passive: false });
  };
  guard();
  document.addEventListener("htmx:afterSettle", guard);
  document.addEventListener("office:fresh", guard);
})();
