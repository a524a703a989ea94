import { Injectable } from '@nestjs/common';
import { lookupName } from '../../domain/lookup-key.js';

/**
 * Names that are reserved for this hub: no request about them is sent to sources. They are in memory, because every request checks them.
 * The users module, which owns the accounts, sets them.
 */
@Injectable()
export class ReservedNames {
  private names: ReadonlySet<string> = new Set();

  /** Case-insensitive. */
  has(namespace: string): boolean {
    return this.names.size > 0 && this.names.has(lookupName(namespace));
  }

  /** Replaces all names. */
  replace(names: Iterable<string>): void {
    this.names = new Set([...names].map(lookupName));
  }
}
