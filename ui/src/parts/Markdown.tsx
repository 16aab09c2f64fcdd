import type { ComponentProps } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

import { host } from "../host";
import { CodeBlock } from "./CodeBlock";

const webAddress = /^https?:\/\//i;

/** Addresses that may stay: the web's for links, pictures that are in the text itself. */
function onlySafe(url: string, key: string): string {
  const safe = key === "src" ? /^data:image\/(png|jpeg|gif|webp|avif);/i.test(url) : webAddress.test(url) || /^mailto:/i.test(url);
  return safe ? url : "";
}

function ExternalLink({ href, children }: ComponentProps<"a">) {
  if (!href) return <>{children}</>;
  return (
    <a
      href={href}
      rel="noreferrer noopener"
      className="text-accent underline underline-offset-2"
      onClick={(event) => {
        event.preventDefault();
        void host.openExternal(href);
      }}
    >
      {children}
    </a>
  );
}

/** A picture that would have to be fetched is shown as its description: fetching it would tell who reads. */
const InnerImage = ({ src, alt }: ComponentProps<"img">) =>
  src ? <img src={src} alt={alt ?? ""} className="max-w-full rounded-md" /> : <em>{alt}</em>;

function Code({ node: _, className, children, ...rest }: ComponentProps<"code"> & { node?: unknown }) {
  const text = String(children);
  const language = /language-(\S+)/.exec(className ?? "")?.[1];
  if (!language && !text.includes("\n")) {
    return (
      <code {...rest} className="rounded bg-sunken px-1 py-0.5 text-[0.92em]">
        {children}
      </code>
    );
  }
  return <CodeBlock label={language ?? "text"} quiet code={text.replace(/\n$/, "")} className="my-2" />;
}

const components = { a: ExternalLink, img: InnerImage, code: Code, pre: ({ children }: ComponentProps<"pre">) => <>{children}</> };

/**
 * Text as a model writes it. Raw HTML is shown as text, links open outside, and no picture is fetched from anywhere.
 */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown min-w-0 break-words select-text">
      <ReactMarkdown remarkPlugins={[remarkGfm]} urlTransform={onlySafe} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
