import { useCallback, useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { DeadLetter, DeadLetterPage } from "../../api/generated";
import { Icon } from "../../components/icon";
import { useKeys } from "../../components/keys";
import { say } from "../../components/toast";
import { clockSeconds, moment, number } from "../../text/format";
import { t, tCode } from "../../text/text";
import { bytesOf, hexLines } from "./hex";

/** Events that could not be used: their bytes, the reason, and the two ways on. */
export function DeadLetters({ open }: { open: number }) {
  const [letters, setLetters] = useState<DeadLetter[]>([]);
  const [current, setCurrent] = useState<string | null>(null);
  const load = useCallback(async () => {
    try {
      const { value } = await call<DeadLetterPage>("GET /v1/dead-letters", { query: { status: "open", limit: "50" } });
      setLetters(value.data);
    } catch {
      // The page's own banner says that the server is away; the letters come back with it.
    }
  }, []);
  useEffect(() => void load(), [load, open]);
  const chosen = letters.find((one) => one.id === current) ?? letters[0];
  const settle = async (letter: DeadLetter, how: "retry" | "discard"): Promise<void> => {
    try {
      await call(how === "retry" ? "POST /v1/dead-letters/{id}/retry" : "POST /v1/dead-letters/{id}/discard", { path: { id: letter.id } });
      say(t(how === "retry" ? "dead.retried" : "dead.discarded"));
    } catch (error) {
      say(error instanceof Problem ? error.detail : String(error), { severity: "lost" });
    }
    await load();
  };
  const move = (by: number): void => {
    const index = letters.findIndex((one) => one.id === chosen?.id);
    setCurrent(letters[Math.max(0, Math.min(letters.length - 1, index + by))]?.id ?? null);
  };
  useKeys({ j: () => move(1), k: () => move(-1), r: () => chosen && void settle(chosen, "retry") });
  return (
    <section className="panel dlq">
      <header><h2>{t("dead.title")}</h2><span className="dim small">{letters.length > 0 ? summary(letters, open) : ""}</span></header>
      {letters.length === 0 || !chosen ? <p className="body mid">{t("dead.none")}</p> : (
        <div className="split">
          <table className="tb">
            <thead><tr><th>{t("dead.when")}</th><th>{t("dead.reason")}</th><th>{t("dead.key")}</th></tr></thead>
            <tbody>{letters.map((one) => (
              <tr key={one.id} className={one.id === chosen.id ? "cursor" : ""} {...(one.id === chosen.id ? { "aria-selected": true } : {})}>
                <td><button type="button" className="linkish plain num" onClick={() => setCurrent(one.id)}>{moment(Date.parse(one.first_seen), Date.now())}</button></td>
                <td className="mono">{one.code}</td><td className="trunc">{one.key ?? "?"}</td>
              </tr>
            ))}</tbody>
          </table>
          <Letter letter={chosen} onSettle={(how) => void settle(chosen, how)} />
        </div>
      )}
    </section>
  );
}

function Letter({ letter, onSettle }: { letter: DeadLetter; onSettle: (how: "retry" | "discard") => void }) {
  const bytes = bytesOf(letter.bytes_base64);
  const copy = (): void => void navigator.clipboard.writeText(letter.text ?? letter.bytes_base64).then(() => say(t("dead.copied")));
  return (
    <div className="dl">
      <p><b className="strong">{tCode("rejection", letter.code)}</b> {letter.detail}</p>
      <dl className="facts">
        <dt>{t("dead.from")}</dt><dd className="mono">{t("dead.position", { partition: letter.partition, offset: letter.offset })}</dd>
        <dt>{t("dead.key")}</dt><dd className="mono">{letter.key ?? "–"}</dd>
        <dt>{t("dead.seen")}</dt><dd>{clockSeconds(Date.parse(letter.first_seen))}, {t("dead.bytes", { n: number(bytes.length) })}</dd>
      </dl>
      <pre className="bytes" tabIndex={0} aria-label={t("dead.bytesLabel")}>{hexLines(bytes).join("\n")}</pre>
      <div className="acts">
        <button type="button" className="btn" onClick={() => onSettle("retry")}><Icon name="retry" />{t("action.retry")} <kbd>r</kbd></button>
        <button type="button" className="btn" onClick={copy}>{t("dead.copy")}</button>
        <button type="button" className="btn danger" onClick={() => onSettle("discard")}>{t("dead.discard")}</button>
      </div>
    </div>
  );
}

function summary(letters: DeadLetter[], open: number): string {
  const codes = new Map<string, number>();
  for (const one of letters) codes.set(one.code, (codes.get(one.code) ?? 0) + 1);
  return `${number(open)}: ${[...codes].map(([code, n]) => `${n} ${tCode("rejection.short", code)}`).join(", ")}`;
}
