import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LocalStoreModule } from '../store/local-store.module.js';
import { ChunkReader } from './chunk-reader.service.js';
import { ChunkRunEntity } from './chunk-run.entity.js';
import { FileBuilder } from './file-builder.service.js';
import { ShardsService } from './shards.service.js';
import { XetCasController } from './xet-cas.controller.js';
import { XetGrants } from './xet-grants.service.js';
import { XetTokenController } from './xet-token.controller.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbExpiry } from './xorb-expiry.service.js';
import { XorbEntity } from './xorb.entity.js';
import { XorbStore } from './xorb.store.js';
import { XorbsService } from './xorbs.service.js';

/** Uploads over the Xet protocol. They are stored as ordinary large files. */
@Module({
  imports: [LocalStoreModule, TypeOrmModule.forFeature([XorbEntity, ChunkRunEntity])],
  controllers: [XetTokenController, XetCasController],
  providers: [XetGrants, XorbStore, XorbBytes, XorbExpiry, ChunkReader, FileBuilder, XorbsService, ShardsService],
  exports: [XetGrants],
})
export class XetModule {}
