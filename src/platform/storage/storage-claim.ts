import { Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { HubError } from '../../domain/hub-error.js';
import { ownershipProblem, StorageOwnerError, type StoreOwner } from './store-owner.js';

/** How soon a storage that was not available at startup is marked. */
const RETRY_MS = 30_000;

/** Claims the storage at startup, and checks before each deletion whether it still belongs to this hub. */
export class StorageClaim {
  private readonly logger = new Logger('Storage');
  private isChecked = false;
  private problem: string | undefined;

  private constructor(private readonly owner: Pick<StoreOwner, 'claim' | 'place'>) {}

  /**
   * Claims the storage. If it is not available, the hub starts nevertheless, and claims it later.
   * @throws StorageOwnerError if the storage must not be used
   */
  static async atStart(owner: Pick<StoreOwner, 'claim' | 'place'>): Promise<StorageClaim> {
    const claim = new StorageClaim(owner);
    try {
      await claim.check();
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      claim.logger.warn(`The owner of ${owner.place} could not be determined. Nothing is deleted from it until then.`);
    }
    return claim;
  }

  /**
   * Call before files are deleted because the database does not refer to them.
   * @throws HubError `Conflict` if they may belong to another hub, `StorageUnavailable` if this cannot be determined
   */
  async requireOwnership(): Promise<void> {
    try {
      await this.check();
    } catch (error) {
      if (!(error instanceof StorageOwnerError)) throw error;
    }
    if (this.problem !== undefined) throw new HubError('Conflict', this.problem);
  }

  /** The reason why nothing is deleted. */
  findProblem(): string | undefined {
    return this.problem;
  }

  /** Claims a storage that was not available before. */
  @Interval(RETRY_MS)
  async retry(): Promise<void> {
    if (!this.isChecked) await this.check().catch(() => undefined); // reported as a problem, and tried again
  }

  private async check(): Promise<void> {
    const before = this.problem;
    try {
      this.problem = ownershipProblem(await this.owner.claim(), this.owner.place);
      this.isChecked = true;
    } catch (error) {
      if (error instanceof StorageOwnerError) {
        this.problem = error.message;
        this.isChecked = true;
      }
      throw error;
    } finally {
      if (this.problem !== undefined && this.problem !== before) this.logger.error(this.problem);
    }
  }
}
