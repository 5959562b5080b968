// Short messages: they come with the page or with a fragment, stay eight seconds, longer under the pointer or focus.
const STAY = 8000;

const box = () => document.getElementById("toasts");

function closer(element) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => element.remove(), STAY);
  };
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", wait);
  element.addEventListener("focusin", () => clearTimeout(timer));
  element.addEventListener("focusout", wait);
  element.addEventListener("submit", () => element.remove());
  wait();
}

/** Show a message; the text is set as text. */
export function toast(text, tone = "info") {
  const element = document.createElement("div");
  element.className = "toast";
  element.dataset.tone = tone;
  const span = document.createElement("span");
  span.textContent = text;
  element.append(span);
  box().append(element);
}

export function start() {
  const toasts = box();
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".toast")) closer(node);
  }).observe(toasts, { childList: true });
  toasts.querySelectorAll(".toast").forEach(closer);

  const busy = new Set();
  const mark = () => document.documentElement.classList.toggle("busy", busy.size > 0);
  document.addEventListener("htmx:before:request", (event) => {
    busy.add(event.detail.ctx);
    mark();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    busy.delete(event.detail.ctx);
    mark();
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement?.closest?.("[data-quiet]")) return;
    toast(toasts.dataset.failed, "bad");
  });
}
