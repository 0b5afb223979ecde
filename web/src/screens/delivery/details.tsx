import { useState } from "react";
import { call, Problem } from "../../api/client";
import type { Delivery } from "../../api/generated";
import type { Row } from "../../model/row";
import { number, window as span } from "../../text/format";
import { t, tCode } from "../../text/text";

/** The facts that are not a moment. */
export function Details({ delivery, row, now }: { delivery: Delivery; row: Row; now: number }) {
  const facts: [string, React.ReactNode][] = [
    [t("details.destination"), [delivery.destination?.postcode, row.city, delivery.destination?.region, delivery.destination?.country_name ?? row.country].filter(Boolean).join(", ") || "–"],
    [t("details.origin"), delivery.origin?.name ?? delivery.origin?.city ?? "–"],
    [t("details.promised"), row.promised ? span(row.promised, now) : t("details.noPromise")],
    [t("details.sequence"), `${number(row.sequence)}`],
    [t("details.recipient"), delivery.recipient_id ? <span key="recipient" className="mono">{delivery.recipient_id}</span> : "–"],
    [t("details.link"), <TrackingLink key="link" id={row.id} />],
  ];
  if (delivery.promised_original && row.firstPromise) facts.push([t("details.firstPromise"), span(row.firstPromise, now)]);
  if (delivery.place) facts.push([t("details.place"), tCode("place", delivery.place)]);
  if (delivery.proof_id) facts.push([t("details.proof"), <span key="proof" className="mono">{delivery.proof_id}</span>]);
  for (const [name, value] of Object.entries(delivery.metadata ?? {}).slice(0, 8)) facts.push([name.replaceAll("_", " "), typeof value === "object" ? JSON.stringify(value) : String(value)]);
  return (
    <section className="panel det">
      <header><h2>{t("details.title")}</h2></header>
      <div className="body"><dl className="facts">{facts.map(([name, value]) => <div key={name} className="contents"><dt>{name}</dt><dd>{value}</dd></div>)}</dl></div>
    </section>
  );
}

/** The customer's page. A link is made when it is asked for: only its hash is kept, so an old one cannot be shown. */
function TrackingLink({ id }: { id: string }) {
  const [url, setURL] = useState<string | null>(null);
  const [fault, setFault] = useState("");
  const make = async (): Promise<void> => {
    try {
      const { value } = await call<{ tracking_url: string }>("POST /v1/deliveries/{id}/tracking-links", { path: { id } });
      setURL(value.tracking_url);
    } catch (error) {
      setFault(error instanceof Problem && error.status === 404 ? t("details.link.off") : t("failed.title"));
    }
  };
  if (url) return <a href={url} target="_blank" rel="noreferrer">{t("details.link.open")}</a>;
  return <><button type="button" className="linkish" onClick={() => void make()}>{t("details.link.make")}</button>{fault && <span className="dim"> {fault}</span>}</>;
}
