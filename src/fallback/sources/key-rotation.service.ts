import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { SecretKeys } from '../../platform/identity/secret-keys.js';
import { SealedSecretsStore, type RotationResult, type SealReport } from './sealed-secrets.store.js';

/** Published when another key is in use. */
const ROTATED = new Topic<null>('secret-key-rotated');

/** Rotates the secret key of a running hub, and reports how credentials are encrypted. */
@Injectable()
export class KeyRotationService {
  private readonly sealed: SealedSecretsStore;

  constructor(
    @InjectDataSource() database: DataSource,
    private readonly keys: SecretKeys,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
  ) {
    this.sealed = new SealedSecretsStore(database, keys);
    cluster.on(ROTATED, () => keys.refresh());
    cluster.onGap(() => keys.refresh());
  }

  report(): Promise<SealReport> {
    return this.sealed.report();
  }

  /**
   * Encrypts everything with the first key and uses it on all replicas.
   * @throws HubError `Conflict` if there is only one key, and credentials that need another one or none
   */
  async rotate(): Promise<RotationResult> {
    if (this.keys.all.length === 1)
      throw new HubError(
        'Conflict',
        'This hub has one secret key. Put the new key before it in KOHAKU_HUB_SECRET_KEY, separated by a comma, restart all replicas, and try again.',
      );
    const first = await this.sealed.rotate();
    await this.cluster.publish(ROTATED, null);
    const second = await this.sealed.rotate(); // other replicas may have encrypted more in between
    return { ...second, reencrypted: first.reencrypted + second.reencrypted };
  }
}
