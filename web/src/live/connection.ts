import { EventParser, type ServerEvent } from "./sse";

/** The server sends a comment every 15 s: silence of this length means that the line is dead. */
const SILENCE_LIMIT = 20_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;

export interface ConnectionListener {
  events(events: ServerEvent[]): void;
  opened(): void;
  /** @param retryAt when it is tried again, in milliseconds. */
  cut(retryAt: number): void;
  refused(status: number): void;
}

/** One stream that is never given up: it comes back with its cursor, after growing pauses. */
export class Connection {
  private abort: AbortController | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_PAUSE;
  private closed = false;

  constructor(private readonly cursor: () => string, private readonly listener: ConnectionListener) {
    window.addEventListener("offline", this.lost);
    window.addEventListener("online", this.now);
  }

  /** Tries at once, whatever pause is running. */
  now = (): void => {
    clearTimeout(this.retry);
    if (!this.closed) void this.open();
  };

  close(): void {
    this.closed = true;
    window.removeEventListener("offline", this.lost);
    window.removeEventListener("online", this.now);
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    this.abort?.abort();
  }

  private lost = (): void => this.abort?.abort();

  private async open(): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    try {
      const response = await fetch(`/v1/stream?after=${encodeURIComponent(this.cursor())}`, {
        signal: abort.signal, headers: { Accept: "text/event-stream" }, cache: "no-store", credentials: "same-origin",
      });
      if (!response.ok || !response.body) {
        this.listener.refused(response.status);
        throw new Error(`status ${response.status}`);
      }
      await this.read(response.body, abort);
    } catch {
      // What went wrong does not matter: the pause below is the answer to all of it.
    }
    if (abort === this.abort && !this.closed) this.tryLater();
  }

  private async read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const reader = body.getReader();
    const parser = new EventParser();
    const text = new TextDecoder();
    this.listener.opened();
    this.pause = FIRST_PAUSE;
    for (;;) {
      clearTimeout(this.watchdog);
      this.watchdog = setTimeout(() => abort.abort(), SILENCE_LIMIT);
      const { done, value } = await reader.read();
      if (done || abort.signal.aborted) return;
      const events = parser.push(text.decode(value, { stream: true }));
      if (events.length > 0) this.listener.events(events);
    }
  }

  private tryLater(): void {
    clearTimeout(this.watchdog);
    this.listener.cut(Date.now() + this.pause);
    this.retry = setTimeout(this.now, this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}
