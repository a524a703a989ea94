import { Injectable } from '@nestjs/common';
import { ClientShares } from '../../platform/http/client-shares.service.js';

/** Limits the memory for blocks that arrive from sources, to half of the memory for request bodies (ADR 27). */
@Injectable()
export class BlockBudget {
  constructor(private readonly shares: ClientShares) {}

  /** Reserves bytes. Returns a function that frees them, or `undefined` if too much is in use. */
  reserve(bytes: number): (() => void) | undefined {
    return this.shares.reserveOwn(bytes);
  }
}
