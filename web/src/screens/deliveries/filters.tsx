import { useEffect, useRef, useState } from "react";
import { Icon } from "../../components/icon";
import { Severity } from "../../components/status";
import { useLive, useLiveSource } from "../../live/use-live";
import { STATUSES, type Filter, type Sort } from "../../model/views";
import type { TroubleKind } from "../../model/overview";
import { setQuery } from "../../route";
import { t, tCode, type TextKey } from "../../text/text";

const TROUBLES: TroubleKind[] = ["late", "delayed", "attempt_failed", "exception", "on_hold", "returning", "contradiction"];
const RED = new Set<TroubleKind>(["late", "exception", "contradiction"]);

/** What narrows the list, each as a chip that can be taken away. */
export function Filters({ filter, sort, complete }: { filter: Filter; sort: Sort; complete: boolean }) {
  return (
    <div className="chips filters">
      {filter.text !== "" && <Chip name={t("filter.text")} values={[filter.text]} onRemove={() => setQuery({ q: "" })} />}
      {filter.statuses.length > 0 && <Chip name={t("filter.status")} values={filter.statuses.map((code) => tCode("status", code))} onRemove={() => setQuery({ status: "" })} />}
      {filter.trouble.length > 0 && (
        <span className="chip"><span className="k">{t("filter.trouble")}</span>
          {filter.trouble.map((kind) => <span key={kind} className="v"><Severity level={RED.has(kind) ? "red" : "amber"} />{tCode("case", kind)}</span>)}
          <Remove name={t("filter.trouble")} onRemove={() => setQuery({ trouble: "" })} />
        </span>
      )}
      {filter.promised !== "" && <Chip name={t("filter.promised")} values={[t(`filter.promised.${filter.promised}`)]} onRemove={() => setQuery({ promised: "" })} />}
      {filter.carriers.length > 0 && <Chip name={t("filter.carrier")} values={filter.carriers} onRemove={() => setQuery({ carrier: "" })} />}
      {filter.countries.length > 0 && <Chip name={t("filter.country")} values={filter.countries} onRemove={() => setQuery({ country: "" })} />}
      {filter.lane !== "" && <Chip name={t("filter.lane")} values={[filter.lane]} onRemove={() => setQuery({ lane: "" })} />}
      <AddFilter filter={filter} complete={complete} />
      <span className="dim small end hide-s">{t(`sort.${sort}` as TextKey)}</span>
    </div>
  );
}

function Chip({ name, values, onRemove }: { name: string; values: string[]; onRemove: () => void }) {
  const shown = values.length > 3 ? [t("filter.many", { n: values.length })] : values;
  return <span className="chip"><span className="k">{name}</span>{shown.map((value) => <span key={value} className="v">{value}</span>)}<Remove name={name} onRemove={onRemove} /></span>;
}

function Remove({ name, onRemove }: { name: string; onRemove: () => void }) {
  return <button type="button" aria-label={t("filter.remove", { name })} onClick={onRemove}><Icon name="x" small /></button>;
}

function AddFilter({ filter, complete }: { filter: Filter; complete: boolean }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event): void => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("mousedown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("mousedown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);
  return (
    <div className="menubox" ref={box}>
      <button type="button" className="chip add" aria-expanded={open} onClick={() => setOpen(!open)}><span><Icon name="plus" small />{t("filter.add")}</span></button>
      {open && <FilterMenu filter={filter} complete={complete} />}
    </div>
  );
}

function FilterMenu({ filter, complete }: { filter: Filter; complete: boolean }) {
  const { replica } = useLiveSource();
  useLive();
  const carriers = new Set<string>();
  const countries = new Set<string>();
  for (const row of replica.rows.values()) {
    if (row.carrier) carriers.add(row.carrier);
    if (row.country) countries.add(row.country);
  }
  return (
    <div className="menu filtermenu">
      <Group title={t("filter.status")} codes={[...STATUSES]} chosen={filter.statuses} label={(code) => tCode("status", code)} onChange={(codes) => setQuery({ status: codes.join(",") })} />
      {complete && <Group title={t("filter.trouble")} codes={TROUBLES} chosen={filter.trouble} label={(code) => tCode("case", code)} onChange={(codes) => setQuery({ trouble: codes.join(",") })} />}
      <Group title={t("filter.carrier")} codes={[...carriers].sort()} chosen={filter.carriers} label={(code) => code} onChange={(codes) => setQuery({ carrier: codes.join("|") })} />
      {complete && <Group title={t("filter.country")} codes={[...countries].sort()} chosen={filter.countries} label={(code) => code} onChange={(codes) => setQuery({ country: codes.join(",") })} />}
      <fieldset>
        <legend>{t("filter.promised")}</legend>
        {(["", "past", "today", "tomorrow"] as const).map((when) => (
          <label key={when} className="tick"><input type="radio" name="promised" checked={filter.promised === when} onChange={() => setQuery({ promised: when })} /> {when === "" ? t("filter.any") : t(`filter.promised.${when}`)}</label>
        ))}
      </fieldset>
    </div>
  );
}

function Group({ title, codes, chosen, label, onChange }: { title: string; codes: string[]; chosen: string[]; label: (code: string) => string; onChange: (codes: string[]) => void }) {
  if (codes.length === 0) return null;
  const toggle = (code: string): void => onChange(chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code]);
  return (
    <fieldset>
      <legend>{title}</legend>
      {codes.map((code) => <label key={code} className="tick"><input type="checkbox" className="check" checked={chosen.includes(code)} onChange={() => toggle(code)} /> {label(code)}</label>)}
    </fieldset>
  );
}
