import { useLayoutEffect, useRef, useState, type MouseEvent } from "react";
import { deliveryPath, Link } from "../../components/link";
import { Severity, StatusLabel } from "../../components/status";
import { behind, isLate, type Row } from "../../model/row";
import type { Sort } from "../../model/views";
import { duration, window as span } from "../../text/format";
import { t, tCode, type TextKey } from "../../text/text";
import { Icon } from "../../components/icon";

const ROW_HEIGHT = 34;
const CARD_HEIGHT = 78;
const SPARE = 12;

interface TableProps {
  rows: Row[];
  now: number;
  sort: Sort;
  onSort: (sort: Sort) => void;
  selected: ReadonlySet<string>;
  onSelect: (id: string, toHere: boolean) => void;
  onSelectAll: () => void;
  cursor: string | null;
  changed: ReadonlySet<string>;
  onEnd: (() => void) | null;
}

/** Draws only the rows in sight, whatever the length of the list. */
export function DeliveryTable(props: TableProps) {
  const { rows, sort, onSort, selected } = props;
  const box = useRef<HTMLDivElement>(null);
  const range = useVisible(box, rows.length, ROW_HEIGHT, props.onEnd);
  const shown = rows.slice(range.first, range.last);
  const mixed = selected.size > 0 && selected.size < rows.length;
  return (
    <div className="scroll" ref={box}>
      <table className="tb" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col"><input type="checkbox" className={`check ${mixed ? "mixed" : ""}`} checked={selected.size > 0 && !mixed} onChange={props.onSelectAll} aria-label={t("list.selectAll", { n: selected.size })} /></th>
            <Head text="list.delivery" by="id" {...{ sort, onSort }} />
            <th scope="col">{t("list.status")}</th>
            <th scope="col">{t("list.destination")}</th>
            <th scope="col" className="c-carrier">{t("list.carrier")}</th>
            <th scope="col" className="c-trk">{t("list.tracking")}</th>
            <Head text="list.promised" by="promised" {...{ sort, onSort }} />
            <th scope="col">{t("list.expected")}</th>
            <Head text="list.behind" by="behind" right {...{ sort, onSort }} />
            <Head text="list.event" by="-heard" {...{ sort, onSort }} />
            <th scope="col" className="r c-age">{t("list.happened")}</th>
          </tr>
        </thead>
        <tbody>
          {range.first > 0 && <tr className="gap" aria-hidden="true"><td colSpan={11} height={range.first * ROW_HEIGHT} /></tr>}
          {shown.map((row, i) => <TableRow key={row.id} row={row} index={range.first + i} {...props} />)}
          {range.last < rows.length && <tr className="gap" aria-hidden="true"><td colSpan={11} height={(rows.length - range.last) * ROW_HEIGHT} /></tr>}
        </tbody>
      </table>
    </div>
  );
}

function Head({ text, by, sort, onSort, right = false }: { text: TextKey; by: Sort; sort: Sort; onSort: (sort: Sort) => void; right?: boolean }) {
  const current = sort === by || sort === `-${by}`;
  const down = sort === "behind" || sort.startsWith("-");
  return (
    <th scope="col" className={right ? "r" : ""} {...(current ? { "aria-sort": down ? ("descending" as const) : ("ascending" as const) } : {})}>
      <button type="button" className="sorter" onClick={() => onSort(by === "promised" && sort === "promised" ? "-promised" : by)}>
        {t(text)} {current && <Icon name={down ? "down" : "up"} />}
      </button>
    </th>
  );
}

