// Live lists (hx-sse): the state of the connection is said in words, new rows wait while the pointer is on the list.
function onState(list, state) {
  const sign = document.querySelector(`[data-live-for="${list.id}"]`);
  if (!sign) return;
  sign.classList.toggle("off", state !== "open");
  sign.textContent = sign.dataset[state];
}

function calm(list) {
  const held = [];
  const release = () => {
    for (const fragment of held.splice(0)) list.prepend(fragment);
  };
  new MutationObserver((changes) => {
    if (!list.matches(":hover, :focus-within")) return;
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE && !node.dataset.held) {
          node.dataset.held = "1";
          node.remove();
          held.push(node);
        }
      }
    }
  }).observe(list, { childList: true });
  list.addEventListener("pointerleave", release);
  list.addEventListener("focusout", release);
}

export function start() {
  for (const list of document.querySelectorAll("[data-live]")) {
    calm(list);
    list.addEventListener("htmx:sse:after:connection", () => onState(list, "open"));
    list.addEventListener("htmx:sse:close", () => onState(list, "closed"));
    list.addEventListener("htmx:sse:error", () => onState(list, "closed"));
  }
}
