// Copies commands, and keeps the live log up to date. Every page works without this file.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = button.querySelector("[aria-live]");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = "Copied";
    } catch {
      label.textContent = "Not copied";
    }
    setTimeout(() => { label.textContent = "Copy"; }, 2000);
  });
}

const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const pause = document.getElementById("pause");
  const status = document.getElementById("live-status");
  const isPaused = () => pause.getAttribute("aria-pressed") === "true";
  let shown = null;
  let newest = null;
  let isBusy = false;

  const update = async () => {
    if (isBusy || isPaused() || newest === shown) return;
    isBusy = true;
    const wanted = newest;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (response.ok && fresh && !isPaused()) {
        const focused = live.contains(document.activeElement) && document.activeElement.getAttribute("href");
        live.replaceChildren(...fresh.childNodes);
        if (focused) live.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
        status.textContent = `Updated ${new Date().toLocaleTimeString()}`;
        shown = wanted;
      }
    } catch {
      status.textContent = "The index does not respond";
    }
    isBusy = false;
    if (newest !== wanted) setTimeout(update, 250);
  };

  let source = null;
  const connect = () => {
    if (source) return;
    source = new EventSource(live.dataset.live);
    source.onopen = () => { status.textContent = "Live"; };
    source.onmessage = (event) => {
      newest = event.data;
      if (shown === null) shown = newest;
      setTimeout(update, 100);
    };
    source.onerror = () => { status.textContent = "Not connected; trying again"; };
  };
  const disconnect = () => { source?.close(); source = null; };

  pause.hidden = false;
  pause.addEventListener("click", () => {
    pause.setAttribute("aria-pressed", String(!isPaused()));
    status.textContent = isPaused() ? "Paused" : "Live";
    update();
  });
  // A browser opens few connections to a host: a tab in the background gives up its own.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  connect();
}
