// Menus are <details>: one open at a time, closed by a click elsewhere and by Escape. Dialogs open by data-open,
// passwords show by data-reveal, texts are copied by data-copy.
import { toast } from "./toasts.js";

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.setAttribute("aria-pressed", String(hidden));
  field.focus();
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  toast(button.dataset.copied, "ok");
}

export function start() {
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    const opener = event.target.closest("[data-open]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.open)?.showModal();
    }
    if (event.target.closest("[data-close]")?.closest("dialog")) event.target.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
    const eye = event.target.closest("[data-reveal]");
    if (eye) reveal(eye);
    const copied = event.target.closest("[data-copy]");
    if (copied) copy(copied);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary")?.focus();
  });
}
