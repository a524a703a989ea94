import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LocalStoreModule } from '../store/local-store.module.js';
import { ClientPresence } from '../../platform/async/client-presence.js';
import { HubSettings } from '../../platform/identity/hub-settings.js';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { ChunkReader } from './chunk-reader.service.js';
import { ChunkRunEntity } from './chunk-run.entity.js';
import { FileBuilder } from './file-builder.service.js';
import { FilePartEntity } from './file-part.entity.js';
import { FilePartStore } from './file-part.store.js';
import { PartRecorder } from './part-recorder.service.js';
import { XetIds } from './xet-ids.js';
import { ShardAdmission } from './shard-admission.service.js';
import { ShardsService } from './shards.service.js';
import { XetCasController } from './xet-cas.controller.js';
import { XetGrants } from './xet-grants.service.js';
import { XetTokenController } from './xet-token.controller.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbExpiry } from './xorb-expiry.service.js';
import { XorbEntity } from './xorb.entity.js';
import { XorbStore } from './xorb.store.js';
import { XorbsService } from './xorbs.service.js';

/** A client, or the proxy in front of it, that has timed out repeats the request within seconds, and then waits for the same build. */
const RECONNECT_MS = 10_000;

/** Uploads over the Xet protocol. They are stored as ordinary large files. */
@Module({
  imports: [LocalStoreModule, IdentityModule, TypeOrmModule.forFeature([XorbEntity, ChunkRunEntity, FilePartEntity])],
  controllers: [XetTokenController, XetCasController],
  providers: [
    { provide: ClientPresence, useFactory: () => new ClientPresence(RECONNECT_MS) },

    { provide: XetIds, inject: [HubSettings], useFactory: (settings: HubSettings) => XetIds.open(settings) },
    FilePartStore,
    PartRecorder,
    XetGrants,
    XorbStore,
    XorbBytes,
    XorbExpiry,
    ChunkReader,
    FileBuilder,
    XorbsService,
    ShardAdmission,
    ShardsService,
  ],
  exports: [FilePartStore, XetGrants, XetIds],
})
export class XetModule {}
