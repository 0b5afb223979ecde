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
  | "POST /v1/cases/{id}/reopen"
  | "POST /v1/cases/{id}/note"
  | "GET /v1/notifications"
  | "POST /v1/notifications/{id}/retry"
  | "GET /v1/deliveries/{id}/notifications"
  | "GET /v1/webhook-endpoints"
  | "POST /v1/webhook-endpoints"
  | "PATCH /v1/webhook-endpoints/{id}"
  | "POST /v1/webhook-endpoints/{id}/recover"
  | "GET /v1/templates"
  | "PUT /v1/templates/{id}"
  | "POST /v1/templates/preview"
  | "GET /v1/notification-rules";

/** Why a case is open, as its rule said. */
export interface CaseExplanation {
  rule?: string;
  version?: number;
  inputs?: Record<string, unknown>;
  threshold?: string;
  evidence?: string[];
  clears_when?: string;
}

export interface DeskCase {
  id: string;
  kind: string;
  severity: "red" | "amber";
  state?: "open" | "resolved" | "cleared";
  delivery_id: string;
  owner?: string | null;
  opened_at?: string;
  changed_by?: string | null;
  /** When amber becomes red, or red is told on: the clock of the case. */
  escalates_at?: string | null;
  snoozed_until?: string | null;
  resolution?: string | null;
  explanation?: CaseExplanation | null;
  version?: number;
  delivery?: Delivery;
  /** In the details of one case. */
  changes?: { id: string; at: string; actor: string | null; case: { change?: string; note?: string; owner?: string | null } }[];
}

export interface Message {
  id: string;
  state: "scheduled" | "available" | "executing" | "retryable" | "sent" | "discarded" | "cancelled" | "suppressed";
  channel: string;
  audience: string;
  party?: string;
  delivery_id: string;
  /** The milestone or case that it is about. */
  occasion: string;
  template?: string;
  reason?: string | null;
  /** What the provider said last. */
  last_result?: string | null;
  attempts: number;
  due_at?: string | null;
  created_at: string;
  sent_at?: string | null;
  updated_at: string;
}

export interface Endpoint {
  id: string;
  url: string;
  description?: string | null;
  events?: string[];
  disabled?: boolean;
  disabled_because?: string | null;
  /** Shown once, when it is made. */
  secret?: string;
}

export interface TemplateContent {
  subject: string;
  text: string;
  short?: string;
  html?: string;
}

/** A template of the merchant's own; its id is `<template>.<language>`. */
export interface Template {
  id: string;
  content: TemplateContent;
  updated_at?: string;
}

export interface Preview {
  subject: string;
  text: string;
  html?: string | null;
  sms?: { segments: number; units: number } | null;
}

export interface Rule {
  id: string;
  standard?: boolean;
  [name: string]: unknown;
}

export interface Paged<T> {
  data: T[];
  next_cursor: string | null;
}
