import { useEffect, useMemo, useRef, useState } from "react";
import { call, Problem } from "../../api/client";
import type { DeliveryPage } from "../../api/generated";
import { useLive, useLiveSource } from "../../live/use-live";
import { compare, matches, type Filter, type Sort } from "../../model/views";
import { type Row, rowOf } from "../../model/row";

export interface List {
  rows: Row[];
  /** How many match; null where only the server could say and does not. */
  count: number | null;
  /** Rows that match by now and wait, so that nothing moves under the pointer. */
  waiting: number;
  merge: () => void;
  more: (() => void) | null;
  busy: boolean;
  problem: Problem | null;
}

/** The list of a filter: out of the replica where that is complete, else page by page from the server. */
export function useList(filter: Filter, sort: Sort, key: string, held: boolean): List {
  const view = useLive();
  const local = useLocal(filter, sort, key, held);
  const remote = useRemote(filter, sort, key, view.phase === "ready" && !view.complete);
  return view.complete ? local : remote;
}

/** @param held while true the order stays as it is, and new rows wait. */
function useLocal(filter: Filter, sort: Sort, key: string, held: boolean): List {
  const view = useLive();
  const { replica } = useLiveSource();
  const now = Date.now();
  const fresh = useMemo(() => {
    const rows: Row[] = [];
    for (const row of replica.rows.values()) if (matches(row, filter, now)) rows.push(row);
    return rows.sort(compare(sort, now));
  }, [view.version, key]);
  const order = useRef<{ key: string; ids: string[] }>({ key: "", ids: [] });
  const [, redraw] = useState(0);
  if (order.current.key !== key || !held) order.current = { key, ids: fresh.map((row) => row.id) };
  const shown = order.current.ids;
  const known = held ? new Set(shown) : null;
  const waiting = known ? fresh.reduce((sum, row) => sum + (known.has(row.id) ? 0 : 1), 0) : 0;
  const rows = held ? shown.flatMap((id) => replica.rows.get(id) ?? []) : fresh;
  const merge = (): void => {
    order.current = { key, ids: fresh.map((row) => row.id) };
    redraw((n) => n + 1);
  };
  return { rows, count: fresh.length, waiting, merge, more: null, busy: view.phase === "loading", problem: null };
}

function useRemote(filter: Filter, sort: Sort, key: string, wanted: boolean): List {
  const live = useLiveSource();
  const [state, setState] = useState<{ rows: Row[]; cursor: string | null; busy: boolean; problem: Problem | null }>({ rows: [], cursor: null, busy: true, problem: null });
  const run = useRef(0);
  const fetchPage = async (cursor: string | undefined): Promise<void> => {
    const mine = run.current;
    setState((s) => ({ ...s, busy: true, problem: null }));
    try {
      const { value } = await call<DeliveryPage>("GET /v1/deliveries", { query: { ...serverQuery(filter, sort), cursor, limit: "200" } });
      if (mine !== run.current) return;
      setState((s) => ({ rows: [...(cursor ? s.rows : []), ...value.data.map(rowOf)], cursor: value.next_cursor, busy: false, problem: null }));
    } catch (error) {
      if (mine === run.current) setState((s) => ({ ...s, busy: false, problem: error instanceof Problem ? error : new Problem("internal", 0, String(error)) }));
    }
  };
  useEffect(() => {
    if (!wanted) return;
    run.current += 1;
    void fetchPage(undefined);
  }, [key, wanted]);
  useEffect(() => {
    if (!wanted) return;
    return live.onUpdate((update) => {
      setState((s) => {
        const index = s.rows.findIndex((row) => row.id === update.delivery_id);
        const known = s.rows[index];
        if (!known || known.sequence >= update.sequence) return s;
        const rows = [...s.rows];
        rows[index] = rowOf(update.delivery);
        return { ...s, rows };
      });
    });
  }, [live, wanted]);
  const cursor = state.cursor;
  return {
    rows: state.rows, count: null, waiting: 0, merge: () => undefined, busy: state.busy, problem: state.problem,
    more: cursor && !state.busy ? () => void fetchPage(cursor) : null,
  };
}

/** The server narrows by fewer things; what it cannot is left to views over a complete replica. */
function serverQuery(filter: Filter, sort: Sort): Record<string, string | undefined> {
  return {
    status: filter.statuses.join(",") || undefined,
    carrier: filter.carriers[0],
    q: filter.text || undefined,
    promised_before: filter.promised === "past" ? new Date().toISOString() : undefined,
    sort: sort === "created" || sort === "promised" || sort === "-promised" ? sort : sort === "behind" ? "promised" : "-created",
  };
}
