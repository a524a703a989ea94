import { Injectable } from '@nestjs/common';
import { lookupName } from '../../domain/lookup-key.js';

/**
 * The names of accounts that are ours alone: no question about them leaves the hub. Every question looks here, so it is a set in memory;
 * the room of accounts, which knows them, puts them in.
 */
@Injectable()
export class ReservedNames {
  private names: ReadonlySet<string> = new Set();

  /** Whatever the case. */
  has(namespace: string): boolean {
    return this.names.size > 0 && this.names.has(lookupName(namespace));
  }

  /** In place of all that there were. */
  replace(names: Iterable<string>): void {
    this.names = new Set([...names].map(lookupName));
  }
}
