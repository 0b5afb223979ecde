import { Icon } from "../../components/icon";
import { useLiveSource } from "../../live/use-live";
import type { Overview } from "../../model/overview";
import { duration, number } from "../../text/format";
import { t } from "../../text/text";

interface Line {
  icon: Parameters<typeof Icon>[0]["name"] | "st-delivered" | "st-attempt" | "st-out";
  title: string;
  detail: string;
  n: number;
  usual: number | null;
}

/** What happened in the last hour, beside what is usual. */
export function Changed({ numbers, now }: { numbers: Overview; now: number }) {
  const { ledger } = useLiveSource();
  const heard = ledger.sum(now);
  const { lastHour: hour, usualHour: usual } = numbers;
  const heardSince = t("changed.heard", { span: duration(Math.max(heard.span, 1_000)) });
  const lines: Line[] = [
    { icon: "st-delivered", title: t("changed.delivered"), detail: t("changed.delivered.how", { door: number(hour.delivered - hour.collected), collected: number(hour.collected) }), n: hour.delivered, usual: usual?.delivered ?? null },
    { icon: "st-out", title: t("changed.out"), detail: t("changed.out.why"), n: hour.out, usual: usual?.out ?? null },
    { icon: "st-attempt", title: t("changed.attempts"), detail: heardSince, n: heard.attemptsFailed, usual: null },
    { icon: "late", title: t("changed.delays"), detail: t("changed.delays.why"), n: hour.delays, usual: usual?.delays ?? null },
    { icon: "clock", title: t("changed.windows"), detail: heardSince, n: heard.windowsMoved, usual: null },
    { icon: "box", title: t("changed.created"), detail: t("changed.created.why"), n: hour.created, usual: usual?.created ?? null },
    { icon: "undo", title: t("changed.corrections"), detail: t("changed.late", { n: number(heard.late) }), n: heard.corrections, usual: null },
  ];
  return (
    <section className="panel changed">
      <header><h2>{t("changed.title")}</h2><span className="end dim small">{t("changed.usual")}</span></header>
      <ul>
        {lines.map((line) => (
          <li key={line.title} className={line.usual !== null && line.usual >= 2 && line.n > 2 * line.usual && line.icon === "late" ? "hot" : ""}>
            <svg className="i" viewBox="0 0 16 16" aria-hidden="true"><use href={`#${line.icon}`} /></svg>
            <span className="t"><span className="med">{line.title}</span><span className="x">{line.detail}</span></span>
            <b className="num">{number(line.n)}</b>
            <span className="u num">{line.usual === null ? "" : number(line.usual)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
