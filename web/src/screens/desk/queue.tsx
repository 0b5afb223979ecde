import { useEffect, useRef, useState } from "react";
import type { DeskCase } from "../../api/desk";
import { Severity } from "../../components/status";
import { initials } from "../../components/sidebar";
import { duration, number } from "../../text/format";
import { t, tCode } from "../../text/text";
import { arc } from "../../components/svg";
import { explanationText } from "./explanation";

const ROW = 60;
const SOON = 20 * 60_000;

/** The cases in the order of their clocks. Only those in sight are drawn. */
export function Queue({ cases, current, now, onShow }: { cases: DeskCase[]; current: DeskCase | undefined; now: number; onShow: (one: DeskCase) => void }) {
  const box = useRef<HTMLElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => {
    const element = box.current;
    const scroll = (): void => setTop(element?.scrollTop ?? 0);
    element?.addEventListener("scroll", scroll, { passive: true });
    return () => element?.removeEventListener("scroll", scroll);
  }, []);
  const first = Math.max(0, Math.floor(top / ROW) - 10);
  const shown = cases.slice(first, first + 60);
  return (
    <section className="q" ref={box} aria-label={t("desk.queue")} tabIndex={-1}>
      <div className="qh"><span className="dim small">{t("desk.byClock")}</span><span className="dim small num">{number(cases.length)}</span></div>
      <ul>
        {first > 0 && <li aria-hidden="true"><svg className="gapline" width="1" height={first * ROW} /></li>}
        {shown.map((one) => (
          <li key={one.id} {...(one.id === current?.id ? { "aria-current": true } : {})}>
            <a href={`/exceptions/${encodeURIComponent(one.id)}`} onClick={(event) => (event.preventDefault(), onShow(one))}>
              <span className="l1"><Severity level={one.severity} /><b>{tCode("case", one.kind)}</b><span className="dim trunc">{one.delivery_id}</span><CaseClock one={one} now={now} /></span>
              <span className="l2"><span className="trunc">{explanationText(one) || one.delivery?.destination?.city || ""}</span><Owner name={one.owner ?? ""} /></span>
            </a>
          </li>
        ))}
        {first + 60 < cases.length && <li aria-hidden="true"><svg className="gapline" width="1" height={(cases.length - first - 60) * ROW} /></li>}
      </ul>
    </section>
  );
}

export function Owner({ name }: { name: string }) {
  return name ? <span className="av sm" title={name}>{initials(name)}</span> : <span className="av none sm" title={t("desk.nobody")} />;
}

function CaseClock({ one, now }: { one: DeskCase; now: number }) {
  if (!one.escalates_at) return <span className="clk">{one.opened_at ? duration(now - Date.parse(one.opened_at)) : ""}</span>;
  const left = Date.parse(one.escalates_at) - now;
  const state = left < 0 ? "over" : left < SOON ? "soon" : "";
  const whole = one.opened_at ? Date.parse(one.escalates_at) - Date.parse(one.opened_at) : 0;
  return (
    <span className={`clk ${state}`}>
      <svg className={`ring ${state}`} width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="5" /><path className="p" d={arc([7, 7], 5, whole > 0 ? Math.max(0.02, Math.min(1, left / whole)) : 1)} /></svg>
      {left < 0 ? t("desk.over", { by: duration(left) }) : duration(left)}
    </span>
  );
}
