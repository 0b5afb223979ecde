// The customer's page is complete without this. With it, the page is read again when something changed, and it stops
// when there is nothing more to come.
const LIVE = 20_000;
const main = document.querySelector<HTMLElement>("main[data-version]");

async function refresh(): Promise<void> {
  if (!main || document.hidden || document.querySelector("details[open], :focus-visible")) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!response.ok) return;
    const next = new DOMParser().parseFromString(await response.text(), "text/html").querySelector<HTMLElement>("main[data-version]");
    if (!next || next.dataset["version"] === main.dataset["version"]) return;
    main.replaceChildren(...next.childNodes);
    main.dataset["version"] = next.dataset["version"] ?? "";
    document.title = document.querySelector("h1")?.textContent ?? document.title;
  } catch {
    // Offline: what is shown says when it was true.
  }
}

if (main && main.dataset["final"] === undefined) setInterval(() => void refresh(), LIVE);
export {};
