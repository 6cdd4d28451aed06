/** The few pages that are there without the built screens. No script, no style of their own: the policy allows neither inline. */
const page = (title: string, body: string) =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title></head>\n<body><main><h1>${title}</h1>\n${body}</main></body></html>\n`;

/** Asks for the token. @param wrong It was given, and is not the one. */
export function signInPage(wrong: boolean): string {
  const said = wrong ? '<p role="alert"><strong>That is not the token.</strong> Copy it whole from the ready line.</p>\n' : '';
  return page(
    'Sign in to Evenkeel',
    `${said}<p>Evenkeel printed a line that begins with “ready” when it started. It holds the token; with <code>--token-file</code> it is in that file as well.</p>
<form method="post" action="/session"><p><label>Token <input type="password" name="token" autocomplete="current-password" required autofocus size="50"></label> <button>Sign in</button></p></form>\n`,
  );
}

export const notBuiltPage = page(
  'The screens are not built',
  '<p>The engine and the control API run, but this copy has no screens yet. Run <code>npm run build</code> and load this page again.</p>\n',
);
