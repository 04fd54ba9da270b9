/** A plain page over the OpenAPI document: nothing is loaded from elsewhere, so it works on closed networks. */
export function docsPage(document: {
  paths?: Record<
    string,
    Record<string, { operationId?: string; summary?: string; description?: string }>
  >;
}): string {
  const rows = Object.entries(document.paths ?? {})
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, operation]) =>
          `<tr id="${escape(operation.operationId ?? '')}"><td><code>${method.toUpperCase()}</code></td>` +
          `<td><code>${escape(path)}</code></td><td>${escape(operation.summary ?? '')}` +
          `<br><small>${escape(operation.description ?? '')}</small></td></tr>`,
      ),
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Slipway API</title>
<style>:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #8884;padding:.4rem .6rem;text-align:left;vertical-align:top}</style>
</head><body><h1>Slipway API</h1><p>The whole contract with bodies and answers: <a href="/openapi.json">openapi.json</a>.</p>
<table><thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead><tbody>
${rows}
</tbody></table></body></html>
`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
