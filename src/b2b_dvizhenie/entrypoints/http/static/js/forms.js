// Forms: no double submit, bulk bars that appear with the first mark, ticks that save themselves.
function bulk(form) {
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const marked = boxes.filter((box) => box.checked).length;
  form.classList.toggle("has-marked", marked > 0);
  const all = form.querySelector("[data-bulk-all]");
  if (all) {
    all.checked = marked === boxes.length && marked > 0;
    all.indeterminate = marked > 0 && marked < boxes.length;
  }
}

function autosave(box) {
  const values = box.type === "checkbox" ? { [box.name]: box.checked ? box.value : "", name: box.name } : { [box.name]: box.value };
  window.htmx.ajax("POST", box.form.action, { source: box, target: box, swap: "none", values, exact: true });
}

export function start() {
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.closest("[data-bulk]");
    if (form) {
      if (box.matches("[data-bulk-all]")) {
        for (const other of form.querySelectorAll("tbody input[type=checkbox]")) other.checked = box.checked;
      }
      bulk(form);
    }
    if (box.matches("[data-autosave]")) autosave(box);
  });
  for (const form of document.querySelectorAll("[data-bulk]")) bulk(form);

  // What could not be saved goes back to what the server still has.
  const undo = (event) => {
    const box = event.detail.ctx?.sourceElement;
    if (!box?.matches?.("[data-autosave]")) return;
    if (box.type === "checkbox") box.checked = !box.checked;
    else box.value = [...box.options].find((option) => option.defaultSelected)?.value ?? "";
  };
  document.addEventListener("htmx:error", undo);
  document.addEventListener("htmx:response:error", undo);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // Coming back by the Back button shows the page as it was: the form may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once][data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
}
