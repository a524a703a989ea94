import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath, checkExistingPath } from '../store/check-commit-path.js';

/** An error about one field of one line. */
export function lineError(line: number, field: string, problem: string): HubError {
  return new HubError('BadRequest', `Line ${line}: "${field}" ${problem}`, { fields: [{ field, message: problem }] });
}

/** Validates the members of a line's value. `null` is treated like a missing member. */
export class FieldReader {
  constructor(
    private readonly line: number,
    private readonly value: Readonly<Record<string, unknown>>,
  ) {}

  has(field: string): boolean {
    return (this.value[field] ?? undefined) !== undefined;
  }

  optional(field: string, pattern = /^/, description = 'a string'): string | undefined {
    return this.has(field) ? this.required(field, pattern, description) : undefined;
  }

  required(field: string, pattern = /^/, description = 'a string'): string {
    const text = this.value[field];
    if (typeof text !== 'string' || !pattern.test(text)) throw this.error(field, `must be ${description}`);
    return text;
  }

  path(field: string): string {
    return this.checkedPath(field, checkCommitPath);
  }

  existingPath(field: string): string {
    return this.checkedPath(field, checkExistingPath);
  }

  /** Folders may have a trailing slash. */
  existingFolder(field: string): string {
    return this.checkedPath(field, (path) => checkExistingPath(path.replace(/(?<=.)\/$/s, '')));
  }

  private checkedPath(field: string, check: (path: string) => unknown): string {
    const path = this.required(field);
    try {
      check(path);
    } catch (error) {
      throw error instanceof HubError ? this.pathError(field, error) : error;
    }
    return path;
  }

  /** The message names the path, so it does not need the name of the field as well, unless a line has two paths. */
  private pathError(field: string, { message }: HubError): HubError {
    const where = field === 'path' ? `Line ${this.line}` : `Line ${this.line}: "${field}"`;
    return new HubError('BadRequest', `${where}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`, {
      fields: [{ field, message }],
    });
  }

  content(): string | undefined {
    const { content } = this.value;
    return Array.isArray(content) && content.length === 0 ? undefined : this.required('content');
  }

  size(): number | undefined {
    const size = this.value['size'] ?? undefined;
    if (size === undefined || (Number.isSafeInteger(size) && (size as number) >= 0)) return size as number | undefined;
    throw this.error('size', 'must be a non-negative integer (bytes)');
  }

  error(field: string, message: string): HubError {
    return lineError(this.line, field, message);
  }
}
