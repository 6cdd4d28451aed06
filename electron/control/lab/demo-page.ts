const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
}

export interface DemoPage {
  /** The node's label, large: the point of the page is to see which node answered. */
  node: string;
  /** The path asked for. */
  path: string;
  /** Requests this node has answered since it was started, this one included. */
  requests: number;
  /** X-Forwarded-For as it arrived, or undefined when the page was asked for directly. */
  forwardedFor: string | undefined;
}

/** A hue of its own for each name, in degrees: decoration of the page alone. Neighbours ("api-1", "api-2") lie far apart. */
function hueOf(name: string): number {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return Math.round((hash * 137.508) % 360);
}

/** A demo node's page: plain HTML without scripts or references, readable in light and dark. */
export function demoPage({ node, path, requests, forwardedFor }: DemoPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(node)}</title>
<style>
:root { color-scheme: light dark; --hue: ${hueOf(node)} }
body { background: hsl(var(--hue) 60% 92%); color: hsl(var(--hue) 60% 12%) }
@media (prefers-color-scheme: dark) { body { background: hsl(var(--hue) 40% 14%); color: hsl(var(--hue) 30% 94%) } }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center; font: 16px/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: clamp(4rem, 18vw, 12rem); line-height: 1; letter-spacing: -.03em }
p { margin: 1rem 0 0 }
dl { display: grid; grid-template-columns: auto auto; gap: .25rem 1rem; justify-content: center; margin: 2rem 0 0; text-align: left }
dt { opacity: .7 }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
</style>
</head>
<body>
<main>
<h1>${escape(node)}</h1>
<p>A demo node answered this. Reload, or open it in another browser, to see who answers next.</p>
<dl>
<dt>Requests answered here</dt><dd>${requests}</dd>
<dt>Your address, as the balancer says</dt><dd>${forwardedFor === undefined ? 'asked directly, no X-Forwarded-For' : escape(forwardedFor)}</dd>
<dt>Path</dt><dd>${escape(path)}</dd>
</dl>
</main>
</body>
</html>
`;
}