function TableRow({ row, index, now, selected, onSelect, cursor, changed }: TableProps & { row: Row; index: number }) {
  const isSelected = selected.has(row.id);
  return (
    <tr aria-rowindex={index + 2} {...(isSelected ? { "aria-selected": true } : {})} className={`${cursor === row.id ? "cursor" : ""} ${changed.has(row.id) ? "flash" : ""}`} data-id={row.id}>
      <td><input type="checkbox" className="check" checked={isSelected} onChange={() => undefined} onClick={(event: MouseEvent) => onSelect(row.id, event.shiftKey)} aria-label={t("list.select", { id: row.id })} /></td>
      <td><Link className="id" to={deliveryPath(row.id)}>{row.id}</Link><span className="dim c-ord">{row.order}</span></td>
      <td><StatusLabel status={row.status} /></td>
      <td>{row.city || "–"} <span className="dim">{row.country}</span></td>
      <td className="c-carrier mid">{row.carrier || "–"}</td>
      <td className="c-trk mid">{row.tracking || "–"}</td>
      <td className="mid">{row.promised ? span(row.promised, now) : "–"}</td>
      <td>{row.deliveredAt !== null && row.status === "delivered" ? <span className="dim">{span({ from: null, to: row.deliveredAt }, now)}</span> : row.expected ? span(row.expected, now) : "–"}</td>
      <td className="r"><Behind row={row} now={now} /></td>
      <td className="c-ev"><span className="ev"><LastEvent row={row} /></span></td>
      <td className="r dim c-age">{row.lastAt > 0 ? duration(Math.max(0, now - row.lastAt)) : "–"}</td>
    </tr>
  );
}

export function Behind({ row, now }: { row: Row; now: number }) {
  const ms = behind(row, now);
  if (ms < 60_000) return null;
  const level = isLate(row, now) ? "red" : "amber";
  return <span className={`behind ${level}`}>{duration(ms)}<Severity level={level} /></span>;
}

export function LastEvent({ row }: { row: Row }) {
  if (!row.lastType) return <>–</>;
  const reason = row.reason && ["attempt_failed", "exception", "on_hold"].includes(row.status) ? `: ${tCode("reason", row.reason)}` : "";
  return <>{tCode("event", row.lastType)}{reason}{row.lastPlace && <span className="dim">, {row.lastPlace}</span>}</>;
}

/** The same list as two-line cards, for the phone. */
export function DeliveryCards({ rows, now, onEnd }: { rows: Row[]; now: number; onEnd: (() => void) | null }) {
  const box = useRef<HTMLUListElement>(null);
  const range = useVisible(box, rows.length, CARD_HEIGHT, onEnd);
  return (
    <ul className="cards" ref={box}>
      {range.first > 0 && <li aria-hidden="true"><svg className="gapline" width="1" height={range.first * CARD_HEIGHT} /></li>}
      {rows.slice(range.first, range.last).map((row) => (
        <li key={row.id}>
          <Link to={deliveryPath(row.id)}>
            <span className="l1"><b className="med">{row.id}</b><Behind row={row} now={now} /></span>
            <span className="l2"><StatusLabel status={row.status} /><span className="mid">{row.city} {row.country}</span></span>
            <span className="l3 dim trunc"><LastEvent row={row} /></span>
          </Link>
        </li>
      ))}
      {range.last < rows.length && <li aria-hidden="true"><svg className="gapline" width="1" height={(rows.length - range.last) * CARD_HEIGHT} /></li>}
    </ul>
  );
}

/** The rows near the window; `onEnd` is asked for more when the end comes near. */
function useVisible(box: React.RefObject<HTMLElement>, count: number, height: number, onEnd: (() => void) | null): { first: number; last: number } {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const end = useRef(onEnd);
  end.current = onEnd;
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / height) - SPARE);
      const last = Math.min(count, Math.ceil((window.innerHeight - top) / height) + SPARE);
      setRange((known) => (known.first === first && known.last === last ? known : { first, last }));
      if (last >= count - SPARE) end.current?.();
    };
    measure();
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("scroll", measure);
      window.removeEventListener("resize", measure);
    };
  }, [count, height, box]);
  return { first: Math.min(range.first, count), last: Math.min(Math.max(range.last, range.first), count) };
}
