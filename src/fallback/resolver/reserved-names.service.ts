import { Injectable } from '@nestjs/common';
import { lookupName } from '../../domain/lookup-key.js';

/**
 * Names that belong to this hub. They are in memory, because every request checks them. The users module, which owns the accounts, sets
 * them. All methods ignore case.
 */
@Injectable()
export class ReservedNames {
  private reserved: ReadonlySet<string> = new Set();
  private local: ReadonlySet<string> = new Set();

  /** Whether an administrator has reserved the account with this name: no request about it is sent to sources. */
  has(namespace: string): boolean {
    return this.reserved.size > 0 && this.reserved.has(lookupName(namespace));
  }

  /** Whether an account with this name exists and requests about it are only sent to sources of its namespace. */
  isLocal(namespace: string): boolean {
    return this.local.size > 0 && this.local.has(lookupName(namespace));
  }

  /** Replaces all reserved names. */
  replace(names: Iterable<string>): void {
    this.reserved = new Set([...names].map(lookupName));
  }

  /** Replaces the names of local accounts. */
  replaceLocal(names: Iterable<string>): void {
    this.local = new Set([...names].map(lookupName));
  }
}
