// Keeps a page that stands open fresh. A word from the live part, or the clock where there is none,
// has the page fetched again; what changed is exchanged where it stands. Nothing else moves: what is
// new, has moved or is gone is counted, and shown when the reader asks for it.
(() => {
  "use strict";

  const main = document.getElementById("main");
  const news = document.getElementById("news");
  if (!main?.dataset.live || !news) return;
  const apps = new Set(main.dataset.live.split(" "));
  const POLL = 30_000;
  const SELDOM = 5 * 60_000;
  const BREATH = 700;
  let line = null;
  let isHeard = false;
  let isOver = false;
  let last = Date.now();
  let timer = 0;
  let again = 0;
  let fresh = null;

  const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;
  const plain = (node) => node.outerHTML.replace(TOKEN, "").replace(/\s+/g, " ");
  const byKey = (root, name) => new Map([...root.querySelectorAll(`[data-${name}]`)].map((node) => [node.dataset[name], node]));

  // One read of the page at a time, and only while somebody can see it.
  const refresh = async () => {
    timer = 0;
    if (isOver || document.hidden) return;
    last = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Refresh": "1" } });
      if (answer.redirected || answer.status === 401 || answer.status === 403) return stop();
      if (answer.ok) merge(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // There is no connection; the clock tries again.
    }
  };
  const soon = (wait = BREATH + Math.random() * BREATH) => {
    timer ||= setTimeout(refresh, wait);
  };

  const swap = (old, next) => {
    const node = document.importNode(next, true);
    old.replaceWith(node);
    window.htmx?.process(node);
  };
  const isHeld = (node) => node.contains(document.activeElement) || node.matches(".is-moving") || node.querySelector("details[open]");

  const merge = (page) => {
    for (const [name, next] of byKey(page, "part")) {
      const old = main.querySelector(`[data-part="${CSS.escape(name)}"]`);
      if (old && !isHeld(old) && plain(old) !== plain(next)) swap(old, next);
    }
    const before = byKey(main, "key");
    const after = byKey(page, "key");
    const count = { new: 0, moved: 0, gone: 0 };
    for (const [key, next] of after) {
      const old = before.get(key);
      if (!old) count.new += 1;
      else if (old.dataset.place !== next.dataset.place) count.moved += 1;
      if (old && !isHeld(old) && plain(old) !== plain(next)) swap(old, next);
    }
    for (const [key, old] of before) {
      const isGone = !after.has(key) && !old.classList.contains("is-done");
      old.classList.toggle("is-gone", isGone);
      if (isGone) count.gone += 1;
    }
    document.dispatchEvent(new CustomEvent("office:fresh"));
    fresh = page;
    tell(count);
  };

  const tell = (count) => {
    const words = Object.entries(count).filter(([, n]) => n).map(([kind, n]) => `${n} ${news.dataset[kind]}`);
    const sentence = words.length ? `${words.join(", ")} – ${news.dataset.show}` : "";
    if (news.textContent === sentence) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sentence;
    button.addEventListener("click", show);
    news.replaceChildren(...(sentence ? [button] : []));
  };

  // What was typed and not sent is carried over.
  const show = () => {
    const typed = [...main.querySelectorAll("input[id], textarea[id]")].filter((field) => field.value !== field.defaultValue);
    const notices = document.getElementById("notices");
    main.replaceChildren(...[...fresh.getElementById("main").childNodes].map((node) => document.importNode(node, true)));
    document.getElementById("notices")?.replaceWith(notices);
    for (const field of typed) {
      const next = document.getElementById(field.id);
      if (next && next.type !== "checkbox" && next.type !== "radio") next.value = field.value;
    }
    window.htmx?.process(main);
    news.replaceChildren();
    main.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("office:fresh"));
  };

  const stop = () => {
    isOver = true;
    hangUp();
  };
  const hangUp = () => {
    line?.close();
    line = null;
    isHeard = false;
    clearTimeout(again);
  };
  const call = () => {
    hangUp();
    if (isOver || !main.dataset.liveUrl || !window.EventSource) return;
    line = new EventSource(main.dataset.liveUrl, { withCredentials: true });
    line.addEventListener("open", () => {
      isHeard = true;
      document.documentElement.dataset.live = "on";
      if (Date.now() - last > 5_000) soon();
    });
    line.addEventListener("changed", (event) => {
      if (event.data.split(" ").some((app) => apps.has(app))) soon();
    });
    line.addEventListener("error", () => {
      isHeard = false;
      document.documentElement.dataset.live = "off";
      if (line?.readyState === EventSource.CLOSED) again = setTimeout(call, POLL * (1 + Math.random()));
    });
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return hangUp();
    call();
    if (Date.now() - last > 5_000) soon(0);
  });
  window.addEventListener("pagehide", hangUp);
  window.addEventListener("pageshow", (event) => event.persisted && call());
  setInterval(() => Date.now() - last >= (isHeard ? SELDOM : POLL) && soon(), Math.min(POLL, 5_000));
  if (!document.hidden) call();
})();
