// “Why this price”: the link behind a percent opens its explanation beside it instead of a page of its own.
const panel = () => document.getElementById("reason");
let opener;

function place(anchor, element) {
  if (matchMedia("(max-width: 640px)").matches) {
    element.style.left = element.style.top = "";
    return;
  }
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const left = Math.min(Math.max(12, box.right - width), innerWidth - width - 12);
  const below = box.bottom + 8;
  const top = below + height > innerHeight - 12 ? Math.max(12, box.top - height - 8) : below;
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
}

async function open(link) {
  const element = panel();
  opener?.setAttribute("aria-expanded", "false");
  opener = link;
  await window.htmx.ajax("GET", link.href, { source: link, target: "#reason", swap: "innerHTML" });
  if (opener !== link) return;
  if (!element.matches(":popover-open")) element.showPopover();
  link.setAttribute("aria-expanded", "true");
  place(link, element);
  element.querySelector("button")?.focus();
}

export function start() {
  const element = panel();
  if (!element?.showPopover) return; // the link stays a link
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reason]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link === opener && element.matches(":popover-open")) element.hidePopover();
    else open(link);
  });
  element.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    opener?.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body) opener?.focus();
    opener = undefined;
  });
}
