// Search suggestions: an ARIA combobox over the list the server sends. Enter without a choice searches as typed.
const box = () => document.getElementById("search");
const list = () => document.getElementById("suggestions");
const options = () => [...list().querySelectorAll('[role="option"]')];

function show(open) {
  list().hidden = !open;
  box().setAttribute("aria-expanded", String(open));
  if (!open) box().removeAttribute("aria-activedescendant");
}

function mark(index) {
  options().forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
  const chosen = options()[index];
  if (chosen) {
    box().setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }
}

function onKey(event) {
  if (list().hidden) return;
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + all.length) % all.length);
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    all[at].click();
  } else if (event.key === "Escape") {
    event.preventDefault();
    show(false);
  }
}

export function start() {
  if (!box() || !list()) return;
  box().addEventListener("keydown", onKey);
  box().addEventListener("focus", () => show(options().length > 0));
  list().addEventListener("htmx:after:swap", () => show(options().length > 0));
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.sourceElement === box()) show(options().length > 0 && document.activeElement === box());
  });
  document.addEventListener("click", (event) => event.target.closest(".search") || show(false));
  document.addEventListener("focusin", (event) => event.target.closest(".search") || show(false));
}
