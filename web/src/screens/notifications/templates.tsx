import { useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { Preview, Template, TemplateContent } from "../../api/desk";
import { Failed, SkeletonRows } from "../../components/states";
import { say } from "../../components/toast";
import { useLive, useLiveSource } from "../../live/use-live";
import { t, tCode } from "../../text/text";
import type { Resource } from "./use-resource";

const OCCASIONS = ["created", "dispatched", "out_for_delivery", "available_for_pickup", "attempt_failed", "delayed", "exception", "delivered", "returning", "cancelled", "corrected"];
const LANGUAGES = ["en", "de", "fr", "nl", "pl"];
const PAUSE = 300;

/** Write on the left, see what the customer gets on the right. What is not written is the text that Waybill ships. */
export function Templates({ templates }: { templates: Resource<Template> }) {
  const [occasion, setOccasion] = useState("out_for_delivery");
  const [language, setLanguage] = useState("en");
  if (templates.state === "off") return <p className="body mid pad">{t("templates.off")}</p>;
  if (templates.state === "failed" && templates.problem) return <Failed problem={templates.problem} onRetry={templates.reload} />;
  if (!templates.items) return <SkeletonRows rows={6} />;
  const id = `${occasion}.${language}`;
  const own = templates.items.find((one) => one.id === id);
  const written = (name: string): number => templates.items?.filter((one) => one.id.startsWith(`${name}.`)).length ?? 0;
  return (
    <div className="tedit">
      <nav className="tl" aria-label={t("templates.title")}>
        {OCCASIONS.map((name) => (
          <a key={name} href={`#${name}`} onClick={(event) => (event.preventDefault(), setOccasion(name))} {...(name === occasion ? { "aria-current": true } : {})}>
            <span className="trunc">{tCode("milestone", name)}</span><span className="dim num">{written(name) > 0 ? written(name) : ""}</span>
          </a>
        ))}
      </nav>
      <Editor key={`${id}${own?.updated_at ?? ""}`} occasion={occasion} language={language} onLanguage={setLanguage} content={own?.content} onSaved={templates.reload} />
    </div>
  );
}

interface EditorProps {
  occasion: string;
  language: string;
  onLanguage: (language: string) => void;
  content: TemplateContent | undefined;
  onSaved: () => void;
}

function Editor({ occasion, language, onLanguage, content, onSaved }: EditorProps) {
  const { replica } = useLiveSource();
  const [subject, setSubject] = useState(content?.subject ?? "");
  const [text, setText] = useState(content?.text ?? "");
  const view = useLive();
  const first = view.phase === "ready" ? (replica.rows.keys().next().value as string | undefined) : undefined;
  const [delivery, setDelivery] = useState(first ?? "");
  const [preview, setPreview] = useState<Preview | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    if (delivery === "" && first) setDelivery(first);
  }, [delivery, first]);
  const isOwn = subject.trim() !== "" && text.trim() !== "";
  useEffect(() => {
    if (delivery === "") return;
    const timer = setTimeout(() => {
      const body = { delivery_id: delivery, template: occasion, channel: "email", language, ...(isOwn ? { content: { subject, text } } : {}) };
      call<Preview>("POST /v1/templates/preview", { body })
        .then(({ value }) => (setPreview(value), setFault(""))).catch((error: unknown) => setFault(error instanceof Problem ? error.detail : String(error)));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [subject, text, delivery, occasion, language, isOwn]);
  const save = async (): Promise<void> => {
    try {
      await call("PUT /v1/templates/{id}", { path: { id: `${occasion}.${language}` }, body: { ...content, subject, text } });
      say(t("templates.saved"));
      onSaved();
    } catch (error) {
      setFault(error instanceof Problem ? error.detail : String(error));
    }
  };
  return (
    <>
      <div className="ed">
        <div className="bar">
          <div className="seg" role="group" aria-label={t("settings.language")}>{LANGUAGES.map((one) => <button key={one} type="button" aria-pressed={one === language} onClick={() => onLanguage(one)}>{one}</button>)}</div>
          <div className="end"><button type="button" className="btn primary" disabled={!isOwn} onClick={() => void save()}>{t("templates.save")}</button></div>
        </div>
        {!content && <p className="mid small">{t("templates.standard")}</p>}
        <div><label className="f" htmlFor="tpl-subject">{t("templates.subject")}</label><input id="tpl-subject" className="input" value={subject} onChange={(event) => setSubject(event.target.value)} /></div>
        <div><label className="f" htmlFor="tpl-body">{t("templates.body")}</label><textarea id="tpl-body" className="input code" rows={14} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} /></div>
        {fault && <p className="red small" role="alert">{fault}</p>}
      </div>
      <div className="pv" aria-label={t("templates.preview")} role="region">
        <div className="bar"><label className="small dim" htmlFor="tpl-delivery">{t("templates.with")}</label><input id="tpl-delivery" className="input" value={delivery} onChange={(event) => setDelivery(event.target.value)} /></div>
        {preview && (
          <div className="mail"><div className="hd"><b>{preview.subject}</b></div><div className="bd" lang={language}>{preview.text.split("\n\n").map((part, i) => <p key={`${i}${part.slice(0, 8)}`}>{part}</p>)}</div></div>
        )}
      </div>
    </>
  );
}
