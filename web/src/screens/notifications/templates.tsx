import { useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { Template } from "../../api/desk";
import { Failed, SkeletonRows } from "../../components/states";
import { say } from "../../components/toast";
import { useLiveSource } from "../../live/use-live";
import { t } from "../../text/text";
import type { Resource } from "./use-resource";

interface Preview {
  subject?: string | null;
  body?: string;
  text?: string;
  problems?: string[];
}

const PAUSE = 300;

/** Write on the left, see what the customer gets on the right. */
export function Templates({ templates }: { templates: Resource<Template> }) {
  const [id, setID] = useState("");
  if (templates.state === "off") return <p className="body mid pad">{t("templates.off")}</p>;
  if (templates.state === "failed" && templates.problem) return <Failed problem={templates.problem} onRetry={templates.reload} />;
  if (!templates.items) return <SkeletonRows rows={6} />;
  const current = templates.items.find((one) => one.id === id) ?? templates.items[0];
  return (
    <div className="tedit">
      <nav className="tl" aria-label={t("templates.title")}>
        {templates.items.map((one) => <a key={one.id} href={`#${one.id}`} onClick={(event) => (event.preventDefault(), setID(one.id))} {...(one.id === current?.id ? { "aria-current": true } : {})}><span className="trunc">{one.name ?? one.id}</span><span className="dim">{one.language ?? ""}</span></a>)}
      </nav>
      {current ? <Editor key={current.id} template={current} onSaved={templates.reload} /> : <p className="pad mid">{t("templates.none")}</p>}
    </div>
  );
}

function Editor({ template, onSaved }: { template: Template; onSaved: () => void }) {
  const { replica } = useLiveSource();
  const [subject, setSubject] = useState(template.subject ?? "");
  const [body, setBody] = useState(template.body ?? "");
  const [delivery, setDelivery] = useState(() => replica.rows.keys().next().value as string | undefined ?? "");
  const [preview, setPreview] = useState<Preview | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => {
      call<Preview>("POST /v1/templates/{id}/preview", { path: { id: template.id }, body: { subject, body, delivery_id: delivery || undefined } })
        .then(({ value }) => (setPreview(value), setFault(""))).catch((error: unknown) => setFault(error instanceof Problem ? error.detail : String(error)));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [subject, body, delivery, template.id]);
  const save = async (): Promise<void> => {
    try {
      await call("PUT /v1/templates/{id}", { path: { id: template.id }, body: { ...template, subject, body } });
      say(t("templates.saved"));
      onSaved();
    } catch (error) {
      setFault(error instanceof Problem ? error.detail : String(error));
    }
  };
  return (
    <>
      <div className="ed">
        <div className="bar"><h2 className="page-title mono">{template.name ?? template.id}</h2><div className="end"><button type="button" className="btn primary" onClick={() => void save()}>{t("templates.save")}</button></div></div>
        <div><label className="f" htmlFor="tpl-subject">{t("templates.subject")}</label><input id="tpl-subject" className="input" value={subject} onChange={(event) => setSubject(event.target.value)} /></div>
        <div><label className="f" htmlFor="tpl-body">{t("templates.body")}</label><textarea id="tpl-body" className="input code" rows={14} spellCheck={false} value={body} onChange={(event) => setBody(event.target.value)} /></div>
        {fault && <p className="red small" role="alert">{fault}</p>}
        {preview?.problems && preview.problems.length > 0 && <ul className="lint">{preview.problems.map((problem) => <li key={problem} className="amber">{problem}</li>)}</ul>}
      </div>
      <div className="pv" aria-label={t("templates.preview")} role="region">
        <div className="bar"><label className="small dim" htmlFor="tpl-delivery">{t("templates.with")}</label><input id="tpl-delivery" className="input" value={delivery} onChange={(event) => setDelivery(event.target.value)} /></div>
        <div className="mail"><div className="hd"><b>{preview?.subject ?? subject}</b></div><div className="bd">{(preview?.body ?? preview?.text ?? "").split("\n\n").map((part, i) => <p key={`${i}${part.slice(0, 8)}`}>{part}</p>)}</div></div>
      </div>
    </>
  );
}
