/** Every icon and glyph, drawn once and used by reference. Shapes tell statuses apart; colour comes second. */
export function Sprite() {
  return (
    <svg width="0" height="0" className="sprite" aria-hidden="true">
      <symbol id="bell" viewBox="0 0 16 16">
        <path d="M2 3.5h12v8H9l-3 2.5v-2.5H2zM5 6.5h6M5 8.8h4" />
      </symbol>
      <symbol id="bolt" viewBox="0 0 16 16">
        <path d="M8.8 1.8 3.5 9H8l-.8 5.2L12.5 7H8z" />
      </symbol>
      <symbol id="box" viewBox="0 0 16 16">
        <path d="M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6" />
      </symbol>
      <symbol id="cal" viewBox="0 0 16 16">
        <path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v2.5M10.5 2v2.5" />
      </symbol>
      <symbol id="chat" viewBox="0 0 16 16">
        <path d="M2 3h12v8H8l-3.2 2.7V11H2z" />
      </symbol>
      <symbol id="check" viewBox="0 0 16 16">
        <path d="m3 8.5 3.3 3.3L13 4.8" />
      </symbol>
      <symbol id="chev" viewBox="0 0 16 16">
        <path d="m6 4 4 4-4 4" />
      </symbol>
      <symbol id="clock" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" />
        <path d="M8 4.6V8l2.3 1.5" />
      </symbol>
      <symbol id="desk" viewBox="0 0 16 16">
        <path d="M8 2.3 14.2 13H1.8zM8 6.5v3M8 11.3v.1" />
      </symbol>
      <symbol id="dl" viewBox="0 0 16 16">
        <path d="M8 2.5v7.5M4.8 7.2 8 10.4l3.2-3.2M3 13.5h10" />
      </symbol>
      <symbol id="down" viewBox="0 0 16 16">
        <path d="m4 6 4 4 4-4" />
      </symbol>
      <symbol id="gear" viewBox="0 0 16 16">
        <path d="M2 4.5h6M11 4.5h3M2 11.5h3M8 11.5h6" />
        <circle cx="9.5" cy="4.5" r="1.5" />
        <circle cx="6.5" cy="11.5" r="1.5" />
      </symbol>
      <symbol id="home" viewBox="0 0 16 16">
        <path d="M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11" />
      </symbol>
      <symbol id="hook" viewBox="0 0 16 16">
        <path d="M6 3.5 3 8l3 4.5M10 3.5 13 8l-3 4.5" />
      </symbol>
      <symbol id="late" viewBox="0 0 16 16">
        <path d="M2.5 8a5.5 5.5 0 1 1 1.6 3.9M2.2 9.5 4 12l2.6-1.3M8 5.2V8l1.9 1.2" />
      </symbol>
      <symbol id="left" viewBox="0 0 16 16">
        <path d="M13 8H3.5M7 4 3 8l4 4" />
      </symbol>
      <symbol id="mail" viewBox="0 0 16 16">
        <path d="M2 3.5h12v9H2zM2.3 4 8 8.5 13.7 4" />
      </symbol>
      <symbol id="mark" viewBox="0 0 20 20">
        <path d="M2.6 5.2 6.6 15 10 7.2 13.4 15l4-9.8" fill="none" stroke="currentColor" strokeWidth="2.1" strokeLinejoin="round" strokeLinecap="round" />
        <circle cx="10" cy="5.6" r="1.9" fill="currentColor" />
      </symbol>
      <symbol id="moon" viewBox="0 0 16 16">
        <path d="M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z" />
      </symbol>
      <symbol id="more" viewBox="0 0 16 16">
        <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />
      </symbol>
      <symbol id="note" viewBox="0 0 16 16">
        <path d="M3 2.5h10v8L10 13.5H3zM10 13.5v-3h3M5.5 5.5h5M5.5 8h3" />
      </symbol>
      <symbol id="pin" viewBox="0 0 16 16">
        <path d="M8 14.3s4.7-4.2 4.7-7.7a4.7 4.7 0 0 0-9.4 0c0 3.5 4.7 7.7 4.7 7.7z" />
        <circle cx="8" cy="6.6" r="1.6" />
      </symbol>
      <symbol id="plat" viewBox="0 0 16 16">
        <path d="M1.5 8.5h3l1.7-5 3 9 1.9-5.5.7 1.5h2.7" />
      </symbol>
      <symbol id="plus" viewBox="0 0 16 16">
        <path d="M8 3.5v9M3.5 8h9" />
      </symbol>
      <symbol id="push" viewBox="0 0 16 16">
        <path d="M8 2c-2.5 0-4 1.8-4 4.2 0 3.3-1.3 4.3-1.3 4.3h10.6S12 9.5 12 6.2C12 3.8 10.5 2 8 2zM6.7 12.8a1.4 1.4 0 0 0 2.6 0" />
      </symbol>
      <symbol id="retry" viewBox="0 0 16 16">
        <path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M13.7 2v2.8h-2.8" />
      </symbol>
      <symbol id="right" viewBox="0 0 16 16">
        <path d="M3 8h9.5M9 4l4 4-4 4" />
      </symbol>
      <symbol id="search" viewBox="0 0 16 16">
        <circle cx="7" cy="7" r="4.5" />
        <path d="m10.5 10.5 3 3" />
      </symbol>
      <symbol id="sev-amber" viewBox="0 0 16 16">
        <path d="M8 1.8 14.6 8 8 14.2 1.4 8z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
        <path d="M8 5.8v2.7M8 10.5v.1" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      </symbol>
      <symbol id="sev-red" viewBox="0 0 16 16">
        <path d="M8 1.6 15 14H1z" fill="currentColor" stroke="currentColor" strokeWidth="1" strokeLinejoin="round" />
        <path d="M8 6v4M8 12v.1" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" />
      </symbol>
      <symbol id="sms" viewBox="0 0 16 16">
        <path d="M4.5 1.8h7v12.4h-7zM7.2 12h1.6" />
      </symbol>
      <symbol id="st-attempt" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="M8 4.8v3.8M8 11v.1" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
      </symbol>
      <symbol id="st-cancelled" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="m4.2 11.8 7.6-7.6" stroke="currentColor" strokeWidth="1.7" />
      </symbol>
      <symbol id="st-created" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" strokeDasharray="2.4 2.31" />
      </symbol>
      <symbol id="st-delivered" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6.9" fill="currentColor" />
        <path d="m5 8.3 2.2 2.2L11.2 6" fill="none" stroke="var(--surface)" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
      </symbol>
      <symbol id="st-dispatched" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="M8 8V4.3A3.7 3.7 0 0 1 11.7 8z" fill="currentColor" />
      </symbol>
      <symbol id="st-exception" viewBox="0 0 16 16">
        <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" fill="currentColor" />
        <path d="M8 4.6v4M8 11.2v.1" stroke="var(--surface)" strokeWidth="1.9" strokeLinecap="round" />
      </symbol>
      <symbol id="st-expired" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" strokeDasharray="1.4 1.74" />
        <path d="M8 5v3.2l2 1.2" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      </symbol>
      <symbol id="st-hold" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="M6.3 5.7v4.6M9.7 5.7v4.6" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
      </symbol>
      <symbol id="st-out" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="M8 8V4.3A3.7 3.7 0 1 1 4.3 8z" fill="currentColor" />
      </symbol>
      <symbol id="st-pickup" viewBox="0 0 16 16">
        <rect x="2.3" y="2.3" width="11.4" height="11.4" rx="3" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <rect x="5.6" y="5.6" width="4.8" height="4.8" rx="1" fill="currentColor" />
      </symbol>
      <symbol id="st-returned" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6.9" fill="currentColor" />
        <path d="M11 8H5.5M7.7 5.5 5.2 8l2.5 2.5" fill="none" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
      </symbol>
      <symbol id="st-returning" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="M11 8H5.5M7.7 5.5 5.2 8l2.5 2.5" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
      </symbol>
      <symbol id="st-transit" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.7" />
        <path d="M8 4.3a3.7 3.7 0 0 1 0 7.4z" fill="currentColor" />
      </symbol>
      <symbol id="strike" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" />
        <path d="m5.7 5.7 4.6 4.6M10.3 5.7l-4.6 4.6" />
      </symbol>
      <symbol id="undo" viewBox="0 0 16 16">
        <path d="M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6" />
      </symbol>
      <symbol id="up" viewBox="0 0 16 16">
        <path d="m4 10 4-4 4 4" />
      </symbol>
      <symbol id="user" viewBox="0 0 16 16">
        <circle cx="8" cy="5.5" r="2.7" />
        <path d="M2.8 13.5c.6-2.7 2.6-4 5.2-4s4.6 1.3 5.2 4" />
      </symbol>
      <symbol id="view" viewBox="0 0 16 16">
        <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />
      </symbol>
      <symbol id="warn" viewBox="0 0 16 16">
        <path d="M8 2.3 14.2 13H1.8zM8 6.5v3M8 11.3v.1" />
      </symbol>
      <symbol id="x" viewBox="0 0 16 16">
        <path d="m4.5 4.5 7 7M11.5 4.5l-7 7" />
      </symbol>
    </svg>
  );
}
