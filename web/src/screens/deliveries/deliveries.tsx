import { useEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "../../components/keys";
import { deliveryPath, Link } from "../../components/link";
import { Page } from "../../components/page";
import { Empty, Failed, SkeletonRows } from "../../components/states";
import { useLive, useLiveSource, useNow } from "../../live/use-live";
import { BUILT_IN_VIEWS, filterOf, isFiltered, savedViews, sortOf, type Sort } from "../../model/views";
import { navigate, setQuery, useRoute } from "../../route";
import { number } from "../../text/format";
import { t, type TextKey } from "../../text/text";
import { BulkBar } from "./bulk";
import { Filters } from "./filters";
import { DeliveryCards, DeliveryTable } from "./table";
import { rememberList } from "./neighbours";
import { useList } from "./use-list";
import { ViewBar } from "./view-bar";

/** Thousands of deliveries: search, filters, views in the URL, and things done to many at once. */
export function DeliveriesScreen() {
  const route = useRoute();
  const view = useLive();
  const now = useNow(5_000);
  const filter = useMemo(() => filterOf(route.query), [route.text]);
  const sort = sortOf(route.query);
  const key = `${route.query.toString()}`;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState<string | null>(null);
  const hover = useRef(false);
  const [held, setHeld] = useState(false);
  const list = useList(filter, sort, key, held || selected.size > 0 || cursor !== null);
  const changed = useChanges(list.rows.length);
  useEffect(() => {
    setSelected(new Set());
    setCursor(null);
  }, [key]);
  rememberList(list.rows, viewName(route.query), route.text);
  const select = (id: string, toHere: boolean): void => setSelected((known) => choose(list.rows.map((row) => row.id), known, id, toHere ? cursor : null));
  const move = (by: number): void => {
    const index = list.rows.findIndex((row) => row.id === cursor);
    const next = list.rows[Math.max(0, Math.min(list.rows.length - 1, index + by))];
    if (next) setCursor(next.id);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => cursor && navigate(deliveryPath(cursor)),
    x: () => cursor && select(cursor, false),
    "Shift+x": () => cursor && select(cursor, true),
    Escape: () => (selected.size > 0 ? setSelected(new Set()) : (setCursor(null), (document.activeElement as HTMLElement | null)?.blur())),
  });
  useEffect(() => {
    document.querySelector("tr.cursor")?.scrollIntoView({ block: "nearest" });
  }, [cursor]);
  const onSort = (next: Sort): void => setQuery({ sort: next });
  return (
    <Page name="deliveries" title={t("nav.deliveries")} mainClass="list">
      <ViewBar name={viewName(route.query)} list={list} rows={list.rows} filtered={isFiltered(filter)} />
      <Filters filter={filter} sort={sort} complete={view.complete} />
      {list.waiting > 0 && <button type="button" className="newer" onClick={list.merge}>{t("list.newer", { n: number(list.waiting) })}</button>}
      {view.phase === "failed" && view.problem ? <Failed problem={view.problem} />
        : list.problem ? <Failed problem={list.problem} />
        : list.rows.length === 0 ? (list.busy || view.phase === "loading" ? <SkeletonRows rows={12} /> : <Nothing filtered={isFiltered(filter)} text={filter.text} />)
        : (
          <div onMouseEnter={() => (hover.current = true, setHeld(true))} onMouseLeave={() => (hover.current = false, setHeld(window.scrollY > 5))}>
            <DeliveryTable
              rows={list.rows} now={now} sort={sort} onSort={onSort} selected={selected} onSelect={select} cursor={cursor} changed={changed} onEnd={list.more}
              onSelectAll={() => setSelected(selected.size > 0 ? new Set() : new Set(list.rows.slice(0, 1_000).map((row) => row.id)))}
            />
            <DeliveryCards rows={list.rows} now={now} onEnd={list.more} />
          </div>
        )}
      <div className="pager">
        <span className="dim num">{list.count !== null ? t("list.end", { n: number(list.count) }) : t("list.loaded", { n: number(list.rows.length) })}</span>
        {list.more && <button type="button" className="btn end" onClick={list.more}>{t("list.more")}</button>}
      </div>
      {selected.size > 0 && <BulkBar ids={[...selected]} onClear={() => setSelected(new Set())} />}
    </Page>
  );
}

function viewName(query: URLSearchParams): string {
  const id = query.get("view");
  const found = [...BUILT_IN_VIEWS, ...savedViews()].find((one) => one.id === id);
  return found ? found.name ?? t(found.text as TextKey) : t("list.all");
}

function Nothing({ filtered, text }: { filtered: boolean; text: string }) {
  if (!filtered) return <Empty title={t("list.empty.title")} action={<Link to="/">{t("list.empty.action")}</Link>}>{t("list.empty.why")}</Empty>;
  return (
    <Empty title={t("list.none.title")} action={<Link to="/deliveries">{t("list.none.action")}</Link>}>
      {text ? t("list.none.text", { text }) : t("list.none.filter")}
    </Empty>
  );
}

function choose(ids: string[], known: ReadonlySet<string>, id: string, anchor: string | null): ReadonlySet<string> {
  const next = new Set(known);
  if (anchor !== null && anchor !== id) {
    const [a, b] = [ids.indexOf(anchor), ids.indexOf(id)].sort((x, y) => x - y) as [number, number];
    for (const one of ids.slice(a, b + 1)) next.add(one);
  } else if (next.has(id)) {
    next.delete(id);
  } else {
    next.add(id);
  }
  return next;
}

const FLASH = 1_200;
const CALM = 20;

/** Deliveries that changed just now; none while more change than anyone could follow. */
function useChanges(rows: number): ReadonlySet<string> {
  const live = useLiveSource();
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const recent = new Map<string, number>();
    const forget = live.onUpdate((update) => recent.set(update.delivery_id, Date.now()));
    const timer = setInterval(() => {
      const since = Date.now() - FLASH;
      for (const [id, at] of recent) if (at < since) recent.delete(id);
      setChanged((known) => (recent.size === 0 && known.size === 0 ? known : recent.size > CALM ? new Set() : new Set(recent.keys())));
    }, 300);
    return () => {
      forget();
      clearInterval(timer);
    };
  }, [live, rows === 0]);
  return changed;
}
