import { PrintableLine } from '../../users/api/printable.decorator.js';
import { DoneDto } from './outcome.dto.js';

/** A person whose name is removed from the audit log. */
export class RedactDto {
  /**
   * Name of the account, which may have been deleted.
   * @example "alice"
   */
  @PrintableLine(120)
  name: string;
}

/** The result of a redaction. */
export class RedactedDto extends DoneDto {
  /** @example "redacted-3f9a51c2" */
  pseudonym: string;

  /** Number of changed events. */
  events: number;
}
