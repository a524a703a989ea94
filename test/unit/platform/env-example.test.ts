import { readFileSync } from 'node:fs';
import { VARIABLES } from '../../../src/platform/config/variables.js';

const HEAD = `# Every setting of the hub, with its default. Take the # in front of a name away to change it. All are checked at start.
# npm start reads a copy of this file named .env. Elsewhere, pass the copy to docker run --env-file or node --env-file.
`;

const line = ({ name, fallback, meaning }: { name: string; fallback: string | undefined; meaning: string }): string =>
  `\n# ${meaning}\n#${name}=${fallback ?? ''}\n`;

describe('.env.example', () => {
  it('shows exactly the variables that the hub reads', () => {
    const shown = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    expect(shown).toBe(HEAD + Object.values(VARIABLES).map(line).join(''));
  });
});
