// Live lists (hx-sse): the state of the connection is said in words; while the pointer or the focus is on the list
// nothing jumps, new rows wait and their number is shown.
function sign(list) {
  return document.querySelector(`[data-live-for="${list.id}"]`);
}

function say(list, state, waiting = 0) {
  const words = sign(list);
  if (!words) return;
  words.classList.toggle("off", state !== "open");
  words.textContent = waiting ? `${words.dataset.open} · +${waiting}` : words.dataset[state];
}

function calm(list) {
  const held = [];
  const release = () => {
    if (list.matches(":hover, :focus-within")) return;
    for (const row of held.splice(0)) list.prepend(row);
    say(list, "open");
  };
  new MutationObserver((changes) => {
    if (!list.matches(":hover, :focus-within")) return;
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE || node.dataset.held) continue;
        node.dataset.held = "1";
        node.remove();
        held.push(node);
      }
    }
    if (held.length) say(list, "open", held.length);
  }).observe(list, { childList: true });
  list.addEventListener("pointerleave", release);
  list.addEventListener("focusout", () => setTimeout(release));
}

export function start() {
  for (const list of document.querySelectorAll("[data-live]")) {
    calm(list);
    list.addEventListener("htmx:sse:after:connection", () => say(list, "open"));
    list.addEventListener("htmx:sse:error", () => say(list, "closed"));
    list.addEventListener("htmx:sse:close", () => say(list, "closed"));
    list.addEventListener("htmx:error", () => say(list, "closed"));
  }
}
