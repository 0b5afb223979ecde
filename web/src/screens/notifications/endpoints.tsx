import { useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { Endpoint, Message, Paged } from "../../api/desk";
import { Dialog } from "../../components/dialog";
import { Icon } from "../../components/icon";
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

/** The newest messages to an endpoint, newest first. */
function useMessages(id: string): Message[] {
  const [messages, setMessages] = useState<Message[]>([]);
  useEffect(() => {
    let wanted = true;
    call<Paged<Message>>("GET /v1/notifications", { query: { endpoint: id, limit: String(SHOWN) } })
      .then(({ value }) => wanted && setMessages(value.data)).catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [id]);
  return messages;
}

function EndpointRow({ one, onChange }: { one: Endpoint; onChange: () => void }) {
  const now = useNow(30_000);
  const messages = useMessages(one.id);
  const failing = messages.filter((message) => message.state === "retryable" || message.state === "discarded");
  const since = failing.length > 0 ? Math.min(...failing.map((message) => Date.parse(message.created_at))) : null;
  const health = one.disabled ? "off" : since !== null ? "bad" : "ok";
  const act = async (work: Promise<unknown>, done: string): Promise<void> => {
    try {
      await work;
      say(done);
    } catch (error) {
      say(error instanceof Problem ? error.detail : String(error), { severity: "lost" });
    }
    onChange();
  };
  const recover = (from: number): void => void act(call("POST /v1/webhook-endpoints/{id}/recover", { path: { id: one.id }, body: { since: new Date(from).toISOString() } }), t("ends.recovering"));
  const resume = (): void => void act(call("PATCH /v1/webhook-endpoints/{id}", { path: { id: one.id }, body: { disabled: false } }), t("ends.resumed"));
  return (
    <tr>
      <td><span className="two"><span className="med">{one.description ?? one.id}</span><span>{one.url}</span></span></td>
      <td><span className={`hl hl-${health}`}><Icon name={health === "ok" ? "check" : health === "bad" ? "x" : "moon"} small />{health === "ok" ? t("ends.ok") : health === "bad" ? t("ends.failing", { at: since ? moment(since, now) : "" }) : one.disabled_because ?? t("ends.off")}</span></td>
      <td><Attempts messages={messages} /></td>
      <td className="act">
        {one.disabled ? <button type="button" className="btn" onClick={resume}>{t("ends.resume")}</button>
          : since !== null && <button type="button" className="btn" onClick={() => recover(since)}>{t("ends.recover", { at: clock(since) })}</button>}
      </td>
    </tr>
  );
}

/** One bar a message, oldest first; its height is how many attempts it took. */
function Attempts({ messages }: { messages: Message[] }) {
  const shown = [...messages].reverse();
  const failed = shown.filter((one) => one.state !== "sent").length;
  return (
    <svg className="att" viewBox="0 0 160 16" width="160" height="16" role="img" aria-label={t("ends.attempts.label", { n: shown.length, failed })}>
      {shown.map((one, i) => {
        const h = Math.max(3, Math.min(16, one.attempts * 4));
        return <rect key={one.id} className={one.state === "sent" ? "s" : one.state === "suppressed" || one.attempts === 0 ? "o" : "f"} x={i * 3.3} y={16 - h} width="2.4" height={h} />;
      })}
    </svg>
  );
}

function AddEndpoint({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const [url, setURL] = useState("https://");
  const [secret, setSecret] = useState("");
  const [fault, setFault] = useState("");
  const add = async (): Promise<void> => {
    try {
      const { value } = await call<Endpoint>("POST /v1/webhook-endpoints", { body: { url } });
      onAdded();
      setSecret(value.secret ?? "");
      if (!value.secret) onClose();
    } catch (error) {
      setFault(error instanceof Problem ? error.detail : String(error));
    }
  };
  if (secret) {
    return (
      <Dialog title={t("ends.secret")} onClose={onClose} footer={<button type="button" className="btn primary" onClick={onClose}>{t("action.close")}</button>}>
        <p className="mid">{t("ends.secret.why")}</p>
        <pre className="bytes" tabIndex={0} aria-label={t("ends.secret")}>{secret}</pre>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("ends.add")} onClose={onClose} footer={<><button type="button" className="btn" onClick={onClose}>{t("action.cancel")}</button><button type="button" className="btn primary" onClick={() => void add()}>{t("ends.add")}</button></>}>
      <div><label className="f" htmlFor="end-url">{t("ends.url")}</label>
        <input id="end-url" className="input" type="url" value={url} onChange={(event) => setURL(event.target.value)} /></div>
      {fault && <p className="red small" role="alert">{fault}</p>}
    </Dialog>
  );
}
