// Keys of the whole page: “/” to the search, Ctrl+Enter where a page names a next step.
const typing = (element) => element.matches?.("input, textarea, select, [contenteditable]");

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector('[role="search"] input');
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const next = document.querySelector('[data-hotkey="ctrl+enter"]');
      if (next) {
        event.preventDefault();
        next.click();
      }
    }
  });
}
