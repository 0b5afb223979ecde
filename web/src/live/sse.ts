export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/**
 * Takes a stream of Server-Sent Events apart, whatever pieces it comes in.
 *
 * Our own instead of `EventSource`, which hides the comments that tell a quiet stream from a dead one.
 */
export class EventParser {
  private rest = "";
  private id: string | null = null;
  private event = "";
  private data: string[] = [];

  push(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split("\n");
    this.rest = lines.pop() ?? "";
    const events: ServerEvent[] = [];
    for (const line of lines) this.take(line.endsWith("\r") ? line.slice(0, -1) : line, events);
    return events;
  }

  private take(line: string, events: ServerEvent[]): void {
    if (line === "") return this.dispatch(events);
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "id") this.id = value;
    else if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
  }

  /** A frame with an id and no data only moves the cursor. */
  private dispatch(events: ServerEvent[]): void {
    if (this.data.length > 0 || this.id !== null) {
      events.push({ id: this.id, event: this.event || "message", data: this.data.join("\n") });
    }
    this.id = null;
    this.event = "";
    this.data = [];
  }
}
