// Before the first paint: the theme that was chosen last, and the language of the page.
const kept = localStorage.getItem("waybill.theme");
if (kept === "light" || kept === "dark") document.documentElement.dataset["theme"] = kept;
const chosen = localStorage.getItem("waybill.language") ?? (navigator.language.toLowerCase().startsWith("de") ? "de" : "en");
document.documentElement.lang = chosen;
export {};
