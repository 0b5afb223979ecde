export type IconName =
  | "bell"
  | "bolt"
  | "box"
  | "cal"
  | "chat"
  | "check"
  | "chev"
  | "clock"
  | "desk"
  | "dl"
  | "down"
  | "gear"
  | "home"
  | "hook"
  | "late"
  | "left"
  | "mail"
  | "moon"
  | "more"
  | "note"
  | "pin"
  | "plat"
  | "plus"
  | "push"
  | "retry"
  | "right"
  | "search"
  | "sms"
  | "strike"
  | "undo"
  | "up"
  | "user"
  | "view"
  | "warn"
  | "x";

/** A line icon. Decoration only: the control that carries it has the words. */
export function Icon({ name, small = false, className = "" }: { name: IconName; small?: boolean; className?: string }) {
  return (
    <svg className={`i ${small ? "s" : ""} ${className}`} viewBox="0 0 16 16" aria-hidden="true">
      <use href={`#${name}`} />
    </svg>
  );
}
