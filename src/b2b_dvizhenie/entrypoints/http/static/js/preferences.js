// Theme and density change at once; the same form without script reloads the page. The cookie is set by the server.
const MEDIA = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };
const SCHEME = { auto: "light dark", light: "light", dark: "dark" };

function apply(name, value) {
  const root = document.documentElement;
  if (name === "theme") {
    document.getElementById("dark-theme").media = MEDIA[value];
    document.querySelector('meta[name="color-scheme"]').content = SCHEME[value];
    root.dataset.theme = value;
  } else {
    root.dataset.density = value;
  }
  for (const button of document.querySelectorAll(`[data-preferences] button[name="${name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
}

export function start() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-preferences]") || !button || button.name === "language") return;
    event.preventDefault();
    apply(button.name, button.value);
    const body = new FormData(event.target, button);
    fetch(event.target.action, { method: "POST", body: new URLSearchParams(body), redirect: "manual" }).catch(() => {});
  });
}
