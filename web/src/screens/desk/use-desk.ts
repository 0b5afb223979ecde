import { useEffect, useMemo, useSyncExternalStore } from "react";
import { call, Problem } from "../../api/client";
import type { DeskCase, Paged } from "../../api/desk";
import type { Live } from "../../live/live";
import { useLiveSource } from "../../live/use-live";

/** More cases than a team can work on are not held. */
const CASES_HELD = 2_000;

export interface DeskView {
  state: "loading" | "on" | "off" | "failed";
  problem: Problem | null;
  cases: Map<string, DeskCase>;
}

interface CaseUpdate {
  case: DeskCase;
  delivery_id: string;
  delivery: DeskCase["delivery"];
}

/** Open cases, live. One for the page: the sidebar, the overview and the desk count the same. */
class Desk {
  private view: DeskView = { state: "loading", problem: null, cases: new Map() };
  private readonly listeners = new Set<() => void>();
  private started = false;
  /** What was heard while the list was on its way: it may be newer than the list. */
  private heard: CaseUpdate[] | null = null;

  snapshot = (): DeskView => this.view;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(live: Live): void {
    if (this.started) return;
    this.started = true;
    void this.load();
    live.onUpdate((update) => {
      if ((update.kind as string) === "case") this.take(update as unknown as CaseUpdate);
    });
  }

  async load(): Promise<void> {
    const heard: CaseUpdate[] = [];
    this.heard = heard;
    try {
      const cases = new Map<string, DeskCase>();
      let cursor: string | undefined;
      do {
        const page: { value: Paged<DeskCase> } = await call<Paged<DeskCase>>("GET /v1/cases", { query: { limit: "200", cursor } });
        for (const one of page.value.data) cases.set(one.id, one);
        cursor = page.value.next_cursor ?? undefined;
      } while (cursor && cases.size < CASES_HELD);
      this.change({ state: "on", problem: null, cases });
      if (this.heard === heard) this.heard = null;
      for (const update of heard) this.take(update);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem("internal", 0, String(error));
      this.change({ state: problem.status === 404 ? "off" : "failed", problem });
    }
  }

  put(one: DeskCase): void {
    const cases = new Map(this.view.cases);
    if (isClosed(one)) cases.delete(one.id);
    else cases.set(one.id, { ...cases.get(one.id), ...one });
    this.change({ cases });
  }

  private take(update: CaseUpdate): void {
    this.heard?.push(update);
    const known = this.view.cases.get(update.case.id);
    if (known?.version !== undefined && update.case.version !== undefined && known.version > update.case.version) return;
    this.put({ ...known, ...update.case, delivery_id: update.delivery_id, ...(update.delivery ? { delivery: update.delivery } : {}) });
  }

  private change(part: Partial<DeskView>): void {
    this.view = { ...this.view, ...part };
    for (const listener of this.listeners) listener();
  }
}

export const isClosed = (one: DeskCase): boolean => one.state === "cleared" || one.state === "resolved";

const desk = new Desk();

export function useDesk(): DeskView & { reload: () => void; put: (one: DeskCase) => void } {
  const live = useLiveSource();
  useEffect(() => desk.start(live), [live]);
  const view = useSyncExternalStore(desk.subscribe, desk.snapshot);
  return useMemo(() => ({ ...view, reload: () => void desk.load(), put: (one: DeskCase) => desk.put(one) }), [view]);
}

export interface DeskCounts {
  act: number;
  watch: number;
  nobody: number;
  snoozed: number;
  kinds: { kind: string; act: number; watch: number }[];
}

/** Null where the desk is not switched on. */
export function useDeskCounts(): DeskCounts | null {
  const { state, cases } = useDesk();
  return useMemo(() => (state === "on" ? countCases(cases.values(), Date.now()) : null), [state, cases]);
}

export function countCases(cases: Iterable<DeskCase>, now: number): DeskCounts {
  const kinds = new Map<string, { kind: string; act: number; watch: number }>();
  const counts = { act: 0, watch: 0, nobody: 0, snoozed: 0 };
  for (const one of cases) {
    if (isSnoozed(one, now)) {
      counts.snoozed += 1;
      continue;
    }
    const kind = kinds.get(one.kind) ?? { kind: one.kind, act: 0, watch: 0 };
    kind[one.severity === "red" ? "act" : "watch"] += 1;
    kinds.set(one.kind, kind);
    counts[one.severity === "red" ? "act" : "watch"] += 1;
    if (one.severity === "red" && !one.owner) counts.nobody += 1;
  }
  return { ...counts, kinds: [...kinds.values()] };
}

export const isSnoozed = (one: DeskCase, now: number): boolean => Boolean(one.snoozed_until && Date.parse(one.snoozed_until) > now);
