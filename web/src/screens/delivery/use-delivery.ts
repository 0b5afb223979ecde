import { useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { Message, Paged } from "../../api/desk";
import type { Delivery, TimelineEntry, TimelinePage } from "../../api/generated";
import { useLiveSource } from "../../live/use-live";

export interface DeliveryData {
  delivery: Delivery | null;
  events: TimelineEntry[];
  /** Null where the server keeps no ledger of messages. */
  messages: Message[] | null;
  problem: Problem | null;
}

/** One delivery with its timeline and its messages; read again whenever an update of it is heard. */
export function useDelivery(id: string): DeliveryData {
  const live = useLiveSource();
  const [data, setData] = useState<DeliveryData>({ delivery: null, events: [], messages: null, problem: null });
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      try {
        const [delivery, events, messages] = await Promise.all([
          call<Delivery>("GET /v1/deliveries/{id}", { path: { id } }), allEvents(id), messagesOf(id),
        ]);
        if (wanted) setData({ delivery: delivery.value, events, messages, problem: null });
      } catch (error) {
        if (!wanted) return;
        const problem = error instanceof Problem ? error : new Problem("internal", 0, String(error));
        setData((known) => ({ ...known, problem }));
        if (problem.status !== 404) timer = setTimeout(() => void load(), 3_000);
      }
    };
    void load();
    const forget = live.onUpdate((update) => {
      if (update.delivery_id !== id) return;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), 60);
    });
    return () => {
      wanted = false;
      clearTimeout(timer);
      forget();
    };
  }, [id, live]);
  return data;
}

async function allEvents(id: string): Promise<TimelineEntry[]> {
  const events: TimelineEntry[] = [];
  let cursor: string | undefined;
  do {
    const { value } = await call<TimelinePage>("GET /v1/deliveries/{id}/events", { path: { id }, query: { limit: "200", cursor } });
    events.push(...value.data);
    cursor = value.next_cursor ?? undefined;
  } while (cursor && events.length < 2_000);
  return events;
}

let hasLedger = true;

async function messagesOf(id: string): Promise<Message[] | null> {
  if (!hasLedger) return null;
  try {
    return (await call<Paged<Message>>("GET /v1/deliveries/{id}/notifications", { path: { id } })).value.data;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) hasLedger = false;
    return null;
  }
}
