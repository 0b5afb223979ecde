import type { Delivery } from "./generated";

/**
 * Calls of the contract that a server may not have yet: their screens say "not switched on" where it answers 404.
 * Fields that a server leaves out are treated as unknown, never made up.
 */
export type DeskCall =
  | "GET /v1/cases"
  | "GET /v1/cases/{id}"
  | "POST /v1/cases/{id}/assign"
  | "POST /v1/cases/{id}/snooze"
  | "POST /v1/cases/{id}/resolve"
  | "POST /v1/cases/{id}/note"
  | "GET /v1/notifications"
  | "POST /v1/notifications/{id}/retry"
  | "GET /v1/deliveries/{id}/notifications"
  | "GET /v1/webhook-endpoints"
  | "POST /v1/webhook-endpoints"
  | "PATCH /v1/webhook-endpoints/{id}"
  | "GET /v1/webhook-endpoints/{id}/attempts"
  | "POST /v1/webhook-endpoints/{id}/recover"
  | "GET /v1/templates"
  | "PUT /v1/templates/{id}"
  | "POST /v1/templates/{id}/preview"
  | "GET /v1/notification-rules"
  | "POST /v1/simulations"
  | "POST /v1/deliveries/{id}/tracking-links";

export interface CaseExplanation {
  rule?: string;
  version?: number | string;
  text?: string;
  inputs?: Record<string, unknown>;
  threshold?: unknown;
  evidence?: string[];
  clears_when?: string;
  [name: string]: unknown;
}

export interface DeskCase {
  id: string;
  kind: string;
  severity: "red" | "amber";
  state?: string;
  delivery_id: string;
  owner?: string | null;
  opened_at?: string;
  due_at?: string | null;
  snoozed_until?: string | null;
  resolved_at?: string | null;
  explanation?: CaseExplanation | string | null;
  next_action?: { action: string; text?: string; reason?: string } | null;
  viewers?: string[];
  history?: { at: string; change?: string; actor?: string | null; text?: string | null }[];
  version?: number;
  delivery?: Delivery;
}

export interface Message {
  id: string;
  state: "scheduled" | "available" | "executing" | "retryable" | "sent" | "discarded" | "cancelled" | "suppressed";
  channel: string;
  audience?: string;
  delivery_id: string;
  milestone?: string | null;
  case?: string | null;
  template?: string | null;
  reason?: string | null;
  error?: string | null;
  attempts?: number;
  scheduled_at?: string | null;
  next_attempt_at?: string | null;
  created_at?: string;
  sent_at?: string | null;
  updated_at?: string;
}

export interface Endpoint {
  id: string;
  name?: string | null;
  url: string;
  state?: string;
  events?: string[];
  failing_since?: string | null;
  disabled_at?: string | null;
  created_at?: string;
  description?: string | null;
}

export interface Attempt {
  id?: string;
  at?: string;
  status?: number | null;
  outcome?: string;
  milliseconds?: number | null;
  error?: string | null;
}

export interface Template {
  id: string;
  name?: string;
  channel?: string;
  audience?: string;
  language?: string;
  subject?: string | null;
  body?: string;
  version?: number;
}

export interface Paged<T> {
  data: T[];
  next_cursor: string | null;
}
