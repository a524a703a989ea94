/** The lines of a commit as Python's client writes them. */
export function commitBody(summary: string, ...lines: readonly (readonly [key: string, value: unknown])[]): string {
  return [['header', { summary, description: '' }] as const, ...lines]
    .map(([key, value]) => `${JSON.stringify({ key, value })}\n`)
    .join('');
}

/** A file as clients send it. */
export const fileLine = (path: string, content: string | Buffer): [string, object] => [
  'file',
  { content: Buffer.from(content).toString('base64'), path, encoding: 'base64' },
];
