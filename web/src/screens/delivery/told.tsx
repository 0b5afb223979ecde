import type { Message } from "../../api/desk";
import { Icon, type IconName } from "../../components/icon";
import { Link } from "../../components/link";
import { moment } from "../../text/format";
import { t, tCode } from "../../text/text";

export const CHANNEL_ICONS: Record<string, IconName> = { email: "mail", sms: "sms", push: "push", webhook: "hook", chat: "chat" };

/** Who was told what, and why somebody was not. */
export function Told({ messages, now }: { messages: Message[] | null; now: number }) {
  const sent = messages?.filter((one) => one.state === "sent").length ?? 0;
  return (
    <section className="panel told">
      <header><h2>{t("told.title")}</h2>
        {messages && <span className="dim small">{t("told.count", { sent, not: messages.length - sent })}</span>}
        {messages && <Link className="end small" to="/notifications">{t("told.all")}</Link>}</header>
      {messages === null && <p className="body mid">{t("told.off")}</p>}
      {messages?.length === 0 && <p className="body mid">{t("told.none")}</p>}
      {messages && messages.length > 0 && (
        <ul>{messages.map((one) => (
          <li key={one.id} className={one.state === "suppressed" ? "no" : ""}>
            <Icon name={CHANNEL_ICONS[one.channel] ?? "mail"} />
            <div><p><b>{occasion(one)}</b> {t("told.to", { who: tCode("audience", one.audience) })}</p><p className="x"><MessageState message={one} now={now} /></p></div>
            <time>{moment(Date.parse(one.created_at), now)}</time>
          </li>
        ))}</ul>
      )}
    </section>
  );
}

export function MessageState({ message, now }: { message: Message; now: number }) {
  const next = message.due_at;
  switch (message.state) {
    case "suppressed": return <span className="tag"><Icon name="strike" />{t("message.suppressed", { reason: tCode("suppressed", message.reason ?? "") })}</span>;
    case "scheduled": return <span className="tag acc"><Icon name="moon" />{t("message.scheduled", { at: next ? moment(Date.parse(next), now) : "" })}</span>;
    case "retryable": return <>{t("message.retry", { at: next ? moment(Date.parse(next), now) : "" })} {message.last_result ?? ""}</>;
    case "sent": return <>{t("message.sent", { at: message.sent_at ? moment(Date.parse(message.sent_at), now) : "" })}</>;
    default: return <>{message.last_result ?? (message.reason ? tCode("suppressed", message.reason) : "")}</>;
  }
}

/** The milestone or case that a message is about. */
export function occasion(message: Message): string {
  const known = tCode("milestone", message.occasion);
  return known === message.occasion.replaceAll("_", " ") ? tCode("case", message.occasion.replace(/^case[._:]/, "")) : known;
}
