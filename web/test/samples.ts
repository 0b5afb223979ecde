import type { Delivery, Status } from "../src/api/generated";
import { rowOf, type Row } from "../src/model/row";

export const NOW = Date.parse("2026-11-24T14:35:00Z");

export const iso = (at: number): string => new Date(at).toISOString();

export const HOUR = 3_600_000;

/** A delivery with what matters to a test, and nothing else said. */
export function delivery(id: string, status: Status, more: Partial<Delivery> = {}): Delivery {
  return {
    id, merchant: "default", status, reason: null, sequence: 1, tracking_number: null, carrier: "Hanse", order_reference: null,
    promised: null, promised_original: null, eta: null, delay: null, attempts: 0, last_event: null, last_location: null, origin: null,
    destination: null, created_at: null, dispatched_at: null, out_for_delivery_at: null, delivered_at: null, returned_at: null,
    cancelled_at: null, pickup_until: null, place: null, proof_id: null, recipient_id: null, contradiction: null, provisional: false,
    open_cases: [], metadata: {}, updated_at: null, ...more,
  } as Delivery;
}

export const row = (id: string, status: Status, more: Partial<Delivery> = {}): Row => rowOf(delivery(id, status, more));
