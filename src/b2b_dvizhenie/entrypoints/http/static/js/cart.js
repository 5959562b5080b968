// Quantities in lists: − and +, arrows, typing; rounded up to the pack, shown at once, saved without a button.
// A form marked data-cart posts only the fields that changed; several quick changes of one field make one request.
import { parse, plain, roundUp, shown, times } from "./exact.js";

const DELAY = 250;
const pending = new Map(); // form -> {fields: Map(name -> value), timer}
const sending = new Map(); // form -> whether all is well so far

const input = (stepper) => stepper.querySelector(".qty");
const value = (field) => parse(field.value || "0") ?? 0n;

function set(field, wanted, { save = true } = {}) {
  const stepper = field.closest(".stepper");
  const multiple = parse(stepper.dataset.multiple) ?? parse("1");
  const minimum = parse(stepper.dataset.minimum) ?? 0n;
  const rounded = roundUp(wanted, multiple, minimum);
  field.value = rounded ? shown(rounded) : "";
  stepper.classList.toggle("filled", rounded > 0n);
  preview(stepper, field, rounded);
  if (save) schedule(field, rounded);
}

// The figure on the screen follows the finger; currency signs and spaces are taken from what the server printed.
function preview(stepper, field, quantity) {
  const output = document.getElementById(`sum-${field.name.slice(2)}`);
  const price = stepper.dataset.price && parse(stepper.dataset.price);
  if (!output || !price) return;
  output.textContent = quantity ? `${shown(times(price, quantity), 2)}\u00a0${currency()}` : "—";
  output.setAttribute("aria-busy", "true");
}

function currency() {
  const printed = document.querySelector(".price .now, #cart-total")?.textContent ?? "";
  return printed.replace(/[\d\s.,\u00a0\u202f\u2212↑↓]|[\p{L}]+:/gu, "") || "₽";
}

function schedule(field, quantity) {
  const form = field.form;
  if (!form?.matches("[data-cart]")) return;
  const entry = pending.get(form) ?? { fields: new Map() };
  entry.fields.set(field.name, plain(quantity));
  clearTimeout(entry.timer);
  entry.timer = setTimeout(() => flush(form), DELAY);
  pending.set(form, entry);
  field.closest(".stepper").dataset.state = "saving";
}

// One request per form at a time: what changes meanwhile goes with the next one, so no change is lost or overtaken.
async function flush(form) {
  const entry = pending.get(form);
  if (!entry || sending.has(form)) return;
  clearTimeout(entry.timer);
  pending.delete(form);
  sending.set(form, true);
  const values = Object.fromEntries(entry.fields);
  const whole = form.dataset.cart === "cart";
  await post(form, form.action, values, whole ? { target: "#cart", swap: "outerMorph" } : {});
  const state = sending.get(form) ? "saved" : "failed";
  sending.delete(form);
  settle(form, entry.fields.keys(), state);
  if (pending.has(form)) flush(form);
}

// Only the given values and the hidden fields of the form travel, not every quantity on the page.
function post(source, url, values, options = {}) {
  const form = source.form ?? source;
  const exact = { ...values };
  for (const hidden of form.querySelectorAll("input[type=hidden]")) exact[hidden.name] = hidden.value;
  return window.htmx.ajax("POST", url, { target: source, swap: "none", ...options, source, values: exact, exact: true });
}

function onRequest(event) {
  const { ctx } = event.detail;
  if (!ctx.exact) return;
  for (const name of [...ctx.request.body.keys()]) if (!(name in ctx.values)) ctx.request.body.delete(name);
}

function onFailure(event) {
  const source = event.detail.ctx?.sourceElement;
  if (sending.has(source)) sending.set(source, false);
  if (source?.matches?.("[data-favourite]")) {
    source.setAttribute("aria-pressed", String(source.getAttribute("aria-pressed") !== "true"));
  }
  source?.closest?.("tr")?.classList.remove("leaving");
}

function settle(form, names, state) {
  for (const name of names) {
    const stepper = form.querySelector(`[name="${CSS.escape(name)}"]`)?.closest(".stepper");
    if (stepper && !pending.get(form)?.fields.has(name)) stepper.dataset.state = state;
  }
}

function onClick(event) {
  const step = event.target.closest(".step");
  if (step) {
    const stepper = step.closest(".stepper");
    const field = input(stepper);
    const by = (parse(stepper.dataset.multiple) ?? parse("1")) * BigInt(step.dataset.step);
    set(field, value(field) + by);
  }
}

function onChange(event) {
  if (event.target.matches(".qty")) set(event.target, value(event.target));
}

function onKey(event) {
  const field = event.target;
  if (!field.matches?.(".qty")) return;
  const multiple = parse(field.closest(".stepper").dataset.multiple) ?? parse("1");
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    event.preventDefault();
    set(field, value(field) + (event.key === "ArrowUp" ? multiple : -multiple));
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    set(field, value(field));
    const fields = [...document.querySelectorAll(".qty")].filter((other) => other.offsetParent);
    const next = fields[fields.indexOf(field) + (event.shiftKey ? -1 : 1)];
    next?.focus();
    next?.select();
  }
}

// The server's quantity wins, unless the person is already typing the next one.
function onSwap() {
  for (const output of document.querySelectorAll("output[data-saved]")) {
    const name = `q.${output.id.slice(4)}`;
    for (const field of document.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field === document.activeElement || pending.get(field.form)?.fields.has(name)) continue;
      field.value = output.dataset.saved;
      field.closest(".stepper").classList.toggle("filled", output.dataset.saved !== "");
    }
    delete output.dataset.saved;
  }
}

// A star or a removed line: the same button without script submits the form to its own address.
function onSubmit(event) {
  const button = event.submitter;
  const form = event.target;
  if (!form.matches("[data-cart]")) return;
  if (button?.hasAttribute("data-favourite")) {
    event.preventDefault();
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    post(button, button.formAction, { [button.name]: button.value, on: on ? "1" : "0" });
  } else if (button?.hasAttribute("data-remove")) {
    event.preventDefault();
    button.closest("tr").classList.add("leaving");
    post(button, button.formAction, { [button.name]: button.value }, { target: "#cart", swap: "outerMorph" });
  } else if (!button?.hasAttribute("formaction")) {
    event.preventDefault();
    flush(form);
  }
}

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:after:swap", onSwap);
  document.addEventListener("htmx:config:request", onRequest);
  document.addEventListener("htmx:error", onFailure);
  document.addEventListener("htmx:response:error", onFailure);
  document.addEventListener("focusin", (event) => event.target.matches(".qty") && event.target.select());
  window.addEventListener("pagehide", () => [...pending.keys()].forEach(flush));
}
