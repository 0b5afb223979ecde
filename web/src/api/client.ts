import type { APICall, Problem as ProblemBody } from "./generated";
import type { DeskCall } from "./desk";

/** What the API says when it cannot do a thing: RFC 9457, told apart by `code`. */
export class Problem extends Error {
  constructor(readonly code: string, readonly status: number, readonly detail: string, readonly errors: ProblemBody["errors"] = []) {
    super(detail);
  }
}

export interface Answer<T> {
  value: T;
  /** The feed position of the snapshot this answer was read in. */
  cursor: string | null;
}

export interface CallOptions {
  /** Values for `{name}` in the path. */
  path?: Record<string, string>;
  query?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  key?: string;
}

/** Calls the API. Throws `Problem`; a server that cannot be reached is `unreachable` with status 0. */
export async function call<T>(name: APICall | DeskCall, options: CallOptions = {}): Promise<Answer<T>> {
  const [method = "GET", template = "/"] = name.split(" ");
  const init: RequestInit = { method, headers: headers(options), credentials: "same-origin", cache: "no-store" };
  if (options.body !== undefined || method !== "GET") init.body = JSON.stringify(options.body ?? {});
  if (options.signal) init.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(address(template, options), init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem("unreachable", 0, "");
  }
  if (response.status === 401) location.assign("/sign-in");
  if (!response.ok) throw await problem(response);
  const value = (response.status === 204 ? undefined : await response.json()) as T;
  return { value, cursor: response.headers.get("Waybill-Cursor") };
}

export function address(template: string, options: CallOptions): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.path?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) if (value !== undefined && value !== "") query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function headers(options: CallOptions): Record<string, string> {
  const fields: Record<string, string> = { Accept: "application/json", "Content-Type": "application/json" };
  if (options.key) fields["Idempotency-Key"] = options.key;
  return fields;
}

async function problem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as ProblemBody;
    return new Problem(body.code, response.status, body.detail, body.errors ?? []);
  } catch {
    return new Problem("internal", response.status, response.statusText);
  }
}
