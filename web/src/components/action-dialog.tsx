import { useState } from "react";
import { type ActionKind, actOn, obstacle, takeBack } from "../model/actions";
import type { Row } from "../model/row";
import { number } from "../text/format";
import { t, tCode } from "../text/text";
import { Dialog } from "./dialog";
import { say } from "./toast";

const REASONS = ["not_home", "access_restricted", "address_incorrect", "business_closed", "capacity", "weather", "other"];
const PLACES = ["door", "neighbour", "safe_place", "pickup_point", "mailbox", "locker", "reception", "other"];

interface ActionDialogProps {
  kind: ActionKind;
  rows: Row[];
  /** The event to be taken back, for `correct`. */
  event?: { id: string; title: string };
  onClose: () => void;
}

/** One action on one delivery or many: says what it can do and what not, does it, and offers to take it back. */
export function ActionDialog({ kind, rows, event, onClose }: ActionDialogProps) {
  const [fields, setFields] = useState<Record<string, string>>(() => initial(kind, rows[0]));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const possible = rows.filter((row) => obstacle(kind, row) === null);
  const skipped = rows.length - possible.length;
  const set = (name: string) => (value: string): void => setFields((known) => ({ ...known, [name]: value }));
  const submit = async (): Promise<void> => {
    const body = bodyOf(kind, fields, event?.id);
    if (!body) return setFault(t(`act.${kind}.fault` as never));
    setBusy(true);
    const outcome = await actOn(possible.map((row) => row.id), body);
    setBusy(false);
    if (outcome.failed.length > 0 && outcome.done.length === 0) return setFault(outcome.failed[0]?.problem.detail ?? "");
    onClose();
    const text = t(`act.${kind}.done` as never, { n: number(outcome.done.length), id: outcome.done[0]?.id ?? "" })
      + (outcome.failed.length > 0 ? ` ${t("act.failed", { n: number(outcome.failed.length) })}` : "");
    say(text, kind === "correct" || kind === "redirect" ? {} : { undo: () => void takeBack(outcome.done).then(() => say(t("act.undone"))) });
  };
  return (
    <Dialog title={t(`act.${kind}.title` as never, { n: number(rows.length), id: rows[0]?.id ?? "" })} onClose={onClose}
      footer={<>
        <button type="button" className="btn" onClick={onClose}>{t("action.cancel")}</button>
        <button type="button" className={`btn ${kind === "cancel" ? "danger" : "primary"}`} disabled={busy || possible.length === 0} onClick={() => void submit()}>
          {busy ? t("action.busy") : t(`act.${kind}.do` as never)}
        </button>
      </>}>
      <p className="mid">{rows.length > 1 || skipped > 0 ? t("act.preview", { n: number(possible.length), all: number(rows.length) }) : t(`act.${kind}.lead` as never, { title: event?.title ?? "" })}
        {skipped > 0 && ` ${t("act.skipped", { n: number(skipped) })}`}</p>
      <ActionFields kind={kind} fields={fields} set={set} />
      {fault && <p className="red small" role="alert">{fault}</p>}
    </Dialog>
  );
}

function ActionFields({ kind, fields, set }: { kind: ActionKind; fields: Record<string, string>; set: (name: string) => (value: string) => void }) {
  const text = (name: string, label: string, type = "text") => (
    <div key={name}><label className="f" htmlFor={`act-${name}`}>{label}</label><input id={`act-${name}`} className="input" type={type} value={fields[name] ?? ""} onChange={(e) => set(name)(e.target.value)} /></div>
  );
  const choice = (name: string, label: string, group: string, codes: string[]) => (
    <div key={name}><label className="f" htmlFor={`act-${name}`}>{label}</label>
      <select id={`act-${name}`} className="select" value={fields[name] ?? ""} onChange={(e) => set(name)(e.target.value)}>{codes.map((code) => <option key={code} value={code}>{code ? tCode(group, code) : t("act.reason.none")}</option>)}</select></div>
  );
  switch (kind) {
    case "note":
      return <div className="fields"><div><label className="f" htmlFor="act-text">{t("act.note.text")}</label><textarea id="act-text" className="input" rows={4} maxLength={2000} value={fields["text"] ?? ""} onChange={(e) => set("text")(e.target.value)} /></div></div>;
    case "reschedule":
      return <div className="fields two-cols">{text("day", t("act.day"), "date")}{text("from", t("act.from"), "time")}{text("to", t("act.to"), "time")}{choice("reason", t("act.reason"), "reason", ["", ...REASONS])}</div>;
    case "redirect":
      return <div className="fields two-cols">{text("street", t("act.street"))}{text("postcode", t("act.postcode"))}{text("city", t("act.city"))}{text("country", t("act.country"))}</div>;
    case "cancel":
      return <div className="fields">{choice("reason", t("act.reason"), "reason", ["", "not_ready", "incorrect_data", "damaged", "lost", "refused", "other"])}{text("detail", t("act.detail"))}</div>;
    case "mark_delivered":
      return <div className="fields two-cols">{choice("place", t("act.place"), "place", PLACES)}{text("signed_by", t("act.signedBy"))}</div>;
    case "correct":
      return <div className="fields">{choice("why", t("act.why"), "why", ["did_not_occur", "incorrect_data"])}{text("detail", t("act.detail"))}</div>;
  }
}

function initial(kind: ActionKind, row: Row | undefined): Record<string, string> {
  if (kind === "reschedule") {
    const day = new Date(Date.now() + 86_400_000);
    const text = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
    return { day: text, from: "09:00", to: "13:00", reason: "" };
  }
  if (kind === "redirect") return { city: row?.city ?? "", country: row?.country ?? "" };
  if (kind === "mark_delivered") return { place: "door" };
  if (kind === "correct") return { why: "did_not_occur" };
  return {};
}

/** Null where something that is needed is missing or makes no sense. */
function bodyOf(kind: ActionKind, fields: Record<string, string>, corrects: string | undefined): Record<string, unknown> | null {
  const optional = (...names: string[]): Record<string, string> => Object.fromEntries(names.flatMap((name) => (fields[name] ? [[name, fields[name] as string]] : [])));
  switch (kind) {
    case "note": return fields["text"]?.trim() ? { action: kind, text: fields["text"].trim() } : null;
    case "reschedule": {
      const [from, to] = [Date.parse(`${fields["day"]}T${fields["from"]}`), Date.parse(`${fields["day"]}T${fields["to"]}`)];
      if (Number.isNaN(from) || Number.isNaN(to) || to < from) return null;
      return { action: kind, promised: { earliest: new Date(from).toISOString(), latest: new Date(to).toISOString() }, ...optional("reason") };
    }
    case "redirect":
      if (!fields["city"] || !/^[A-Za-z]{2}$/.test(fields["country"] ?? "")) return null;
      return {
        action: kind, destination: { ...optional("city", "postcode"), country: fields["country"]?.toUpperCase() },
        ...(fields["street"] ? { recipient: { ...optional("street", "postcode", "city"), country: fields["country"]?.toUpperCase() } } : {}),
      };
    case "cancel": return { action: kind, ...optional("reason", "detail") };
    case "mark_delivered": return { action: kind, ...optional("place", "signed_by") };
    case "correct": return corrects ? { action: kind, corrects, why: fields["why"], ...optional("detail") } : null;
  }
}
