import { readFileSync } from 'node:fs';
import { fileVariableOf } from '../../../../src/platform/config/secret-files.js';
import type { Variable } from '../../../../src/platform/config/variable.js';
import { VARIABLES } from '../../../../src/platform/config/variables.js';

const HEAD = `# All settings of the hub, with their defaults. Remove the # in front of a name to change it. The hub checks them at startup.
# npm start reads a copy of this file named .env. In other environments, pass the copy to docker run --env-file or node --env-file.
# Settings marked "Secret." can be read from a file: for NAME, set NAME_FILE to the path of the file.
`;

const line = (variable: Variable<unknown>): string => {
  const { name, defaultText, description } = variable;
  return `\n# ${fileVariableOf(variable) ? 'Secret. ' : ''}${description}\n#${name}=${defaultText ?? ''}\n`;
};

describe('.env.example', () => {
  it('documents exactly the variables that the hub reads', () => {
    const shown = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
    expect(shown).toBe(HEAD + Object.values(VARIABLES).map(line).join(''));
  });
});
