import path from 'node:path';
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

it('what Electron, Node or React deprecate is called nowhere: the lint sees it', { timeout: 60_000 }, async () => {
  const eslint = new ESLint({ cwd: root });
  const text = `import { safeStorage } from 'electron';\nexport const seal = (text: string): Buffer => safeStorage.encryptString(text);\n`;
  const [result] = await eslint.lintText(text, { filePath: path.join(root, 'electron/main/key-vault.ts') });
  expect(result?.messages.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([['@typescript-eslint/no-deprecated', 2]]);
});
