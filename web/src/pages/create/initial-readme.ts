/** What a card begins with. */
export interface ReadmeOptions {
  readonly name: string;
  readonly license?: string;
  /** Of a space. */
  readonly sdk?: string;
}

/** The first README of a repository: its facts, and a heading to write below. */
export function initialReadme({ name, license, sdk }: ReadmeOptions): string {
  const facts = Object.entries({ license, sdk }).filter(([, value]) => value);
  const front = facts.length ? `---\n${facts.map(([key, value]) => `${key}: ${value}\n`).join('')}---\n\n` : '';
  return `${front}# ${name}\n`;
}
