export interface ReadmeOptions {
  readonly name: string;
  readonly license?: string;
  /** Spaces only. */
  readonly sdk?: string;
}

/** The first README.md of a repository: metadata and a heading. */
export function initialReadme({ name, license, sdk }: ReadmeOptions): string {
  const metadata = Object.entries({ license, sdk }).filter(([, value]) => value);
  const frontMatter = metadata.length
    ? `---\n${metadata.map(([key, value]) => `${key}: ${value}\n`).join('')}---\n\n`
    : '';
  return `${frontMatter}# ${name}\n`;
}
