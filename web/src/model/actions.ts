import { call, Problem } from "../api/client";
import type { EventReceipt } from "../api/generated";
import { actor } from "../components/theme";
import { FINAL, type Row } from "./row";

export type ActionKind = "note" | "reschedule" | "redirect" | "cancel" | "mark_delivered" | "correct";

/** Whether it makes sense for this delivery; else why not, as a key of the texts. */
export function obstacle(kind: ActionKind, row: Row): "final" | null {
  if (kind === "note" || kind === "correct") return null;
  return FINAL.has(row.status) && row.status !== "expired" ? "final" : null;
}

export interface Outcome {
  done: { id: string; event: string }[];
  failed: { id: string; problem: Problem }[];
}

const AT_ONCE = 6;

/** Does one thing to many deliveries, a few at a time. One that fails does not stop the others. */
export async function actOn(ids: string[], body: Record<string, unknown>): Promise<Outcome> {
  const outcome: Outcome = { done: [], failed: [] };
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        outcome.done.push({ id, event: await act(id, body) });
      } catch (error) {
        outcome.failed.push({ id, problem: error instanceof Problem ? error : new Problem("internal", 0, String(error)) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
  return outcome;
}

/** Publishes the action as an event; answers the event's id. */
export async function act(id: string, body: Record<string, unknown>): Promise<string> {
  const who = actor();
  const { value } = await call<EventReceipt>("POST /v1/deliveries/{id}/actions", {
    path: { id }, body: { ...body, ...(who ? { actor: who } : {}) }, key: crypto.randomUUID(),
  });
  return value.event_id;
}

/** Takes actions back: each of their events is corrected. Nothing is deleted; the timeline shows both. */
export async function takeBack(done: Outcome["done"]): Promise<void> {
  for (const { id, event } of done) await act(id, { action: "correct", corrects: event, why: "did_not_occur" });
}
