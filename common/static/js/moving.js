// Events and due tasks are dragged to another day or hour, by mouse or by a finger that rested on
// them, stretched at their lower edge, or moved with keys: `m`, arrows, Enter. The server says yes or no; where it says no, all stays as it was.
(() => {
  "use strict";

  const QUARTER = 15;
  const DAY = 24 * 60;
  const word = document.createElement("p");
  word.className = "moving-word";
  word.setAttribute("role", "status");
  document.body.append(word);
  let move = null;
  let lastKey = { key: "", at: 0 };

  const form = () => document.getElementById("move");
  const days = () => [...document.querySelectorAll("[data-moving] > [data-date]")];
  const isWide = () => matchMedia("(min-width: 48.0625rem)").matches;
  const hourHeight = (item) => {
    const hours = item.closest(".has-hours") && isWide() ? item.closest(".day-hours") : null;
    if (!hours) return 0;
    const drawn = getComputedStyle(hours);
    return hours.clientHeight / (drawn.getPropertyValue("--closes") - drawn.getPropertyValue("--opens"));
  };

  // --- What is moved, and to where: days and minutes beside where it was.
  const begin = (item) => ({
    item,
    from: item.closest("[data-date]").dataset.date,
    hasTime: item.dataset.minute !== undefined,
    isPlaced: hourHeight(item) > 0,
    days: 0,
    minutes: 0,
    longer: 0,
  });
  const plus = (date, number) => new Date(Date.parse(`${date}T00:00Z`) + number * DAY * 60_000).toISOString().slice(0, 10);
  const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const target = () => {
    const at = Number(move.item.dataset.minute || 0) + move.minutes;
    const over = Math.floor(at / DAY);
    const length = Number(move.item.dataset.minutes || 0) + move.longer;
    return { day: plus(move.item.dataset.first, move.days + over), minute: at - over * DAY, length };
  };
  const isMoved = () => Boolean(move.days || move.minutes || move.longer);

  const show = () => {
    const { item } = move;
    word.className = "moving-word";
    const height = hourHeight(item);
    const to = days().find((day) => day.dataset.date === plus(move.from, move.days));
    for (const day of days()) day.classList.toggle("is-target", day === to && isMoved());
    item.classList.add("is-moving");
    const here = item.closest("[data-date]").getBoundingClientRect();
    const there = to?.getBoundingClientRect() || here;
    const down = height ? (move.minutes / 60) * height : there.top - here.top;
    item.style.translate = `${there.left - here.left}px ${down}px`;
    if (height && move.longer) item.style.height = `${(Math.max(Number(item.dataset.minutes) + move.longer, QUARTER) / 60) * height}px`;
  };
  const said = () => {
    const to = target();
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
    const time = move.hasTime ? `${clock(to.minute)}${move.item.dataset.minutes ? ` – ${clock((to.minute + to.length) % DAY)}` : ""}` : form().dataset.allDay;
    return `${move.item.dataset.title}: ${day.format(new Date(`${to.day}T00:00Z`))}, ${time}`;
  };
  const putBack = () => {
    if (!move) return;
    for (const day of days()) day.classList.remove("is-target");
    move.item.classList.remove("is-moving");
    move.item.style.translate = "";
    move.item.style.height = "";
    move = null;
  };
  const leave = () => {
    const { item } = move;
    putBack();
    word.className = "moving-word";
    word.textContent = form().dataset.left;
    item.querySelector("a").focus();
  };

  // --- Asking how much of a series is meant, and sending it.
  const scopeOf = (item) =>
    new Promise((resolve) => {
      const dialog = document.getElementById("move-scope");
      if (!item.dataset.at || !dialog) return resolve("this");
      dialog.returnValue = "";
      dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
      dialog.showModal();
    });
  const put = async () => {
    const { item } = move;
    const to = target();
    const scope = await scopeOf(item);
    if (!scope) return leave();
    const values = { scope, day: to.day };
    if (item.dataset.version) values.version = item.dataset.version;
    if (item.dataset.at) values.at = item.dataset.at;
    if (move.minutes) values.begins = clock(to.minute);
    if (move.longer) values.minutes = to.length;
    word.textContent = "";
    await window.htmx.ajax("POST", item.dataset.move, { source: form(), target: "#main", swap: "innerHTML", values });
    const notice = document.getElementById("notices");
    if (item.isConnected) {
      const link = item.querySelector("a");
      putBack();
      link.focus();
    } else {
      move = null;
      const links = [...document.querySelectorAll(`[data-date="${to.day}"] [data-move] a`)];
      const again = links.find((link) => link.closest("[data-move]").dataset.title === item.dataset.title);
      (again || document.getElementById("main")).focus({ preventScroll: true });
    }
    // The notice stands on the page; this says it aloud.
    word.className = "visually-hidden";
    word.textContent = notice.querySelector(".notice")?.textContent || "";
    setTimeout(() => (word.textContent = move ? word.textContent : ""), 6_000);
    document.dispatchEvent(new CustomEvent("office:fresh"));
  };

  // --- By mouse, and by a finger. On a telephone days with nothing on them show up meanwhile.
  let isStretch = false;
  const openDays = (item, isOpen) => {
    const before = item.getBoundingClientRect().top;
    item.closest("[data-moving]")?.classList.toggle("is-open", isOpen);
    window.scrollBy(0, item.getBoundingClientRect().top - before);
  };
  window.officeDrag({
    selector: "[data-move]",
    may: (_event, byFinger) => byFinger || isWide(),
    lift: (item, event) => {
      putBack();
      isStretch = event.target.closest(".item-grip") !== null;
      move = begin(item);
      openDays(item, true);
      show();
      word.textContent = said();
    },
    follow: ({ x, y, down }) => {
      if (!move) return;
      const height = hourHeight(move.item);
      const quarters = height ? Math.round((down / height) * (60 / QUARTER)) : 0;
      if (isStretch) {
        move.longer = Math.max(quarters * QUARTER, QUARTER - Number(move.item.dataset.minutes));
      } else {
        const under = document.elementsFromPoint(x, y).find((node) => node.matches("[data-moving] > [data-date]"));
        if (under) move.days = Math.round((Date.parse(under.dataset.date) - Date.parse(move.from)) / (DAY * 60_000));
        if (move.isPlaced) move.minutes = quarters * QUARTER;
      }
      show();
      word.textContent = said();
    },
    drop: (isMeant) => {
      if (!move) return;
      openDays(move.item, false);
      if (isMeant && isMoved()) put();
      else putBack();
      if (!move) word.textContent = "";
    },
  });

  // --- By keys.
  const week = () => (document.querySelector("[data-moving].is-month") ? 7 : 0);
  const steps = {
    ArrowLeft: () => (move.days -= 1),
    ArrowRight: () => (move.days += 1),
    ArrowUp: (event) => vertical(event, -1),
    ArrowDown: (event) => vertical(event, 1),
  };
  const vertical = (event, by) => {
    if (week()) move.days += by * week();
    else if (!move.hasTime) return;
    else if (event.shiftKey && move.item.dataset.minutes) move.longer = Math.max(move.longer + by * QUARTER, QUARTER - Number(move.item.dataset.minutes));
    else move.minutes += by * QUARTER;
  };
  document.addEventListener(
    "keydown",
    (event) => {
      const item = event.target.closest?.("[data-move]");
      const isBehindG = lastKey.key === "g" && event.timeStamp - lastKey.at < 1_500;
      lastKey = { key: event.key, at: event.timeStamp };
      if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!move && event.key === "m" && !isBehindG) {
        move = begin(item);
        show();
        word.textContent = `${said()}. ${form().dataset.moves}`;
      } else if (move?.item !== item) return;
      else if (steps[event.key]) {
        steps[event.key](event);
        show();
        word.textContent = said();
      } else if (event.key === "Enter") {
        if (isMoved()) put();
        else leave();
      } else if (event.key === "Escape") leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
})();
