import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LocalStoreModule } from '../store/local-store.module.js';
import { ClientPresence } from '../../platform/async/client-presence.js';
import { ChunkReader } from './chunk-reader.service.js';
import { ChunkRunEntity } from './chunk-run.entity.js';
import { FileBuilder } from './file-builder.service.js';
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
  imports: [LocalStoreModule, TypeOrmModule.forFeature([XorbEntity, ChunkRunEntity])],
  controllers: [XetTokenController, XetCasController],
  providers: [
    { provide: ClientPresence, useFactory: () => new ClientPresence(RECONNECT_MS) },

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
  exports: [XetGrants],
})
export class XetModule {}
