import { useState } from "react";
import type { Delivery } from "../../api/generated";
import { ActionDialog } from "../../components/action-dialog";
import { Icon } from "../../components/icon";
import { useKeys } from "../../components/keys";
import { deliveryPath, Link } from "../../components/link";
import { Page } from "../../components/page";
import { Empty, Failed, SkeletonRows } from "../../components/states";
import { Severity, StatusLabel } from "../../components/status";
import { useNow } from "../../live/use-live";
import type { ActionKind } from "../../model/actions";
import { behind, isLate, rowOf, type Row } from "../../model/row";
import { navigate } from "../../route";
import { duration } from "../../text/format";
import { t, tCode } from "../../text/text";
import { neighbours } from "../deliveries/neighbours";
import { Actions } from "./actions";
import { Arrival } from "./arrival";
import { Cases } from "./cases";
import { Details } from "./details";
import { Path } from "./path";
import { Timeline } from "./timeline";
import { Told } from "./told";
import { useDelivery } from "./use-delivery";

/** One delivery: when it comes and why, what happened by both clocks, who was told, and what can be done. */
export function DeliveryScreen({ id }: { id: string }) {
  const { delivery, events, messages, problem } = useDelivery(id);
  const now = useNow(5_000);
  const [action, setAction] = useState<{ kind: ActionKind; event?: { id: string; title: string } } | null>(null);
  const near = neighbours(id);
  const go = (other: string | null): void => void (other && navigate(deliveryPath(other), { replace: true }));
  useKeys({ j: () => go(near.next), k: () => go(near.previous), n: () => setAction({ kind: "note" }), d: () => setAction({ kind: "reschedule" }) });
  const crumb = <Crumb id={id} near={near} go={go} />;
  if (!delivery) {
    return (
      <Page name="delivery" title={id} crumb={crumb}>
        <h1 className="sr">{id}</h1>
        {problem?.status === 404 ? <Empty title={t("delivery.unknown", { id })} action={<Link to="/deliveries">{t("delivery.unknown.action")}</Link>}>{t("delivery.unknown.why")}</Empty>
          : problem ? <Failed problem={problem} /> : <SkeletonRows rows={10} />}
      </Page>
    );
  }
  const row = rowOf(delivery);
  return (
    <Page name="delivery" title={id} crumb={crumb}>
      <Head delivery={delivery} row={row} now={now} onAction={(kind) => setAction({ kind })} />
      <div className="col story">
        <Arrival row={row} events={events} now={now} />
        <Timeline events={events} row={row} now={now} onCorrect={(event) => setAction({ kind: "correct", event })} />
      </div>
      <div className="col place">
        <Path events={events} delivery={delivery} row={row} now={now} />
        <Details delivery={delivery} row={row} now={now} />
      </div>
      <div className="col people">
        <Cases delivery={delivery} row={row} now={now} />
        <Told messages={messages} now={now} />
      </div>
      {action && <ActionDialog kind={action.kind} rows={[row]} {...(action.event ? { event: action.event } : {})} onClose={() => setAction(null)} />}
    </Page>
  );
}

function Crumb({ id, near, go }: { id: string; near: ReturnType<typeof neighbours>; go: (id: string | null) => void }) {
  return (
    <nav className="crumb" aria-label={t("nav.crumb")}>
      <Link to={near.index >= 0 ? near.path : "/deliveries"}>{near.index >= 0 ? near.name : t("nav.deliveries")}</Link><Icon name="chev" small />
      {near.index >= 0 ? <span className="hide-s num">{t("delivery.index", { n: near.index + 1, all: near.count })}</span> : <span className="trunc">{id}</span>}
      {near.index >= 0 && <>
        <button type="button" className="btn quiet icon hide-s" disabled={!near.previous} onClick={() => go(near.previous)} aria-label={t("delivery.previous")}><Icon name="up" /></button>
        <button type="button" className="btn quiet icon hide-s" disabled={!near.next} onClick={() => go(near.next)} aria-label={t("delivery.next")}><Icon name="down" /></button>
      </>}
    </nav>
  );
}

function Head({ delivery, row, now, onAction }: { delivery: Delivery; row: Row; now: number; onAction: (kind: ActionKind) => void }) {
  const lateBy = isLate(row, now) ? behind(row, now) : 0;
  return (
    <div className="head">
      <div className="who">
        <h1>{row.id}</h1><StatusLabel status={row.status} pill />
        {lateBy > 0 && row.promised && <span className="tag red"><Severity level="red" />{t("delivery.late", { by: duration(now - row.promised.to) })}</span>}
        {row.delaySince !== null && <span className="tag amber"><Severity level="amber" />{t("delivery.delayed")}{row.delayReason ? `: ${tCode("reason", row.delayReason)}` : ""}</span>}
        {delivery.contradiction && <span className="tag red"><Severity level="red" />{t("delivery.contradiction")}</span>}
        {delivery.provisional && <span className="tag">{t("delivery.provisional")}</span>}
      </div>
      <p className="mid meta">
        {row.order && <span>{t("delivery.order")} <Link to={`/deliveries?q=${encodeURIComponent(row.order)}`}>{row.order}</Link></span>}
        <span>{[row.carrier, row.tracking].filter(Boolean).join(", ") || t("delivery.noCarrier")}</span>
        {row.city && <span>{[delivery.destination?.postcode, row.city, row.country].filter(Boolean).join(" ")}</span>}
      </p>
      <Actions row={row} onAction={onAction} />
    </div>
  );
}
