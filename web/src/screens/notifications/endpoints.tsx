import { useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { Attempt, Endpoint, Paged } from "../../api/desk";
import { Icon } from "../../components/icon";
import { Dialog } from "../../components/dialog";
import { Failed, SkeletonRows } from "../../components/states";
import { say } from "../../components/toast";
import { useNow } from "../../live/use-live";
import { clock, moment } from "../../text/format";
import { t } from "../../text/text";
import type { Resource } from "./use-resource";

const SHOWN = 48;

/** Who hears every update by webhook, and how that goes. */
export function Endpoints({ endpoints }: { endpoints: Resource<Endpoint> }) {
  const [adding, setAdding] = useState(false);
  if (endpoints.state === "failed" && endpoints.problem) return <Failed problem={endpoints.problem} onRetry={endpoints.reload} />;
  if (!endpoints.items) return <SkeletonRows rows={4} />;
  return (
    <section className="panel ends">
      <header><h2>{t("ends.title")}</h2><span className="dim small">{t("ends.meta", { n: SHOWN })}</span>
        <div className="end"><button type="button" className="btn" onClick={() => setAdding(true)}><Icon name="plus" />{t("ends.add")}</button></div></header>
      {endpoints.items.length === 0 ? <p className="body mid">{t("ends.none")}</p> : (
        <table className="tb fold">
          <thead><tr><th>{t("ends.endpoint")}</th><th>{t("ends.health")}</th><th>{t("ends.attempts")}</th><th><span className="sr">{t("desk.actions")}</span></th></tr></thead>
          <tbody>{endpoints.items.map((one) => <EndpointRow key={one.id} one={one} onChange={endpoints.reload} />)}</tbody>
        </table>
      )}
      {adding && <AddEndpoint onClose={() => setAdding(false)} onAdded={endpoints.reload} />}
    </section>
  );
}

function EndpointRow({ one, onChange }: { one: Endpoint; onChange: () => void }) {
  const now = useNow(30_000);
  const [attempts, setAttempts] = useState<Attempt[]>([]);
  useEffect(() => {
    let wanted = true;
    call<Paged<Attempt>>("GET /v1/webhook-endpoints/{id}/attempts", { path: { id: one.id }, query: { limit: String(SHOWN) } })
      .then(({ value }) => wanted && setAttempts(value.data)).catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [one]);
  const health = one.disabled_at || one.state === "disabled" ? "off" : one.failing_since ? "bad" : one.state === "paused" ? "off" : "ok";
  const since = one.failing_since ? Date.parse(one.failing_since) : null;
  const recover = async (): Promise<void> => {
    try {
      await call("POST /v1/webhook-endpoints/{id}/recover", { path: { id: one.id }, body: { since: one.failing_since ?? one.disabled_at } });
      say(t("ends.recovering"));
    } catch (error) {
      say(error instanceof Problem ? error.detail : String(error), { severity: "lost" });
    }
    onChange();
  };
  return (
    <tr>
      <td><span className="two"><span className="med">{one.name ?? one.description ?? one.id}</span><span>{one.url}</span></span></td>
      <td><span className={`hl hl-${health}`}><Icon name={health === "ok" ? "check" : health === "bad" ? "x" : "moon"} small />{health === "ok" ? t("ends.ok") : health === "bad" ? t("ends.failing", { at: since ? moment(since, now) : "" }) : t("ends.off")}</span></td>
      <td><Attempts attempts={attempts} /></td>
      <td className="act">{health !== "ok" && (one.failing_since || one.disabled_at) && <button type="button" className="btn" onClick={() => void recover()}>{t("ends.recover", { at: clock(Date.parse(one.failing_since ?? one.disabled_at ?? "")) })}</button>}</td>
    </tr>
  );
}

/** One bar an attempt, oldest first; its height is its time. */
function Attempts({ attempts }: { attempts: Attempt[] }) {
  const shown = [...attempts].slice(0, SHOWN).reverse();
  const good = (one: Attempt): boolean => (one.status !== undefined && one.status !== null ? one.status >= 200 && one.status < 300 : one.outcome === "succeeded");
  const failed = shown.filter((one) => !good(one)).length;
  return (
    <svg className="att" viewBox="0 0 160 16" width="160" height="16" role="img" aria-label={t("ends.attempts.label", { n: shown.length, failed })}>
      {shown.map((one, i) => {
        const h = Math.max(3, Math.min(16, Math.log10((one.milliseconds ?? 10) + 1) * 4));
        return <rect key={one.id ?? i} className={good(one) ? "s" : "f"} x={i * 3.3} y={16 - h} width="2.4" height={h} />;
      })}
    </svg>
  );
}

function AddEndpoint({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const [url, setURL] = useState("https://");
  const [fault, setFault] = useState("");
  const add = async (): Promise<void> => {
    try {
      await call("POST /v1/webhook-endpoints", { body: { url } });
      onAdded();
      onClose();
    } catch (error) {
      setFault(error instanceof Problem ? error.detail : String(error));
    }
  };
  return (
    <Dialog title={t("ends.add")} onClose={onClose} footer={<><button type="button" className="btn" onClick={onClose}>{t("action.cancel")}</button><button type="button" className="btn primary" onClick={() => void add()}>{t("ends.add")}</button></>}>
      <label className="f" htmlFor="end-url">{t("ends.url")}</label>
      <input id="end-url" className="input" type="url" value={url} onChange={(event) => setURL(event.target.value)} />
      {fault && <p className="red small" role="alert">{fault}</p>}
    </Dialog>
  );
}
