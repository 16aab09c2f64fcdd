import { type ComponentProps, createContext, type ReactNode, useContext } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

import { host } from "../host";
import { CodeBlock } from "./CodeBlock";

/** How texts are drawn in which something is marked. */
type Decorate = (text: string) => ReactNode;
const DecorateContext = createContext<Decorate | undefined>(undefined);

/** An element of the page or a text in it, as far as it matters here. */
interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

/** Gives every text outside of code an element of its own, so that it can be decorated. */
const ownTexts = () => (tree: Node) => {
  if (tree.tagName === "code" || !tree.children) return;
  tree.children = tree.children.map((child) =>
    child.type === "text" && child.value?.trim() ? { type: "element", tagName: "span", properties: {}, children: [child] } : child,
  );
  for (const child of tree.children) if (child.tagName !== "span") ownTexts()(child);
};

function OwnText({ children }: ComponentProps<"span">) {
  const decorate = useContext(DecorateContext);
  return <>{decorate && typeof children === "string" ? decorate(children) : children}</>;
}

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
  const decorate = useContext(DecorateContext);
  const text = String(children);
  const language = /language-(\S+)/.exec(className ?? "")?.[1];
  if (!language && !text.includes("\n")) {
    return (
      <code {...rest} className="rounded bg-sunken px-1 py-0.5 text-[0.92em]">
        {decorate ? decorate(text) : children}
      </code>
    );
  }
  const code = text.replace(/\n$/, "");
  return <CodeBlock label={language ?? "text"} quiet code={code} shown={decorate?.(code)} className="my-2" />;
}

const components = { a: ExternalLink, img: InnerImage, code: Code, span: OwnText, pre: ({ children }: ComponentProps<"pre">) => <>{children}</> };

/**
 * Text as a model writes it. Raw HTML is shown as text, links open outside, and no picture is fetched from anywhere. With
 * `decorate`, its texts are drawn by that.
 */
export function Markdown({ text, decorate }: { text: string; decorate?: Decorate | undefined }) {
  return (
    <DecorateContext value={decorate}>
      <div className="markdown min-w-0 break-words select-text">
        <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={decorate ? [ownTexts] : []} urlTransform={onlySafe} components={components}>
          {text}
        </ReactMarkdown>
      </div>
    </DecorateContext>
  );
}
