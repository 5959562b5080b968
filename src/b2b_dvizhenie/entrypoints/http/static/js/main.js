// Behaviour of pages, by event delegation: whatever htmx swaps in works at once. Everything here improves forms and
// links that work without it.
import { start as cart } from "./cart.js";
import { start as forms } from "./forms.js";
import { start as gallery } from "./gallery.js";
import { start as keys } from "./keys.js";
import { start as live } from "./live.js";
import { start as menus } from "./menus.js";
import { start as preferences } from "./preferences.js";
import { start as reason } from "./reason.js";
import { start as search } from "./search.js";
import { start as toasts } from "./toasts.js";

for (const start of [toasts, menus, preferences, cart, reason, search, keys, forms, gallery, live]) start();
