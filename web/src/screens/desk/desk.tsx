import { useEffect, useMemo, useState } from "react";
import { call, Problem } from "../../api/client";
import type { DeskCase } from "../../api/desk";
import type { DeskCall } from "../../api/desk";
import { ActionDialog } from "../../components/action-dialog";
import { useKeys } from "../../components/keys";
import { deliveryPath, Link } from "../../components/link";
import { Page } from "../../components/page";
import { Empty, Failed, SkeletonRows } from "../../components/states";
import { actor } from "../../components/theme";
import { say } from "../../components/toast";
import { useLiveSource, useNow } from "../../live/use-live";
import type { ActionKind } from "../../model/actions";
import { rowOf } from "../../model/row";
import { navigate, setQuery, useRoute } from "../../route";
import { clock, number } from "../../text/format";
import { t, type TextKey } from "../../text/text";
import { CaseView } from "./case-view";
import { CaseSide } from "./case-side";
import { Queue } from "./queue";
import { ResolveDialog } from "./resolve";
import { countCases, isSnoozed, useDesk } from "./use-desk";

const TABS = ["act", "watch", "mine", "nobody", "snoozed"] as const;
type Tab = (typeof TABS)[number];
const SNOOZE = 4 * 3_600_000;

/** The exceptions desk: the next case, why it is open, and what helps; every step a key. */
export function DeskScreen({ subject }: { subject: string | null }) {
  const desk = useDesk();
  if (desk.state === "loading") return <Page name="exceptions" title={t("nav.exceptions")} mainClass="deskp"><section className="q"><SkeletonRows rows={10} /></section></Page>;
  if (desk.state === "off") {
    return (
      <Page name="exceptions" title={t("nav.exceptions")}>
        <Empty title={t("desk.off.title")} action={<Link to="/deliveries?trouble=late,delayed,attempt_failed,exception,on_hold&sort=behind">{t("desk.off.action")}</Link>}>{t("desk.off.why")}</Empty>
      </Page>
    );
  }
  if (desk.state === "failed" && desk.problem) return <Page name="exceptions" title={t("nav.exceptions")}><Failed problem={desk.problem} onRetry={desk.reload} /></Page>;
  return <OpenDesk subject={subject} />;
}

