import { useState } from "react";
import { Icon } from "../../components/icon";
import { useLive } from "../../live/use-live";
import { removeView, savedViews, saveView, BUILT_IN_VIEWS } from "../../model/views";
import type { Row } from "../../model/row";
import { navigate, useRoute } from "../../route";
import { number } from "../../text/format";
import { t } from "../../text/text";
import { saveFile, toCSV } from "./csv";
import type { List } from "./use-list";

/** What is shown, how many they are, and what can be done with the whole of it. */
export function ViewBar({ name, list, rows, filtered }: { name: string; list: List; rows: Row[]; filtered: boolean }) {
  const route = useRoute();
  const view = useLive();
  const [naming, setNaming] = useState(false);
  const id = route.query.get("view");
  const known = [...BUILT_IN_VIEWS, ...savedViews()].find((one) => one.id === id);
  const query = new URLSearchParams(route.query);
  query.delete("view");
  const edited = known ? query.toString() !== new URLSearchParams(known.query).toString() : filtered;
  return (
    <div className="viewbar">
      <div className="vt">
        <h2 className="page-title">{name}</h2>
        {known && <span className="tag line">{t("views.saved")}</span>}
        {list.count !== null && <span className="dim num hide-s" data-count={list.count}>{t("list.of", { n: number(list.count), all: number(view.total) })}</span>}
      </div>
      <div className="end">
        {known && !known.text && <button type="button" className="btn quiet" onClick={() => (removeView(known.id), navigate("/deliveries"))}>{t("views.remove")}</button>}
        {edited && !naming && <button type="button" className="btn" onClick={() => setNaming(true)}>{t("views.save")}</button>}
        {naming && <NameView query={query.toString()} onDone={() => setNaming(false)} />}
        <button type="button" className="btn" disabled={rows.length === 0} onClick={() => saveFile("deliveries.csv", toCSV(rows))}><Icon name="dl" />{t("list.export")}</button>
      </div>
    </div>
  );
}

function NameView({ query, onDone }: { query: string; onDone: () => void }) {
  const [name, setName] = useState("");
  const save = (): void => {
    if (name.trim() === "") return;
    const id = `v-${name.trim().toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
    saveView({ id, name: name.trim(), query });
    onDone();
    navigate(`/deliveries?${query}&view=${encodeURIComponent(id)}`);
  };
  return (
    <form className="nameview" onSubmit={(event) => (event.preventDefault(), save())}>
      <input className="input" autoFocus value={name} maxLength={40} onChange={(event) => setName(event.target.value)} aria-label={t("views.name")} placeholder={t("views.name")} onKeyDown={(event) => event.key === "Escape" && onDone()} />
      <button type="submit" className="btn primary">{t("action.save")}</button>
    </form>
  );
}
