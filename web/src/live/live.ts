import { call, Problem } from "../api/client";
import type { DeliveryPage, Stats, Update } from "../api/generated";
import { point, time } from "../model/row";
import { Connection } from "./connection";
import { Ledger } from "./ledger";
import { Replica } from "./replica";
import type { ServerEvent } from "./sse";

/** More deliveries than this are not held: the newest are, and counts of all come from the server. */
export const REPLICA_LIMIT = 20_000;
/** How often screens are drawn at most, so that a burst costs a few frames and not one for each update. */
const DRAW_INTERVAL = 200;
const STATS_INTERVAL = 5_000;

export type Link =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "cut"; since: number; retryAt: number }
  | { kind: "back"; updates: number; milliseconds: number };

/** What the screens see: a new object each time something changed. */
export interface LiveView {
  phase: "loading" | "ready" | "failed";
  problem: Problem | null;
  link: Link;
  stats: Stats | null;
  /** All deliveries, held here or not. */
  total: number;
  /** Every delivery is held here. */
  complete: boolean;
  version: number;
  /** When the newest update was heard. */
  heardAt: number;
}

type UpdateListener = (update: Update) => void;

/** One snapshot, one cursor, one stream: everything that the dashboard shows live comes through here. */
export class Live {
  readonly replica = new Replica();
  readonly ledger = new Ledger();
  private readonly connection: Connection;
  private view: LiveView = {
    phase: "loading", problem: null, link: { kind: "connecting" }, stats: null, total: 0, complete: false, version: 0, heardAt: 0,
  };
  private readonly listeners = new Set<() => void>();
  private readonly updateListeners = new Set<UpdateListener>();
  private cursor = "";
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private since = 0;
  private catchingUp: { at: number; updates: number } | null = null;
  private loading = 0;

  constructor() {
    this.connection = new Connection(() => this.cursor, {
      events: (events) => this.take(events),
      opened: () => this.opened(),
      cut: (retryAt) => this.cut(retryAt),
      refused: () => undefined,
    });
    setInterval(() => void this.refreshStats(), STATS_INTERVAL);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): LiveView => this.view;

  /** Hears every update as it comes, before it is drawn. */
  onUpdate(listener: UpdateListener): () => void {
    this.updateListeners.add(listener);
    return () => this.updateListeners.delete(listener);
  }

  tryNow = (): void => (this.view.phase === "failed" ? void this.load() : this.connection.now());

  /** Reads the snapshot, joins the stream at its cursor, then fills in the rows: no gap between them. */
  async load(): Promise<void> {
    const run = (this.loading += 1);
    try {
      const stats = await call<Stats>("GET /v1/stats");
      this.cursor = stats.cursor ?? "";
      this.replica.clear();
      this.ledger.begin(Date.now());
      this.connection.now();
      this.change({ stats: stats.value, total: stats.value.deliveries.total, problem: null });
      await this.fill(run);
      if (run === this.loading) this.change({ phase: "ready" });
    } catch (error) {
      if (run !== this.loading) return;
      this.change({ phase: "failed", problem: error instanceof Problem ? error : new Problem("internal", 0, String(error)) });
      setTimeout(() => run === this.loading && void this.load(), 3_000);
    }
  }

  private async fill(run: number): Promise<void> {
    let cursor: string | undefined;
    let held = 0;
    do {
      const page = await call<DeliveryPage>("GET /v1/deliveries", { query: { sort: "-created", limit: "200", cursor } });
      if (run !== this.loading) return;
      for (const delivery of page.value.data) this.replica.apply(delivery);
      held += page.value.data.length;
      cursor = page.value.next_cursor ?? undefined;
      this.draw();
    } while (cursor && held < REPLICA_LIMIT);
    this.change({ complete: !cursor });
  }

  private take(events: ServerEvent[]): void {
    for (const event of events) {
      if (event.id) this.cursor = event.id;
      if (event.event === "update") this.takeUpdate(JSON.parse(event.data) as Update);
      else if (event.event === "position") this.takePosition(event.data);
      else if (event.event === "reset") void this.load();
    }
    this.draw();
  }

  private takeUpdate(update: Update): void {
    this.view.heardAt = Date.now();
    if (this.catchingUp) this.catchingUp.updates += 1;
    this.replica.apply(update.delivery);
    if (update.kind === "event") this.ledger.hear(update, Date.now());
    for (const listener of this.updateListeners) listener(update);
  }

  private takePosition(data: string): void {
    const fix = JSON.parse(data) as { delivery_id: string; occurred_at: string; location: { lat?: number; lon?: number } };
    const where = point(fix.location);
    this.view.heardAt = Date.now();
    this.ledger.hearPosition(Date.now());
    if (where) this.replica.fix(fix.delivery_id, where, time(fix.occurred_at) ?? 0);
  }

  private opened(): void {
    if (this.view.link.kind !== "cut") return this.change({ link: { kind: "live" } });
    this.catchingUp = { at: Date.now(), updates: 0 };
    // What was missed comes at once; when it has come, the page says so.
    setTimeout(() => this.caughtUp(), 600);
    void this.refreshStats();
  }

  private caughtUp(): void {
    const run = this.catchingUp;
    this.catchingUp = null;
    if (!run || this.view.link.kind !== "cut") return;
    const back: Link = { kind: "back", updates: run.updates, milliseconds: Date.now() - run.at };
    this.change({ link: back });
    setTimeout(() => this.view.link === back && this.change({ link: { kind: "live" } }), 5_000);
  }

  private cut(retryAt: number): void {
    if (this.view.link.kind !== "cut") this.since = Date.now();
    this.catchingUp = null;
    this.change({ link: { kind: "cut", since: this.since, retryAt } });
  }

  private async refreshStats(): Promise<void> {
    try {
      const { value } = await call<Stats>("GET /v1/stats");
      this.change({ stats: value, total: value.deliveries.total });
    } catch {
      // The stream says whether the server is there.
    }
  }

  private change(part: Partial<LiveView>): void {
    this.view = { ...this.view, ...part };
    this.draw();
  }

  private draw(): void {
    if (this.drawing !== undefined) return;
    this.drawing = setTimeout(() => {
      this.drawing = undefined;
      const total = this.view.complete ? this.replica.rows.size : this.view.total;
      this.view = { ...this.view, total, version: this.view.version + 1 };
      for (const listener of this.listeners) listener();
    }, DRAW_INTERVAL);
  }
}
