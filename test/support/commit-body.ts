/** The body of a commit request, as huggingface_hub sends it. */
export function commitBody(summary: string, ...lines: readonly (readonly [key: string, value: unknown])[]): string {
  return [['header', { summary, description: '' }] as const, ...lines]
    .map(([key, value]) => `${JSON.stringify({ key, value })}\n`)
    .join('');
}

/** The line for a file in a commit body. */
export const fileLine = (path: string, content: string | Buffer): [string, object] => [
  'file',
  { content: Buffer.from(content).toString('base64'), path, encoding: 'base64' },
];
