import { useState } from "react";
import { call, Problem } from "../../api/client";
import type { Endpoint, Message, Template } from "../../api/desk";
import { Icon } from "../../components/icon";
import { deliveryPath, Link } from "../../components/link";
import { Page } from "../../components/page";
import { Empty, Failed, SkeletonRows } from "../../components/states";
import { say } from "../../components/toast";
import { Meter } from "../../components/svg";
import { useNow } from "../../live/use-live";
import { moment, number } from "../../text/format";
import { t, tCode, type TextKey } from "../../text/text";
import { CHANNEL_ICONS, MessageState, occasion } from "../delivery/told";
import { Endpoints } from "./endpoints";
import { Templates } from "./templates";
import { useResource, type Resource } from "./use-resource";

const TABS = ["messages", "endpoints", "templates"] as const;

/** The ledger of messages, the endpoints that hear updates, and the templates. */
export function NotificationsScreen({ subject }: { subject: string | null }) {
  const tab = TABS.find((one) => one === subject) ?? "messages";
  const messages = useResource<Message>("GET /v1/notifications");
  const endpoints = useResource<Endpoint>("GET /v1/webhook-endpoints");
  const templates = useResource<Template>("GET /v1/templates");
  const counts = { messages: null, endpoints: endpoints.items?.length ?? null, templates: templates.items?.length ?? null };
  const off = messages.state === "off" && endpoints.state === "off";
  const tabs = off ? null : (
    <nav className="tabs" aria-label={t("messages.tabs")}>
      {TABS.map((one) => <Link key={one} to={one === "messages" ? "/notifications" : `/notifications/${one}`} {...(tab === one ? { "aria-current": "page" } : {})}>{t(`messages.tab.${one}` as TextKey)}{counts[one] !== null && <span className="num">{counts[one]}</span>}</Link>)}
    </nav>
  );
  if (off) {
    return (
      <Page name="notifications" title={t("nav.notifications")}>
        <Empty title={t("messages.off.title")} action={<Link to="/deliveries">{t("messages.off.action")}</Link>}>{t("messages.off.why")}</Empty>
      </Page>
    );
  }
  return (
    <Page name={tab === "templates" ? "template" : "notifications"} title={t("nav.notifications")} tabs={tabs}>
      {tab === "messages" && <Ledger messages={messages} />}
      {tab === "endpoints" && <Endpoints endpoints={endpoints} />}
      {tab === "templates" && <Templates templates={templates} />}
    </Page>
  );
}

const STATES = ["sent", "scheduled", "retryable", "suppressed", "discarded"] as const;

function Ledger({ messages }: { messages: Resource<Message> }) {
  const now = useNow(10_000);
  const [state, setState] = useState("");
  if (messages.state === "failed" && messages.problem) return <Failed problem={messages.problem} onRetry={messages.reload} />;
  if (!messages.items) return <SkeletonRows rows={10} />;
  const items = messages.items;
  const count = (one: string): number => items.filter((message) => message.state === one).length;
  const shown = items.filter((message) => state === "" || message.state === state);
  return (
    <>
      <section className="panel sums" aria-label={t("messages.states")}>
        {STATES.map((one) => <div key={one}><h2>{tCode("messageState", one)}</h2><p className="metric">{number(count(one))}</p><p className="sub">{t(`messages.sub.${one}` as TextKey)}</p></div>)}
      </section>
      <Why items={items} />
      <section className="panel led">
        <header><h2>{t("messages.title")}</h2><span className="dim small">{t("messages.newest", { n: number(items.length) })}</span>
          <div className="end"><label className="sr" htmlFor="message-state">{t("messages.states")}</label>
            <select id="message-state" className="select" value={state} onChange={(event) => setState(event.target.value)}><option value="">{t("messages.any")}</option>{STATES.map((one) => <option key={one} value={one}>{tCode("messageState", one)}</option>)}</select></div>
        </header>
        {shown.length === 0 ? <p className="body mid">{t("messages.none")}</p> : (
          <table className="tb fold">
            <thead><tr><th>{t("dead.when")}</th><th>{t("messages.state")}</th><th>{t("messages.what")}</th><th>{t("list.delivery")}</th><th>{t("messages.why")}</th><th className="r">{t("messages.tries")}</th></tr></thead>
            <tbody>{shown.slice(0, 200).map((message) => <LedgerRow key={message.id} message={message} now={now} onChange={messages.reload} />)}</tbody>
          </table>
        )}
      </section>
    </>
  );
}

const LOOK: Record<string, [string, Parameters<typeof Icon>[0]["name"]]> = {
  sent: ["ms-sent", "check"], retryable: ["ms-retry", "retry"], suppressed: ["ms-held", "strike"], scheduled: ["ms-sched", "moon"], discarded: ["ms-fail", "x"],
};

function LedgerRow({ message, now, onChange }: { message: Message; now: number; onChange: () => void }) {
  const [style, icon] = LOOK[message.state] ?? ["ms-held", "clock"];
  const retry = async (): Promise<void> => {
    try {
      await call("POST /v1/notifications/{id}/retry", { path: { id: message.id } });
      say(t("messages.retried"));
    } catch (error) {
      say(error instanceof Problem ? error.detail : String(error), { severity: "lost" });
    }
    onChange();
  };
  return (
    <tr>
      <td className="num">{moment(Date.parse(message.created_at), now)}</td>
      <td><span className={`ms ${style}`}><Icon name={icon} small />{tCode("messageState", message.state)}</span></td>
      <td className="c-w"><span className="w"><Icon name={CHANNEL_ICONS[message.channel] ?? "mail"} small /><span className="trunc"><b className="med">{occasion(message)}</b> {t("told.to", { who: tCode("audience", message.audience) })}</span></span></td>
      <td className="c-d"><Link to={deliveryPath(message.delivery_id)}>{message.delivery_id}</Link></td>
      <td className="c-y"><span className="trunc mid"><MessageState message={message} now={now} /></span></td>
      <td className="r">{message.state === "discarded" || message.state === "retryable" ? <button type="button" className="btn" onClick={() => void retry()}>{t("action.retry")}</button> : number(message.attempts)}</td>
    </tr>
  );
}

const REASONS = ["no_consent", "no_address", "superseded", "stale", "capped", "provider_refused"];

/** Every message that was held back says why; this says how many for each reason. */
function Why({ items }: { items: Message[] }) {
  const held = items.filter((message) => message.state === "suppressed");
  const most = Math.max(1, ...REASONS.map((reason) => held.filter((message) => message.reason === reason).length));
  if (held.length === 0) return null;
  return (
    <section className="panel why">
      <header><h2>{t("messages.held", { n: number(held.length) })}</h2></header>
      <ul>{REASONS.map((reason) => {
        const n = held.filter((message) => message.reason === reason).length;
        return <li key={reason}><span>{tCode("suppressed", reason)}</span><b className="num">{number(n)}</b><Meter share={n / most} /></li>;
      })}</ul>
    </section>
  );
}