function OpenDesk({ subject }: { subject: string | null }) {
  const desk = useDesk();
  const route = useRoute();
  const now = useNow(15_000);
  const { replica } = useLiveSource();
  const tab = (TABS.find((one) => one === route.query.get("tab")) ?? "act") as Tab;
  const [dialog, setDialog] = useState<ActionKind | "resolve" | null>(null);
  const query = (route.query.get("q") ?? "").toLowerCase();
  const kind = route.query.get("kind") ?? "";
  const queue = useMemo(() => sortCases([...desk.cases.values()].filter((one) => inTab(one, tab, now) && (kind === "" || one.kind === kind) && (query === "" || one.delivery_id.toLowerCase().includes(query)))), [desk.cases, tab, query, kind, now]);
  const current = queue.find((one) => one.id === subject) ?? (subject ? desk.cases.get(subject) : undefined) ?? queue[0];
  const index = queue.findIndex((one) => one.id === current?.id);
  const show = (one: DeskCase | undefined): void => void (one && navigate(`/exceptions/${encodeURIComponent(one.id)}${location.search}`, { replace: true }));
  const step = (by: number): void => show(queue[Math.max(0, Math.min(queue.length - 1, index + by))]);
  const act = async (name: DeskCall, body: Record<string, unknown>, done: string, moveOn: boolean, undo?: () => void): Promise<void> => {
    if (!current) return;
    const next = queue[index + 1] ?? queue[index - 1];
    try {
      const { value } = await call<DeskCase>(name, { path: { id: current.id }, body: { ...body, version: current.version, ...(actor() ? { actor: actor() } : {}) } });
      if (value?.id) desk.put(value);
      else desk.reload();
      say(done, undo ? { undo } : {});
      if (moveOn) show(next);
    } catch (error) {
      say(error instanceof Problem ? error.detail : String(error), { severity: "lost" });
      desk.reload();
    }
  };
  /** Takes back what was done to a case that is no longer the current one. */
  const takeBack = async (name: DeskCall, one: DeskCase | undefined, body: Record<string, unknown>): Promise<void> => {
    if (!one) return;
    await call(name, { path: { id: one.id }, body: { ...body, ...(actor() ? { actor: actor() } : {}) } })
      .then(() => say(t("act.undone"))).catch((error: unknown) => say(error instanceof Problem ? error.detail : String(error), { severity: "lost" }));
    desk.reload();
  };
  const wake = (one: DeskCase | undefined): Promise<void> => takeBack("POST /v1/cases/{id}/snooze", one, { until: new Date(Date.now() + 2_000).toISOString() });
  const giveBack = (one: DeskCase | undefined): Promise<void> => takeBack("POST /v1/cases/{id}/assign", one, { owner: null });
  const assign = (): void => void act("POST /v1/cases/{id}/assign", { owner: actor() || t("nav.nobody") }, t("desk.assigned", { id: current?.delivery_id ?? "" }), false, current?.owner ? undefined : () => void giveBack(current));
  const snooze = (): void => {
    const until = new Date(Date.now() + SNOOZE);
    void act("POST /v1/cases/{id}/snooze", { until: until.toISOString(), until_next_event: true }, t("desk.snoozed", { at: clock(until.getTime()) }), true, () => void wake(current));
  };
  useKeys(current ? {
    j: () => step(1), k: () => step(-1), a: assign, s: snooze, r: () => setDialog("resolve"), n: () => setDialog("note"), e: () => setDialog("note"),
    d: () => setDialog("reschedule"), o: () => navigate(deliveryPath(current.delivery_id)), ".": () => setDialog("note"),
  } : {});
  useEffect(() => {
    document.querySelector(".q [aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [current?.id]);
  const counts = countCases(desk.cases.values(), now);
  const mine = [...desk.cases.values()].filter((one) => inTab(one, "mine", now)).length;
  const numbers: Record<Tab, number> = { act: counts.act, watch: counts.watch, mine, nobody: counts.nobody, snoozed: counts.snoozed };
  const delivery = current ? replica.rows.get(current.delivery_id) ?? (current.delivery ? rowOf(current.delivery) : undefined) : undefined;
  const tabs = (
    <div className="seg desk-tabs" role="group" aria-label={t("desk.tabs")}>
      {TABS.map((one) => <button key={one} type="button" aria-pressed={tab === one} onClick={() => setQuery({ tab: one === "act" ? "" : one })}>{t(`desk.tab.${one}` as TextKey)} <span className="num">{number(numbers[one])}</span></button>)}
    </div>
  );
  return (
    <Page name="exceptions" title={t("nav.exceptions")} tabs={tabs} mainClass={`deskp ${subject ? "has-case" : ""}`}>
      <Queue cases={queue} current={current} now={now} onShow={show} />
      {current ? <CaseView one={current} row={delivery} now={now} onAssign={assign} onSnooze={snooze} onResolve={() => setDialog("resolve")} onNote={() => setDialog("note")} />
        : <section className="casep"><Empty title={t("desk.empty.title")} action={<Link to="/exceptions?tab=watch">{t("desk.empty.action")}</Link>}>{t("desk.empty.why", { n: number(counts.watch) })}</Empty></section>}
      <CaseSide one={current} row={delivery} now={now} cases={desk.cases} onAct={(what) => (what === "assign" ? assign() : what === "snooze" ? snooze() : setDialog(what))} />
      <div className="kb">
        <span><kbd>j</kbd> <kbd>k</kbd> {t("keys.move")}</span><span><kbd>a</kbd> {t("desk.assign")}</span><span><kbd>s</kbd> {t("desk.snooze")}</span><span><kbd>r</kbd> {t("desk.resolve")}</span><span><kbd>u</kbd> {t("action.undo")}</span><span><kbd>?</kbd> {t("keys.help")}</span>
        <span className="end num">{index >= 0 ? t("delivery.index", { n: index + 1, all: queue.length }) : ""}</span>
      </div>
      {dialog === "resolve" && current && <ResolveDialog one={current} onClose={() => setDialog(null)} onResolve={(cause, note) => (setDialog(null), void act("POST /v1/cases/{id}/resolve", { resolution: note ? `${cause}: ${note}` : cause }, t("desk.resolved", { id: current.delivery_id }), true, () => void takeBack("POST /v1/cases/{id}/reopen", current, {})))} />}
      {dialog && dialog !== "resolve" && delivery && <ActionDialog kind={dialog} rows={[delivery]} onClose={() => setDialog(null)} />}
    </Page>
  );
}

function inTab(one: DeskCase, tab: Tab, now: number): boolean {
  const snoozed = isSnoozed(one, now);
  if (tab === "snoozed") return snoozed;
  if (snoozed) return false;
  if (tab === "mine") return Boolean(one.owner) && one.owner === actor();
  if (tab === "nobody") return one.severity === "red" && !one.owner;
  return one.severity === (tab === "act" ? "red" : "amber");
}

/** By the time that is left to the first action, then by age. */
function sortCases(cases: DeskCase[]): DeskCase[] {
  const due = (one: DeskCase): number => (one.escalates_at ? Date.parse(one.escalates_at) : Number.MAX_SAFE_INTEGER);
  const opened = (one: DeskCase): number => (one.opened_at ? Date.parse(one.opened_at) : 0);
  return cases.sort((a, b) => due(a) - due(b) || opened(a) - opened(b) || a.id.localeCompare(b.id));
}
