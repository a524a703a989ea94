/** A setting of a git configuration file, for example of `.gitmodules`. */
export interface GitSetting {
  /** In lower case. */
  readonly section: string;
  readonly subsection: string | undefined;
  /** In lower case. */
  readonly key: string;
  /** Undefined for a key without `=`. */
  readonly value: string | undefined;
}

const SPACE = /[ \t\n\r]/;
const LETTER = /[a-z]/i;
const KEY_CHARACTER = /[a-z0-9-]/i;
const SECTION_CHARACTER = /[a-z0-9.-]/i;
const QUOTED_SUBSECTION = /[ \t]*"([^"\\\n]*(?:\\[^\n][^"\\\n]*)*)"\]/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"', '\n': '' };

/**
 * Reads a git configuration file as git does (git-config, "Syntax").
 *
 * @param text - its bytes as Latin-1: everything that has a meaning is ASCII
 * @throws SyntaxError with a message that continues the sentence "the file …"
 */
export function parseGitConfig(text: string): GitSetting[] {
  return new ConfigReader(text.replace(/^\u00ef\u00bb\u00bf/, '').replaceAll('\r\n', '\n')).read();
}

class ConfigReader {
  private readonly settings: GitSetting[] = [];
  private at = 0;
  private section = '';

  constructor(private readonly text: string) {}

  read(): GitSetting[] {
    if (this.text.includes('\0')) throw new SyntaxError('contains a NUL byte');
    while (this.at < this.text.length) {
      const character = this.next();
      if (SPACE.test(character)) continue;
      if (character === '#' || character === ';') this.skipLine();
      else if (character === '[') this.readSection();
      else if (LETTER.test(character)) this.readSetting(character);
      else throw this.error();
    }
    return this.settings;
  }

  /** The next character. A file always ends with a line end. */
  private next(): string {
    return this.text[this.at++] ?? '\n';
  }

  private skipLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end + 1;
  }

  /** `[section]`, `[section.subsection]` or `[section "subsection"]`. */
  private readSection(): void {
    this.section = '';
    for (let character = this.next(); character !== ']'; character = this.next()) {
      if (/[ \t]/.test(character)) {
        this.section += `.${this.readQuotedSubsection()}`;
        return;
      }
      if (!SECTION_CHARACTER.test(character)) throw this.error();
      this.section += character.toLowerCase();
    }
  }

  private readQuotedSubsection(): string {
    QUOTED_SUBSECTION.lastIndex = this.at;
    const [quoted, content] = QUOTED_SUBSECTION.exec(this.text) ?? [];
    if (quoted === undefined) throw this.error();
    this.at += quoted.length;
    return content!.replaceAll(/\\(.)/gs, '$1');
  }

  private readSetting(firstLetter: string): void {
    let key = firstLetter;
    let character = this.next();
    for (; KEY_CHARACTER.test(character); character = this.next()) key += character;
    while (character === ' ' || character === '\t') character = this.next();
    if (character !== '\n' && character !== '=') throw this.error();
    const value = character === '=' ? this.readValue() : undefined;
    const dot = this.section.indexOf('.');
    const hasSubsection = dot >= 0;
    this.settings.push({
      section: hasSubsection ? this.section.slice(0, dot) : this.section,
      subsection: hasSubsection ? this.section.slice(dot + 1) : undefined,
      key: key.toLowerCase(),
      value,
    });
  }

  /** Unquoted spaces around the value are not part of it. */
  private readValue(): string {
    let value = '';
    let end = 0;
    let isQuoted = false;
    for (let character = this.next(); character !== '\n' || isQuoted; character = this.next()) {
      if (character === '\n') throw this.error();
      if (!isQuoted && (character === '#' || character === ';')) {
        this.skipLine();
        break;
      }
      if (character === '"') isQuoted = !isQuoted;
      else if (isQuoted || !SPACE.test(character)) value += character === '\\' ? this.readEscape() : character;
      else {
        if (value !== '') value += character;
        continue;
      }
      end = value.length;
    }
    return value.slice(0, end);
  }

  private readEscape(): string {
    const escaped = ESCAPES[this.next()];
    if (escaped === undefined) throw this.error();
    return escaped;
  }

  private error(): SyntaxError {
    const line = this.text.slice(0, this.at - 1).split('\n').length;
    return new SyntaxError(`is not a valid git configuration file (line ${line})`);
  }
}
