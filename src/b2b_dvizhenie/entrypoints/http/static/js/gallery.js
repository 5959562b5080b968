// Thumbnails change the large picture; without script they open it.
export function start() {
  document.addEventListener("click", (event) => {
    const thumb = event.target.closest("[data-picture]");
    if (!thumb || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const gallery = thumb.closest("[data-gallery]");
    const main = gallery.querySelector(".gallery-main");
    main.href = thumb.href;
    main.querySelector("img").src = thumb.href;
    main.querySelector("img").alt = thumb.querySelector("img").alt;
    gallery.querySelector("[aria-current]")?.removeAttribute("aria-current");
    thumb.setAttribute("aria-current", "true");
  });
}
